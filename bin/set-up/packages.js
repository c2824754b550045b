/**
 * Installs the packages of the lockfile when they are missing or are others. npm leaves a lockfile of its own in
 * node_modules, written last: where there is none, an installation was never finished.
 */
import { accessSync, constants, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { SetUpFailure } from './failure.js'
import { lockfileDifference } from './lockfile.js'
import { begin } from './progress.js'
import { runLogged } from './run.js'

/**
 * The compiler is among the development packages, Postgres among the optional ones. Nothing needs an install script, and
 * some would compile for a minute what is never used.
 */
const OPTIONS = [
  '--include=dev',
  '--include=optional',
  '--ignore-scripts',
  '--no-audit',
  '--no-fund',
  '--no-update-notifier',
]

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

export async function installPackages(root, problem) {
  const done = begin(`packages (${problem}): npm ci`)
  const npm = npmCommand()
  const own = ownCache(root)
  const args = [...npm.args, 'ci', ...OPTIONS, ...(own === null ? [] : ['--cache', own])]
  const logFile = join(root, '.doorbuster/npm-ci.log')
  const { ok, log } = await runLogged(npm.file, args, { cwd: root, logFile })
  if (own !== null) rmSync(own, { recursive: true, force: true })
  done(ok ? 'installed' : 'failed')
  if (!ok) {
    throw new SetUpFailure('npm could not install the packages of package-lock.json. The end of its output:', {
      log,
      hint: `All of it is in ${logFile}. Without a network, copy node_modules from a clone that has it.`,
    })
  }
  notePlatform(root)
}

/** npm fails without a cache that it can write to, which a user without a home doesn't have; null for all others. */
function ownCache(root) {
  const usual = process.env.npm_config_cache ?? join(homedir(), '.npm')
  try {
    mkdirSync(usual, { recursive: true })
    accessSync(usual, constants.W_OK)
    return null
  } catch {
    return join(root, '.doorbuster/npm-cache')
  }
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
