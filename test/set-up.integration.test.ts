/**
 * The set-up in small clones of the real thing: the real bin/, the real npm and the real compiler, but few sources and
 * one package, which is a link, so that no network is needed.
 */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const NOBODY = 65_534
const isRoot = process.getuid?.() === 0

const ECHO = `
declare const process: { stdout: { write(text: string): void } }
export function main(argv: readonly string[]): Promise<number> {
  process.stdout.write(JSON.stringify(argv))
  return Promise.resolve(argv.includes('--fail') ? 3 : 0)
}
`

let clone = ''

function write(path: string, content: string): void {
  mkdirSync(dirname(join(clone, path)), { recursive: true })
  writeFileSync(join(clone, path), content)
}

beforeEach(() => {
  clone = mkdtempSync(join(tmpdir(), 'doorbuster-clone-'))
  cpSync(join(ROOT, 'bin'), join(clone, 'bin'), { recursive: true })
  const compilerOptions = {
    target: 'es2023',
    module: 'nodenext',
    types: [],
    rootDir: '.',
    outDir: 'dist',
    strict: true,
  }
  write('tsconfig.json', JSON.stringify({ compilerOptions }))
  write('tsconfig.build.json', JSON.stringify({ extends: './tsconfig.json', include: ['src', 'targets'] }))
  write('src/cli/main.ts', ECHO)
  write('src/other.ts', 'export const other = 1\n')
  write('targets/target.ts', 'export const target = 1\n')
  writePackages('1.0.0')
})

afterEach(() => rmSync(clone, { recursive: true }))

/** One package, the compiler, which hands on to the one that is really installed. */
function writePackages(version: string): void {
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc')
  write('vendor/typescript/package.json', JSON.stringify({ name: 'typescript', version }))
  write(
    'vendor/typescript/bin/tsc',
    `const { status } = require('node:child_process').spawnSync(process.execPath,
      [${JSON.stringify(tsc)}, ...process.argv.slice(2)], { stdio: 'inherit' })
    process.exitCode = status ?? 1\n`,
  )
  const root = {
    name: 'clone',
    version: '0.0.0',
    type: 'module',
    devDependencies: { typescript: 'file:vendor/typescript' },
  }
  write('package.json', JSON.stringify(root))
  write(
    'package-lock.json',
    JSON.stringify({
      name: 'clone',
      version: '0.0.0',
      lockfileVersion: 3,
      packages: {
        '': root,
        'node_modules/typescript': { resolved: 'vendor/typescript', link: true },
        'vendor/typescript': { name: 'typescript', version, dev: true },
      },
    }),
  )
}

interface Answer {
  status: number | null
  stdout: string
  stderr: string
}

function doorbuster(argv: readonly string[], options: { uid?: number; gid?: number } = {}): Answer {
  return spawnSync(process.execPath, [join(clone, 'bin/doorbuster.js'), ...argv], {
    encoding: 'utf8',
    env: environment(),
    cwd: '/',
    ...options,
  })
}

/** npm shall not take this test's own npm for the one that runs the clone's script. */
function environment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('npm_'))
  return Object.fromEntries(kept.filter(([name]) => name !== 'DOORBUSTER_SKIP_SET_UP'))
}

const lines = (text: string) => text.trimEnd().split('\n')

describe('in a clone, doorbuster', () => {
  it('installs and builds, says so in a line each, and starts with what it was given', () => {
    const { status, stdout, stderr } = doorbuster(['list', '--fail'])
    expect(lines(stderr)).toEqual([
      'doorbuster: packages (they are missing): npm ci ...',
      expect.stringMatching(/^doorbuster: packages \(they are missing\): npm ci: installed \([\d.]+ s\)$/),
      'doorbuster: build (not built yet): tsc ...',
      expect.stringMatching(/^doorbuster: build \(not built yet\): tsc: done \([\d.]+ s\)$/),
    ])
    expect(stdout).toBe('["list","--fail"]')
    expect(status).toBe(3)
  })

  it('does nothing the second time, and says nothing', () => {
    doorbuster([])
    const builtAt = statSync(join(clone, 'dist')).mtimeMs
    expect(doorbuster(['list'])).toMatchObject({ status: 0, stdout: '["list"]', stderr: '' })
    expect(statSync(join(clone, 'dist')).mtimeMs).toBe(builtAt)
  })

  it('builds again when a source has changed, and keeps nothing of one that is gone', () => {
    doorbuster([])
    expect(existsSync(join(clone, 'dist/src/other.js'))).toBe(true)
    rmSync(join(clone, 'src/other.ts'))
    expect(doorbuster([]).stderr).toMatch(/^doorbuster: build \(sources have changed\): tsc \.\.\.\n/)
    expect(existsSync(join(clone, 'dist/src/other.js'))).toBe(false)
  })

  it('does not build again when only a test or a time has changed', () => {
    doorbuster([])
    write('src/other.test.ts', 'export const added = 1\n')
    write('src/other.ts', readFileSync(join(clone, 'src/other.ts'), 'utf8'))
    expect(doorbuster([]).stderr).toBe('')
  })

  it('does not take for its own what somebody else has compiled into dist', () => {
    doorbuster([])
    const entry = join(clone, 'dist/src/cli/main.js')
    writeFileSync(entry, `export const main = () => Promise.resolve(9)\n`)
    expect(doorbuster([])).toMatchObject({ status: 0, stderr: expect.stringContaining('built by hand since') })
  })

  it('installs again when the lockfile wants another version', () => {
    doorbuster([])
    writePackages('1.0.1')
    expect(doorbuster([]).stderr).toContain('the lockfile wants 1.0.1): npm ci: installed')
  })

  it('shows the compiler’s words when sources do not compile, and keeps the former build', () => {
    doorbuster([])
    const former = readFileSync(join(clone, 'dist/src/other.js'), 'utf8')
    write('src/other.ts', 'export const other: string = 1\n')
    const { status, stderr } = doorbuster([])
    expect(status).toBe(5)
    expect(stderr).toMatch(/the sources do not compile:\n {2}\| src\/other\.ts\(1,14\): error TS2322/)
    expect(readFileSync(join(clone, 'dist/src/other.js'), 'utf8')).toBe(former)
  })

  it('shows npm’s words when packages can not be installed', () => {
    write('package.json', JSON.stringify({ name: 'clone', dependencies: { typescript: '^9.9.9' } }))
    const { status, stderr } = doorbuster([])
    expect(status).toBe(5)
    expect(stderr).toMatch(
      /npm could not install the packages of package-lock\.json\. The end of its output:\n {2}\| .*npm/,
    )
    expect(stderr).toContain(join(clone, '.doorbuster/npm-ci.log'))
  })

  it('is set up once by two that start at the same time, and both run', async () => {
    const answers = await Promise.all(
      ['one', 'two'].map(async (name) => {
        const child = spawn(process.execPath, [join(clone, 'bin/doorbuster.js'), name], { env: environment() })
        const texts = { stdout: '', stderr: '' }
        child.stdout.on('data', (chunk) => (texts.stdout += String(chunk)))
        child.stderr.on('data', (chunk) => (texts.stderr += String(chunk)))
        const [status] = (await once(child, 'close')) as [number]
        return { status, ...texts }
      }),
    )
    expect(answers.map(({ status, stdout }) => [status, stdout])).toEqual([
      [0, '["one"]'],
      [0, '["two"]'],
    ])
    const said = answers.map(({ stderr }) => stderr).join('')
    expect(said.match(/npm ci: installed/g)).toHaveLength(1)
    expect(said.match(/tsc: done/g)).toHaveLength(1)
    expect(existsSync(join(clone, '.doorbuster/set-up.lock'))).toBe(false)
  })

  it('is not kept out by the lock of a set-up that was killed', () => {
    const gone = spawnSync(process.execPath, ['-e', ''])
    write('.doorbuster/set-up.lock', JSON.stringify({ pid: gone.pid, startedAt: '1' }))
    expect(doorbuster(['list'])).toMatchObject({ status: 0, stdout: '["list"]' })
  })

  it.runIf(isRoot)('tells a user who may not write there that it has to be set up, and then runs for them', () => {
    chmodSync(clone, 0o755)
    const refused = doorbuster(['list'], { uid: NOBODY, gid: NOBODY })
    expect(refused.status).toBe(5)
    expect(refused.stderr).toContain('has to be set up, and this user may not write there\n')
    doorbuster([])
    expect(doorbuster(['list'], { uid: NOBODY, gid: NOBODY })).toMatchObject({
      status: 0,
      stdout: '["list"]',
      stderr: '',
    })
  })
})

describe('as an installed package, doorbuster', () => {
  it('starts what it was packed with, and sets nothing up', () => {
    doorbuster([])
    for (const name of [
      'src',
      'targets',
      'tsconfig.json',
      'tsconfig.build.json',
      'node_modules',
      'package-lock.json',
    ]) {
      rmSync(join(clone, name), { recursive: true })
    }
    expect(doorbuster(['list'])).toMatchObject({ status: 0, stdout: '["list"]', stderr: '' })
    expect(existsSync(join(clone, 'node_modules'))).toBe(false)
  })
})
