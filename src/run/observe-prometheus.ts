/**
 * A Prometheus beside the live page, where one is on the PATH: with the configuration that Grafana's dashboards and the
 * alerts are made for. It ends with whoever started it, also when that is killed.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { HarnessError } from '../core/errors.ts'
import { findOnPath } from '../services/index.ts'
import { groupLives, killGroup } from '../target/process-group.ts'
import { endGroupWhenWeDie } from '../target/watcher.ts'

export const PROMETHEUS_CONFIG = fileURLToPath(
  new URL(
    `${import.meta.url.endsWith('.ts') ? '../..' : '../../..'}/grafana/prometheus/prometheus.yml`,
    import.meta.url,
  ),
)

/** Where Grafana's data source looks for it. */
export const USUAL_PORT = 9090
const START_DEADLINE_MS = 20_000
const STOP_DEADLINE_MS = 5_000
const POLL_MS = 50
const QUOTED_CHARACTERS = 1_000

export interface PrometheusOptions {
  /** As {@link findPrometheus} gives it. */
  readonly program: string
  readonly config: string
  /** Kept from one start to the next, so that runs can be compared. */
  readonly dataFolder: string
  /** Any other where it is taken; 0: any. */
  readonly preferredPort: number
  /** Ends the wait for it. */
  readonly signal: AbortSignal
}

export interface StartedPrometheus extends AsyncDisposable {
  /** `http://127.0.0.1:9090/` */
  readonly url: string
}

/** Its path; null where there is none on the PATH. */
export function findPrometheus(env: Readonly<Record<string, string | undefined>>): string | null {
  return findOnPath(['prometheus'], env)
}

/** Throws HarnessError SERVICE_FAILED, with its own words, when it doesn't start; RESULTS_NOT_WRITABLE without a folder. */
export async function startPrometheus(options: PrometheusOptions): Promise<StartedPrometheus> {
  const { program, config, preferredPort } = options
  const dataFolder = resolve(options.dataFolder)
  const port = (await isFree(preferredPort)) ? preferredPort : await freePort()
  makeFolder(dataFolder)
  const server = new PrometheusProcess(program, [
    `--config.file=${config}`,
    `--storage.tsdb.path=${dataFolder}`,
    `--web.listen-address=127.0.0.1:${port}`,
    // For runs that push what they measured when they end.
    '--web.enable-remote-write-receiver',
    '--log.level=warn',
  ])
  const url = `http://127.0.0.1:${port}/`
  try {
    await server.ready(url, options.signal)
  } catch (error) {
    await server.stop()
    throw error
  }
  return { url, [Symbol.asyncDispose]: () => server.stop() }
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true })
  } catch (cause) {
    const message = `cannot make ${path}: ${(cause as Error).message}`
    throw new HarnessError('RESULTS_NOT_WRITABLE', { message, cause })
  }
}

class PrometheusProcess {
  readonly #child: ChildProcess
  readonly #watcher: { dismiss(): void } | null
  #words = ''
  #hasEnded = false

  constructor(program: string, args: readonly string[]) {
    // A group of its own: Ctrl-C at the terminal is for us, and we end it.
    this.#child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'], detached: true })
    const { pid } = this.#child
    this.#watcher = pid === undefined ? null : endGroupWhenWeDie(pid, null)
    this.#child.once('exit', () => {
      this.#hasEnded = true
    })
    this.#child.once('error', ({ message }) => {
      this.#hasEnded = true
      this.#words += message
    })
    this.#child.stderr!.on('data', (chunk: Buffer) => {
      this.#words = (this.#words + chunk.toString()).slice(-QUOTED_CHARACTERS)
    })
  }

  async ready(url: string, signal: AbortSignal): Promise<void> {
    const deadline = performance.now() + START_DEADLINE_MS
    while (!(await answers(`${url}-/ready`))) {
      if (this.#hasEnded || signal.aborted || performance.now() > deadline) throw this.#failed()
      await sleep(POLL_MS)
    }
    // Another may have taken the port in the meantime, and answers.
    if (this.#hasEnded) throw this.#failed()
  }

  async stop(): Promise<void> {
    const { pid } = this.#child
    if (pid !== undefined) {
      killGroup(pid, 'SIGTERM')
      const deadline = performance.now() + STOP_DEADLINE_MS
      while (groupLives(pid) && performance.now() < deadline) await sleep(POLL_MS)
      killGroup(pid, 'SIGKILL')
    }
    this.#watcher?.dismiss()
  }

  #failed(): HarnessError {
    const why = this.#hasEnded ? 'ended' : `was not ready within ${START_DEADLINE_MS} ms`
    return new HarnessError('SERVICE_FAILED', {
      message: `prometheus ${why}: ${this.#words.trim() || 'it said nothing'}`,
      hint: 'Does another one use the same data folder? --no-prometheus goes without.',
    })
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(1_000) })
    await response.arrayBuffer()
    return response.ok
  } catch {
    return false
  }
}

async function isFree(port: number): Promise<boolean> {
  return port !== 0 && (await listenFor(port)) !== null
}

async function freePort(): Promise<number> {
  return (await listenFor(0))!
}

/** The port, let go of again; null when it is taken. Prometheus itself can't be told to take any. */
async function listenFor(port: number): Promise<number | null> {
  const server = createServer()
  const taken = await new Promise<number | null>((done) => {
    server.once('error', () => done(null))
    server.listen(port, '127.0.0.1', () => done((server.address() as AddressInfo).port))
  })
  if (taken !== null) await new Promise((done) => server.close(done))
  return taken
}
