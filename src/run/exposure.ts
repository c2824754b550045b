/**
 * What others can see of a run: metrics for Prometheus, the live page, and at the end the whole time series, pushed. None of it
 * ends the run or changes its verdict; only a port that can't be had does, before anything is started.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { hostname } from 'node:os'
import type { Telemetry, TelemetrySink } from '../core/telemetry.ts'
import { ROUTES } from '../core/wire.ts'
import {
  commonLabels,
  createTelemetryMetrics,
  type RemoteWriteTarget,
  type TelemetryMetrics,
} from '../metrics/index.ts'
import { type LiveServer, startLiveServer } from '../observe/index.ts'
import { RemoteWriting } from './remote-writing.ts'

export interface ExposureOptions {
  /** Where Prometheus asks; null: nowhere. 0: any port that is free. */
  readonly metricsPort: number | null
  /** Where the live page is, likewise. */
  readonly livePort: number | null
  /** Address to listen on; absent: loopback. */
  readonly host?: string | undefined
  /** Where the time series goes when the run ends; null: nowhere. */
  readonly remoteWrite: RemoteWriteTarget | null
  /** How long the end of the run waits at most for a Prometheus that has asked before to ask once more. */
  readonly lingerMs: number
  /** What a watch has to say beside its telemetry; absent in a run. */
  readonly watchFigures?: NonNullable<Parameters<typeof createTelemetryMetrics>[0]>['watchFigures']
}

/** Where it can be seen; null: it can't. */
export interface ExposedAt {
  readonly metricsUrl: string | null
  readonly pageUrl: string | null
}

const JOB = 'doorbuster'
const SERVER_JOB = 'doorbuster-server'
const PUSH_WITHIN_MS = 30_000
const PUSH_WITHIN_MS_INTERRUPTED = 3_000
const LOOK_EVERY_MS = 50

/** Throws HarnessError SERVICE_UNAVAILABLE when a port can't be had; leaves nothing behind then. */
export async function startExposure(options: ExposureOptions): Promise<Exposure> {
  const exposure = new Exposure(options)
  try {
    await exposure.listen()
  } catch (error) {
    await exposure[Symbol.asyncDispose]()
    throw error
  }
  return exposure
}

export class Exposure implements TelemetrySink, AsyncDisposable {
  readonly #options: ExposureOptions
  readonly #metrics: TelemetryMetrics
  readonly #remoteWriting: RemoteWriting | null
  readonly #servers: LiveServer[] = []
  #at: ExposedAt = { metricsUrl: null, pageUrl: null }
  /** Of the reference server; null: not started yet, or a service of the user's own. */
  #targetUrl: string | null = null
  #last: Telemetry | null = null
  #scrapes = 0
  #lastScrapeHadTheEnd = false

  constructor(options: ExposureOptions) {
    this.#options = options
    const { remoteWrite, watchFigures } = options
    this.#metrics = createTelemetryMetrics(watchFigures === undefined ? {} : { watchFigures })
    this.#remoteWriting =
      remoteWrite === null
        ? null
        : new RemoteWriting(remoteWrite, {
            ownLabels: { job: JOB, instance: hostname() },
            serverLabels: { job: SERVER_JOB, instance: hostname() },
            ownFamilies: () => this.#metrics.families(),
          })
  }

  get at(): ExposedAt {
    return this.#at
  }

  async listen(): Promise<void> {
    const { metricsPort, livePort } = this.#options
    const metricsUrl = metricsPort === null ? null : await this.#listenOn(metricsPort)
    const isSame = livePort !== null && livePort === metricsPort && livePort !== 0
    const pageUrl = livePort === null ? null : isSame ? metricsUrl : await this.#listenOn(livePort)
    this.#at = { metricsUrl, pageUrl }
  }

  async #listenOn(port: number): Promise<string> {
    const { host } = this.#options
    const server = await startLiveServer({
      port,
      ...(host !== undefined && { host }),
      answers: {
        '/metrics': (request) => this.#answerMetrics(request),
        '/targets': async () => ({ contentType: 'application/json', body: JSON.stringify(this.#targets()) }),
      },
    })
    this.#servers.push(server)
    return server.url
  }

  /** `serverUrl`: of the reference server, whose metrics belong to the run. */
  targetStarted(serverUrl: string | null): void {
    this.#targetUrl = serverUrl
    this.#remoteWriting?.serverStarted(serverUrl === null ? null : serverUrl + ROUTES.metrics)
  }

  take(telemetry: Telemetry): void {
    this.#last = telemetry
    this.#metrics.take(telemetry)
    this.#remoteWriting?.take(telemetry)
    for (const server of this.#servers) server.take(telemetry)
  }

  /**
   * After the last word was told, while the target is still there.
   * @returns what could not be done, a sentence each
   */
  async runEnded(signal: AbortSignal): Promise<string[]> {
    const [problem] = await Promise.all([this.#push(signal), this.#linger(signal)])
    return problem === null ? [] : [problem]
  }

  /** Whoever interrupts doesn't want to wait for a receiver that is gone. */
  async #push(signal: AbortSignal): Promise<string | null> {
    if (this.#remoteWriting === null) return null
    const tooLate = new AbortController()
    const endAfter = (ms: number): NodeJS.Timeout => setTimeout(() => tooLate.abort(), ms)
    const timers = [endAfter(PUSH_WITHIN_MS)]
    const hurry = (): void => void timers.push(endAfter(PUSH_WITHIN_MS_INTERRUPTED))
    signal.addEventListener('abort', hurry, { once: true })
    if (signal.aborted) hurry()
    try {
      return await this.#remoteWriting.finish(tooLate.signal)
    } finally {
      signal.removeEventListener('abort', hurry)
      timers.forEach(clearTimeout)
    }
  }

  /** Until the end was seen by whoever has asked before; who never asked won't now. */
  async #linger(signal: AbortSignal): Promise<void> {
    const untilMs = performance.now() + this.#options.lingerMs
    // A run that fell has no end to be seen.
    if (this.#last?.phase !== 'finished') return
    const isAwaited = (): boolean => this.#scrapes > 0 && !this.#lastScrapeHadTheEnd && !signal.aborted
    while (isAwaited() && performance.now() < untilMs) await delay(LOOK_EVERY_MS)
  }

  async #answerMetrics(request: { readonly accept: string }): Promise<{ contentType: string; body: string }> {
    this.#scrapes++
    const isTheEnd = this.#last?.phase === 'finished'
    const answer = await this.#metrics.answer(request)
    if (isTheEnd) this.#lastScrapeHadTheEnd = true
    return answer
  }

  /** https://prometheus.io/docs/prometheus/latest/http_sd/ : the harness names its run itself, the server is told of it. */
  #targets(): { targets: string[]; labels: Record<string, string> }[] {
    const { metricsUrl, pageUrl } = this.#at
    const own = metricsUrl ?? pageUrl
    const run = this.#last === null ? {} : commonLabels(this.#last.source)
    // For relabelling alone: where a server is known to Prometheus otherwise, its metrics get the run's labels so.
    const meta = Object.fromEntries(Object.entries(run).map(([name, value]) => [`__meta_doorbuster_${name}`, value]))
    const harness = own === null ? [] : [{ targets: [new URL(own).host], labels: { job: JOB, ...meta } }]
    if (this.#targetUrl === null || this.#last === null) return harness
    return [...harness, { targets: [new URL(this.#targetUrl).host], labels: { job: SERVER_JOB, ...run } }]
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#servers.map((server) => server[Symbol.asyncDispose]()))
  }
}
