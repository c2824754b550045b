/** What was told so far of the run that is on, as JSON, bounded however long it takes: older points are thinned. */
import type { Telemetry } from '../core/telemetry.ts'
import { thinned } from './page/thinning.ts'

const MOST_POINTS = 600
const MOST_CHARACTERS = 8e6

interface PastPoint {
  readonly atMs: number
  readonly json: string
}

export class PastTelemetry {
  #points: PastPoint[] = []
  #characters = 0
  #runId: string | null = null

  get last(): string | null {
    return this.#points.at(-1)?.json ?? null
  }

  /** Another run's telemetry begins a new past. */
  add({ source, atMs }: Telemetry, json: string): void {
    const before = source.runId === this.#runId ? this.#points : []
    this.#runId = source.runId
    this.#keep([...before, { atMs, json }])
    if (this.#points.length > MOST_POINTS || this.#characters > MOST_CHARACTERS) {
      this.#keep(thinned(this.#points, Math.max(2, Math.floor(this.#points.length / 2))))
    }
  }

  /** In order of time. */
  all(): readonly string[] {
    return this.#points.map(({ json }) => json)
  }

  #keep(points: PastPoint[]): void {
    this.#points = points
    this.#characters = points.reduce((sum, { json }) => sum + json.length, 0)
  }
}
