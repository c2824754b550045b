/**
 * The reference server as a process of its own: started with its stores and an admin token, spoken to over HTTP,
 * ended with its run. It reads the harness's death from the end of its standard input, so that not even a killed
 * harness leaves one behind.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { basename } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Catalogue, StrategyDescription } from '../core/catalogue.ts'
import { compiledModuleUrl } from '../core/compiled.ts'
import { HarnessError } from '../core/errors.ts'
import { ADMIN_TOKEN_ENV, TARGET_ENV, type TargetReadyLine } from '../core/wire.ts'
import type { ServiceSettings, StartedServices } from '../services/service.ts'
import { TargetAdmin } from './target-admin.ts'

const START_DEADLINE_MS = 20_000
/** The longest that the server takes for an answer. */
const NEVER_MS = 600_000
const STOP_DEADLINE_MS = 5_000
/** Lines of the server's stderr that an error message quotes. */
const QUOTED_LINES = 12
/** With which the server ends when its arguments, or the strategy that they name, can't be used. */
const USAGE_EXIT_CODE = 2

const SERVER_PATH = fileURLToPath(compiledModuleUrl(import.meta.url, '../../targets/server/main.ts'))

export interface TargetOptions {
  readonly runId: string
  /** One of the server's own, or the path of a module that holds one. */
  readonly strategy: { readonly name: string } | { readonly module: string }
  readonly instances: number
  /** Share of order requests whose connection is cut in place of the answer, 0..1. */
  readonly lostReplyShare: number
  /** As src/core/handicap.ts reads it; absent: none. */
  readonly handicap?: string | undefined
  /** false: the server counts nothing for Prometheus, to measure what that costs. */
  readonly metrics?: boolean
  /** Its pauses are over at once, and no request is given up: somebody else decides what comes next. False unless given. */
  readonly forRace?: boolean
  /** Where it takes requests; absent: on the loopback, on any port that is free. */
  readonly listen?: { readonly host: string; readonly port: number }
  /** undefined: one is made. */
  readonly adminToken?: string | undefined
  readonly services: StartedServices
  readonly settings: ServiceSettings
}

export interface StartedTarget extends AsyncDisposable {
  readonly url: string
  readonly pid: number
  readonly adminToken: string
  readonly admin: TargetAdmin
  /** Resolves when its process has ended. */
  readonly ended: Promise<void>
  /** Whether its process has ended, or does so within the deadline. */
  endedWithin(deadlineMs: number): Promise<boolean>
  /** What the server last wrote to its standard error. */
  lastWords(): string
}

/** The strategies that the server knows. Throws HarnessError TARGET_FAILED when it can't say. */
export async function readCatalogue(): Promise<Catalogue> {
  const { catalogue, stderr } = await describe([])
  if (catalogue !== null) return catalogue
  throw new HarnessError('TARGET_FAILED', {
    message: `the reference server could not list its strategies: ${stderr || 'no output'}`,
    hint: 'Is the build complete? `npm run build` makes it again.',
  })
}

/**
 * What the strategy in a module says of itself.
 * Throws HarnessError STRATEGY_INVALID, with the place, when the module can't be loaded or holds no strategy.
 */
export async function describeStrategyModule(path: string): Promise<StrategyDescription> {
  const { catalogue, stderr } = await describe(['--strategy-module', path])
  const [description] = catalogue?.strategies ?? []
  if (description !== undefined) return description
  throw strategyInvalid(stderr || `${path}: it ended the server that was to load it`)
}

/** Ended by a signal, or said nothing that can be read: no catalogue. */
async function describe(args: readonly string[]): Promise<{ catalogue: Catalogue | null; stderr: string }> {
  const child = spawn(process.execPath, [SERVER_PATH, '--describe', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // As below: Ctrl-C is for the harness.
    detached: true,
    timeout: START_DEADLINE_MS,
    killSignal: 'SIGKILL',
  })
  const [stdout, stderr] = await Promise.all([textOf(child.stdout), textOf(child.stderr), once(child, 'close')])
  try {
    return { catalogue: JSON.parse(stdout) as Catalogue, stderr: stderr.trim() }
  } catch {
    return { catalogue: null, stderr: stderr.trim() }
  }
}

function strategyInvalid(message: string): HarnessError {
  return new HarnessError('STRATEGY_INVALID', {
    message,
    hint: 'docs/own-strategy.md says what a strategy has to be. `doorbuster conformance FILE` tries one out.',
  })
}

export async function startTarget(options: TargetOptions): Promise<StartedTarget> {
  const token = options.adminToken ?? randomBytes(24).toString('base64url')
  const title = `doorbuster-target-${options.runId}`
  const owned = options.services.processes.own({ program: basename(process.execPath), marker: title })
  const server = [SERVER_PATH, ...serverArguments(options)]
  const child = spawn(
    process.execPath,
    // The title is what ps shows, and by what a later start knows a process of a run that died.
    [`--title=${title}`, ...server],
    {
      stdio: ['pipe', 'pipe', 'pipe'],
      // A process group of its own: Ctrl-C at the terminal is for the harness, which still needs the server to settle.
      detached: true,
      env: { ...process.env, ...targetEnvironment(options), [ADMIN_TOKEN_ENV]: token },
    },
  )
  if (child.pid !== undefined) owned.started(child.pid)
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => {
      owned.ended()
      resolve()
    })
  })
  const words = keepLastLines(child)
  try {
    const ready = await readyLine(child, words)
    return {
      url: ready.url,
      pid: child.pid!,
      adminToken: token,
      admin: new TargetAdmin(ready.url, token),
      ended,
      endedWithin: (deadlineMs) => endedWithin(child, deadlineMs),
      lastWords: () => words.join('\n'),
      [Symbol.asyncDispose]: () => stop(child),
    }
  } catch (error) {
    await stop(child)
    // What can be wrong with arguments and environment is checked before; so it is the module.
    if ('module' in options.strategy && child.exitCode === USAGE_EXIT_CODE) throw strategyInvalid(words.join('\n'))
    throw error
  }
}

function serverArguments({
  strategy,
  instances,
  lostReplyShare,
  handicap,
  listen,
  metrics = true,
  forRace = false,
}: TargetOptions): string[] {
  const { host, port } = listen ?? { host: '127.0.0.1', port: 0 }
  const named = 'module' in strategy ? ['--strategy-module', strategy.module] : ['--strategy', strategy.name]
  const where = ['--host', host, '--port', String(port)]
  const options = ['--instances', String(instances), '--lose-replies', String(lostReplyShare)]
  const raced = forRace ? ['--for-race', '--request-timeout', String(NEVER_MS)] : []
  const burden = handicap === undefined ? [] : ['--handicap', handicap]
  return [...named, ...options, ...burden, ...where, ...(metrics ? [] : ['--no-metrics']), ...raced]
}

function targetEnvironment({ services, settings }: TargetOptions): Record<string, string> {
  const { postgres, redis } = services
  return {
    [TARGET_ENV.synchronousCommit]: settings.synchronousCommit,
    ...(postgres && { [TARGET_ENV.databaseUrl]: postgres.url, [TARGET_ENV.databaseSchema]: postgres.schema }),
    ...(redis && { [TARGET_ENV.redisUrl]: redis.url, [TARGET_ENV.redisKeyPrefix]: redis.keyPrefix }),
  }
}

async function readyLine(child: ChildProcess, words: readonly string[]): Promise<TargetReadyLine> {
  const lines = createInterface({ input: child.stdout! })
  const timer = AbortSignal.timeout(START_DEADLINE_MS)
  const line = await Promise.race([
    once(lines, 'line', { signal: timer }).then(([text]) => String(text)),
    once(child, 'exit').then(() => null),
    once(child, 'error').then(() => null),
  ]).catch(() => undefined)
  if (typeof line === 'string') return JSON.parse(line) as TargetReadyLine
  const said = words.length === 0 ? '' : `\n${words.join('\n')}`
  throw line === null
    ? new HarnessError('TARGET_FAILED', { message: `the reference server ended before it was ready${said}` })
    : new HarnessError('TARGET_TIMEOUT', {
        message: `the reference server was not ready within ${START_DEADLINE_MS / 1000} s${said}`,
      })
}

function keepLastLines(child: ChildProcess): string[] {
  const kept: string[] = []
  createInterface({ input: child.stderr! }).on('line', (line) => {
    kept.push(line)
    if (kept.length > QUOTED_LINES) kept.shift()
  })
  return kept
}

async function stop(child: ChildProcess): Promise<void> {
  if (hasEnded(child) || child.pid === undefined) return
  const ended = once(child, 'exit')
  child.stdin?.end()
  child.kill('SIGTERM')
  const deadline = setTimeout(() => killGroup(child.pid!), STOP_DEADLINE_MS)
  await ended
  clearTimeout(deadline)
}

async function endedWithin(child: ChildProcess, deadlineMs: number): Promise<boolean> {
  if (hasEnded(child)) return true
  await once(child, 'exit', { signal: AbortSignal.timeout(deadlineMs) }).catch(() => {})
  return hasEnded(child)
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // It ended in the meantime.
  }
}

async function textOf(stream: NodeJS.ReadableStream): Promise<string> {
  let text = ''
  for await (const chunk of stream) text += String(chunk)
  return text
}
