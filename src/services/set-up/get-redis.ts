/**
 * Sees to it that strategies which need Redis have one: named, installed, unpacked before, or unpacked now. That there
 * is none in the end is no failure of the set-up: a run goes on without those strategies and says so.
 */
import { existsSync, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { findEngineAddress } from '../docker/engine-address.ts'
import { manifestPath, type RedisManifest, unpackedRedis, unpackedRedisFolder } from '../embedded/redis-folder.ts'
import { findOnPath } from '../local/search-path.ts'
import { takeLock } from '../owned/lock.ts'
import { removeFolder } from '../owned/owner-file.ts'
import { waysToARedis } from '../remedies.ts'
import type { Environment } from '../service.ts'
import { BREW_QUESTION, hasBrew, installWithBrew } from './brew-redis.ts'
import { missingDebianTools, unpackDebianRedis } from './debian-redis.ts'
import { runTool } from './run-tool.ts'

export interface GetRedisRequest {
  readonly env: Environment
  /** Try again although it failed, or could not be tried, within the last hour. */
  readonly insist: boolean
  /** Unpack one of our own although the machine has another. @default false */
  readonly own?: boolean
  /** Shows that something long has begun; what it returns ends that, with a sentence of what came of it. */
  readonly begin: (what: string) => (outcome: string) => void
  /** Asks for a yes to what would change the system; false where nobody can be asked. */
  readonly confirm: (question: string) => Promise<boolean>
}

export type GetRedisResult =
  /** REDIS_URL, the PATH, or unpacked before. */
  | { readonly kind: 'there' }
  | { readonly kind: 'unpacked'; readonly version: string }
  | { readonly kind: 'installed' }
  /** None of its own, but an engine that `--services auto` takes one from. */
  | { readonly kind: 'docker' }
  /** `knownBefore`: nothing was tried, because it failed lately. */
  | { readonly kind: 'none'; readonly why: string; readonly ways: string; readonly knownBefore: boolean }

const LOCK_FOR_MS = 300_000
const FAILURE_HOLDS_MS = 3_600_000

export async function getRedis(request: GetRedisRequest): Promise<GetRedisResult> {
  const { env } = request
  if (request.own ? unpackedRedis(env) !== null : isThere(env)) return { kind: 'there' }
  const result = await tryToGet(request)
  return result.kind === 'none' && 'address' in (await findEngineAddress(env)) ? { kind: 'docker' } : result
}

async function tryToGet(request: GetRedisRequest): Promise<GetRedisResult> {
  const { env } = request
  const noTools = missingDebianTools(env)
  if (!request.insist && failedLately(env)) {
    return none(env, noTools ?? 'the download failed less than an hour ago', true)
  }
  if (noTools === null) return await unpackOnce(request)
  const result = hasBrew(env) ? await brew(request) : none(env, noTools)
  noteFailure(env, result.kind === 'none')
  return result
}

async function brew({ env, begin, confirm }: GetRedisRequest): Promise<GetRedisResult> {
  if (!(await confirm(BREW_QUESTION))) return none(env, 'it was not to be installed with Homebrew')
  const done = begin('Redis: brew install redis')
  const problem = await installWithBrew(env)
  done(problem === null ? 'installed' : `failed: ${problem}`)
  return problem === null ? { kind: 'installed' } : none(env, problem)
}

async function unpackOnce(request: GetRedisRequest): Promise<GetRedisResult> {
  const { env } = request
  const done = request.begin("Redis: getting the distribution's packages")
  const folder = unpackedRedisFolder(env)
  mkdirSync(dirname(folder), { recursive: true, mode: 0o700 })
  const lock = await takeLock({
    path: `${folder}.lock`,
    timeoutMs: LOCK_FOR_MS,
    onWait: (holder) => done(`process ${holder} is at it already: waiting`),
  })
  try {
    const result = unpackedRedis(env) ? ({ kind: 'there' } as const) : await unpackInto(folder, env)
    noteFailure(env, result.kind === 'none')
    done(result.kind === 'none' ? `failed: ${result.why}` : `unpacked into ${folder}`)
    return result
  } finally {
    lock[Symbol.dispose]()
  }
}

function isThere(env: Environment): boolean {
  return (
    Boolean(env['REDIS_URL']) ||
    findOnPath(['redis-server', 'valkey-server'], env) !== null ||
    unpackedRedis(env) !== null
  )
}

function none(env: Environment, why: string, knownBefore = false): GetRedisResult {
  return { kind: 'none', why, ways: waysToARedis(env), knownBefore }
}

/** Makes it beside its place; only what was seen to run gets the name under which it is looked for. */
async function unpackInto(folder: string, environment: Environment): Promise<GetRedisResult> {
  const work = `${folder}.new`
  removeFolder(work)
  mkdirSync(work, { recursive: true, mode: 0o700 })
  try {
    const unpacked = await unpackDebianRedis(work, environment)
    if (!unpacked.ok) return none(environment, unpacked.why)
    const env = { ...environment, LD_LIBRARY_PATH: unpacked.libraryFolders.join(':') }
    const version = await runTool(unpacked.server, ['--version'], { cwd: work, timeoutMs: 10_000, env })
    if (!version.ok) return none(environment, version.complaint)
    writeManifest(work, unpacked)
    dropDownloads(work)
    removeFolder(folder)
    renameSync(work, folder)
    return { kind: 'unpacked', version: /v=(\S+)/.exec(version.output)?.[1] ?? 'of unknown version' }
  } finally {
    removeFolder(work)
  }
}

function writeManifest(work: string, unpacked: { server: string; libraryFolders: readonly string[] }): void {
  const manifest: RedisManifest = {
    server: relative(work, unpacked.server),
    libraryFolders: unpacked.libraryFolders.map((path) => relative(work, path)),
  }
  writeFileSync(manifestPath(work), JSON.stringify(manifest))
}

/** Lists and packages are many times the size of what they brought. */
function dropDownloads(work: string): void {
  for (const name of ['lists', 'cache', 'downloads', 'apt.conf']) removeFolder(join(work, name))
}

function failureNote(env: Environment): string {
  return `${unpackedRedisFolder(env)}.failed`
}

function failedLately(env: Environment): boolean {
  const note = failureNote(env)
  return existsSync(note) && Date.now() - statSync(note).mtimeMs < FAILURE_HOLDS_MS
}

function noteFailure(env: Environment, failed: boolean): void {
  if (failed) {
    mkdirSync(dirname(failureNote(env)), { recursive: true, mode: 0o700 })
    writeFileSync(failureNote(env), '')
  } else rmSync(failureNote(env), { force: true })
}
