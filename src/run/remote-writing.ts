/**
 * Keeps the metrics of a run second by second, the harness's and those of its reference server, and pushes them all when it
 * has ended, each with the moment at which it was so.
 */
import type { Telemetry } from '../core/telemetry.ts'
import {
  CLASSIC_CONTENT_TYPE,
  commonLabels,
  type MetricFamily,
  parseMetrics,
  push,
  type RemoteWriteTarget,
  SeriesRecorder,
} from '../metrics/index.ts'

export interface RemoteWritingOptions {
  readonly ownLabels: Readonly<Record<string, string>>
  /** Besides those of the run. */
  readonly serverLabels: Readonly<Record<string, string>>
  readonly ownFamilies: () => Promise<readonly MetricFamily[]>
}

/** Shorter than the pause between two questions. */
const SERVER_ANSWERS_WITHIN_MS = 900

export class RemoteWriting {
  readonly #target: RemoteWriteTarget
  readonly #options: RemoteWritingOptions
  readonly #recorder = new SeriesRecorder()
  #serverUrl: string | null = null
  /** Of the server's answers; null: none yet, or the last one was taken. */
  #serverProblem: string | null = null
  #serverAnswered = false
  #recorded: Promise<void> = Promise.resolve()
  #asked: Promise<void> = Promise.resolve()
  #isAsking = false

  constructor(target: RemoteWriteTarget, options: RemoteWritingOptions) {
    this.#target = target
    this.#options = options
  }

  /** null: there is none. */
  serverStarted(metricsUrl: string | null): void {
    this.#serverUrl = metricsUrl
  }

  take(telemetry: Telemetry): void {
    const { atMs, phase } = telemetry
    // What the harness says of itself is read now, whenever it is written down.
    const families = this.#options.ownFamilies()
    this.#recorded = this.#recorded.then(async () => {
      const samples = (await families).flatMap((family) => family.samples)
      this.#recorder.take(samples, this.#options.ownLabels, atMs)
    })
    // Never two questions at once; yet nobody leaves without the last word.
    if (this.#isAsking && phase !== 'finished') return
    this.#isAsking = true
    this.#asked = this.#asked
      .then(() => this.#askServer(telemetry))
      .finally(() => {
        this.#isAsking = false
      })
  }

  async #askServer({ source }: Telemetry): Promise<void> {
    if (this.#serverUrl === null) return
    const labels = { ...commonLabels(source), ...this.#options.serverLabels }
    try {
      const answeredBy = AbortSignal.timeout(SERVER_ANSWERS_WITHIN_MS)
      const response = await fetch(this.#serverUrl, { headers: { accept: CLASSIC_CONTENT_TYPE }, signal: answeredBy })
      if (!response.ok) throw new Error(`it answered ${response.status}`)
      const ofServer = parseMetrics(await response.text())
      this.#recorder.take(ofServer, labels, Date.now())
      this.#serverAnswered = true
    } catch (error) {
      this.#serverProblem = (error as Error).message
    }
  }

  /** @returns what could not be pushed by then, in a sentence; null: all was */
  async finish(tooLate: AbortSignal): Promise<string | null> {
    await Promise.all([this.#recorded, this.#asked])
    const problem = await push(this.#recorder.all(), this.#target, tooLate)
    if (problem !== null) return problem
    if (this.#recorder.isFull) return `metrics were pushed until there were ${this.#recorder.samples} samples of them`
    const isWithoutServer = this.#serverUrl !== null && !this.#serverAnswered && this.#serverProblem !== null
    return isWithoutServer ? `the server's metrics were not pushed: ${this.#serverProblem}` : null
  }
}
