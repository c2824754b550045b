/** A private Prometheus for tests: in a temporary folder, on loopback alone, gone with the test. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

export interface StartedPrometheus extends AsyncDisposable {
  /** `http://127.0.0.1:40123` */
  readonly url: string
  /** Where it takes remote writes. */
  readonly writeUrl: string
  /** Instant query, at `atMs` since 1970 or now. */
  query(promql: string, atMs?: number): Promise<readonly PrometheusSample[]>
  /** Asks each 200 ms until the answer satisfies; fails with the last one after 30 s. */
  queryUntil(
    promql: string,
    isEnough: (samples: readonly PrometheusSample[]) => boolean,
  ): Promise<readonly PrometheusSample[]>
}

export interface PrometheusSample {
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

export interface PrometheusOptions {
  /** prometheus.yml; by default nothing is scraped. Paths in it are from the folder that it is given. */
  readonly config?: string
  /** Where relative paths of the configuration begin; by default a temporary folder. */
  readonly configFolder?: string
}

const START_WITHIN_MS = 30_000
const STOP_WITHIN_MS = 15_000
const ANSWER_WITHIN_MS = 30_000
const ASK_EVERY_MS = 200
/** A port that was free may be somebody's by the time it is asked for. */
const ATTEMPTS = 3
const FOLDERS = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/bin', '/usr/local/bin']

/** null: it isn't installed. */
export function findProgram(program: string): string | null {
  return FOLDERS.map((folder) => join(folder, program)).find(isExecutable) ?? null
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** What is missing, in words; null: it can be started. */
export function missingPrometheus(): string | null {
  const missing = ['prometheus', 'promtool'].filter((program) => findProgram(program) === null)
  return missing.length === 0 ? null : `${missing.join(' and ')} not found (apt-get install prometheus)`
}

export async function startPrometheus(options: PrometheusOptions = {}): Promise<StartedPrometheus> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await startOn(await freePort(), options)
    } catch (error) {
      if (attempt === ATTEMPTS || !String(error).includes('address already in use')) throw error
    }
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

async function startOn(port: number, { config, configFolder }: PrometheusOptions): Promise<StartedPrometheus> {
  const folder = mkdtempSync(join(tmpdir(), 'db-prometheus-'))
  const file = join(configFolder ?? folder, `prometheus-${port}.yml`)
  writeFileSync(file, config ?? 'global: {scrape_interval: 1s}\n')
  const child = spawn(
    findProgram('prometheus')!,
    [
      `--config.file=${file}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--web.enable-remote-write-receiver',
      '--web.enable-lifecycle',
      '--log.level=warn',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  )
  let said = ''
  child.stderr.on('data', (chunk) => (said += String(chunk)))
  const kill = (): void => void child.kill('SIGKILL')
  process.once('exit', kill)
  const ended = once(child, 'exit')
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM')
    const timer = setTimeout(kill, STOP_WITHIN_MS)
    await ended
    clearTimeout(timer)
    process.removeListener('exit', kill)
    rmSync(folder, { recursive: true, force: true })
    rmSync(file, { force: true })
  }
  const url = `http://127.0.0.1:${port}`
  try {
    await untilReady(url, () => child.exitCode)
  } catch (error) {
    await stop()
    throw new Error(`prometheus does not start:\n${said.slice(-2_000)}`, { cause: error })
  }
  const query = (promql: string, atMs?: number): Promise<readonly PrometheusSample[]> => ask(url, promql, atMs)
  return {
    url,
    writeUrl: `${url}/api/v1/write`,
    query,
    queryUntil: async (promql, isEnough) => {
      const deadline = performance.now() + ANSWER_WITHIN_MS
      for (;;) {
        const samples = await query(promql)
        if (isEnough(samples)) return samples
        if (performance.now() > deadline) throw new Error(`${promql} stays ${JSON.stringify(samples)}`)
        await delay(ASK_EVERY_MS)
      }
    },
    [Symbol.asyncDispose]: stop,
  }
}

async function untilReady(url: string, exitCode: () => number | null): Promise<void> {
  const deadline = performance.now() + START_WITHIN_MS
  for (;;) {
    const isReady = await fetch(`${url}/-/ready`).then(
      (response) => response.ok,
      () => false,
    )
    if (isReady) return
    if (exitCode() !== null) throw new Error(`it ended with ${exitCode()}`)
    if (performance.now() > deadline) throw new Error('it is not ready')
    await delay(ASK_EVERY_MS)
  }
}

interface QueryAnswer {
  readonly status: string
  readonly error?: string
  readonly data?: {
    readonly result: readonly { readonly metric: Record<string, string>; readonly value: [number, string] }[]
  }
}

async function ask(url: string, promql: string, atMs?: number): Promise<readonly PrometheusSample[]> {
  const parameters = new URLSearchParams({ query: promql, ...(atMs !== undefined && { time: String(atMs / 1_000) }) })
  const answer = (await (await fetch(`${url}/api/v1/query?${parameters.toString()}`)).json()) as QueryAnswer
  if (answer.status !== 'success') throw new Error(`${promql}: ${answer.error}`)
  return answer.data!.result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }))
}
