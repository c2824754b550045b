/** A private Prometheus for tests: in a temporary folder, on loopback alone, gone with the test. */
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { findProgram, onFreePort, startDaemon } from './daemon.ts'
import { freePort } from './small-server.ts'

export { freePort }

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

interface PrometheusSample {
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
const ANSWER_WITHIN_MS = 30_000
const ASK_EVERY_MS = 200

/** What is missing, in words; null: it can be started. */
export function missingPrometheus(): string | null {
  const missing = ['prometheus', 'promtool'].filter((program) => findProgram(program) === null)
  return missing.length === 0 ? null : `${missing.join(' and ')} not found (apt-get install prometheus)`
}

export function startPrometheus(options: PrometheusOptions = {}): Promise<StartedPrometheus> {
  return onFreePort(freePort, (port) => startOn(port, options))
}

async function startOn(port: number, { config, configFolder }: PrometheusOptions): Promise<StartedPrometheus> {
  const folder = mkdtempSync(join(tmpdir(), 'db-prometheus-'))
  const file = join(configFolder ?? folder, `prometheus-${port}.yml`)
  writeFileSync(file, config ?? 'global: {scrape_interval: 1s}\n')
  const daemon = startDaemon(
    findProgram('prometheus')!,
    [
      `--config.file=${file}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--web.enable-remote-write-receiver',
      '--web.enable-lifecycle',
      '--log.level=warn',
    ],
    [folder, file],
  )
  const url = `http://127.0.0.1:${port}`
  try {
    await untilReady(url, daemon.exitCode)
  } catch (error) {
    await daemon.stop()
    throw new Error(`prometheus does not start:\n${daemon.lastWords()}`, { cause: error })
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
    [Symbol.asyncDispose]: daemon.stop,
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
