/**
 * Installs the packages of the lockfile when they are missing or are others. npm leaves a lockfile of its own in
 * node_modules, written last: where there is none, an installation was never finished.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { SetUpFailure } from './failure.js'
import { begin } from './progress.js'
import { runLogged } from './run.js'

const PLATFORM = `${process.platform}-${process.arch}`

/** Why packages have to be installed; null when all are there. */
export function packagesProblem(root) {
  const wanted = readJson(join(root, 'package-lock.json'))
  if (!wanted) return 'package-lock.json can not be read'
  const installed = readJson(join(root, 'node_modules/.package-lock.json'))
  if (!installed) return 'they are missing'
  const platform = readJson(platformNote(root))?.platform ?? PLATFORM
  if (platform !== PLATFORM) return `they are those of ${platform}`
  return lockfileDifference(wanted.packages, installed.packages)
}

/**
 * Optional packages may be left out (those of other platforms are), but not be of another version.
 * @returns {string | null} the first difference, in words
 */
export function lockfileDifference(wanted, installed) {
  for (const [path, { version, optional, devOptional, link }] of Object.entries(wanted)) {
    if (path === '' || link) continue
    const found = installed[path]?.version
    if (found === undefined && (optional || devOptional)) continue
    if (found !== version) return `${path} is ${found ?? 'missing'}, the lockfile wants ${version}`
  }
  return null
}

export async function installPackages(root, problem) {
  const done = begin(`packages (${problem}): npm ci`)
  const npm = npmCommand()
  const args = [...npm.args, 'ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund']
  const logFile = join(root, '.doorbuster/npm-ci.log')
  const { ok, log } = await runLogged(npm.file, args, { cwd: root, logFile })
  done(ok ? 'installed' : 'failed')
  if (!ok) {
    throw new SetUpFailure('npm could not install the packages of package-lock.json. The end of its output:', {
      log,
      hint: `All of it is in ${logFile}. Without a network, copy node_modules from a clone that has it.`,
    })
  }
  notePlatform(root)
}

/** The npm that runs us, if it does; else the one on the PATH. */
function npmCommand() {
  const running = process.env.npm_execpath
  if (running?.endsWith('npm-cli.js') && existsSync(running)) return { file: process.execPath, args: [running] }
  return { file: 'npm', args: [] }
}

function platformNote(root) {
  return join(root, 'node_modules/.doorbuster.json')
}

/** A clone is sometimes mounted into a container of another platform: same versions, other binaries. */
function notePlatform(root) {
  writeFileSync(platformNote(root), JSON.stringify({ platform: PLATFORM }))
}

function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return null
  }
}
