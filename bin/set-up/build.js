/**
 * Compiles the sources when what was compiled isn't theirs. Compiled beside `dist` and put in its place whole: no
 * module of a deleted source stays, and an interrupted build leaves the former one.
 */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { SetUpFailure } from './failure.js'
import { begin } from './progress.js'
import { runLogged } from './run.js'

const SOURCE_FOLDERS = ['src', 'targets']
const CONFIGURATIONS = ['tsconfig.json', 'tsconfig.build.json', 'node_modules/typescript/package.json']
/** Compiled in every build; when it was written tells whether somebody else has compiled into dist since. */
const ENTRY = 'src/cli/main.js'
const STAMP = '.build.json'

/** Why it has to be built; null when dist is that of the sources. */
export function buildProblem(root) {
  const dist = join(root, 'dist')
  if (!existsSync(join(dist, ENTRY))) return 'not built yet'
  const stamp = readStamp(dist)
  if (stamp === null) return 'built by hand'
  if (stamp.entryMtimeMs !== entryMtimeMs(dist)) return 'built by hand since'
  return stamp.sources === digestOfSources(root) ? null : 'sources have changed'
}

export async function build(root, problem) {
  const done = begin(`build (${problem}): tsc`)
  const sources = digestOfSources(root)
  const fresh = join(root, '.doorbuster/dist')
  rmSync(fresh, { recursive: true, force: true })
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  const args = [tsc, '-p', 'tsconfig.build.json', '--outDir', fresh, '--pretty', 'false']
  const { ok, log } = await runLogged(process.execPath, args, { cwd: root, logFile: join(root, '.doorbuster/tsc.log') })
  done(ok ? 'done' : 'failed')
  if (!ok) throw new SetUpFailure('the sources do not compile:', { log })
  replace(join(root, 'dist'), fresh)
  writeStamp(join(root, 'dist'), sources)
}

function replace(dist, fresh) {
  const former = `${fresh}.former`
  rmSync(former, { recursive: true, force: true })
  if (existsSync(dist)) renameSync(dist, former)
  renameSync(fresh, dist)
  rmSync(former, { recursive: true, force: true })
}

/** Of names and contents: a checkout changes times and nothing else. */
function digestOfSources(root) {
  const hash = createHash('sha256')
  const files = [...SOURCE_FOLDERS.flatMap((folder) => sourcesIn(root, folder)), ...CONFIGURATIONS]
  for (const file of files) {
    hash.update(`${file}\0`)
    if (existsSync(join(root, file))) hash.update(readFileSync(join(root, file)))
    hash.update('\0')
  }
  return hash.digest('hex')
}

/** Without tests, which aren't compiled. */
function sourcesIn(root, folder) {
  return readdirSync(join(root, folder), { recursive: true })
    .map(String)
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .sort()
    .map((name) => join(folder, name))
}

function entryMtimeMs(dist) {
  return statSync(join(dist, ENTRY)).mtimeMs
}

function readStamp(dist) {
  try {
    return JSON.parse(readFileSync(join(dist, STAMP), 'utf8'))
  } catch {
    return null
  }
}

function writeStamp(dist, sources) {
  writeFileSync(join(dist, STAMP), JSON.stringify({ sources, entryMtimeMs: entryMtimeMs(dist) }))
}
