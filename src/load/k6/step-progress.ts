/** What the live line shows of a step that k6 drives: of answers, since k6 tells of a request when it has one. */
import type { LoadProgress } from '../load-engine.ts'
import type { StepRecording } from './step-recording.ts'

/** Looks kept to compare with: at four a second, one second. */
const LOOKS_KEPT = 4

interface Look {
  readonly atNs: number
  readonly achieved: number
}

export class K6Progress {
  readonly #recording: StepRecording
  readonly #startedAtNs: number
  readonly #maxInFlight: number
  readonly #looks: Look[]
  #responsesMs: number[] = []
  #planned = 0

  constructor(recording: StepRecording, startedAtNs: number, maxInFlight: number) {
    this.#recording = recording
    this.#startedAtNs = startedAtNs
    this.#maxInFlight = maxInFlight
    this.#looks = [{ atNs: startedAtNs, achieved: 0 }]
  }

  answered(tookMs: number): void {
    this.#responsesMs.push(tookMs)
  }

  look(nowNs: number): LoadProgress {
    const { scheduledAtNs } = this.#recording.columns
    while (this.#planned < scheduledAtNs.length && scheduledAtNs[this.#planned]! <= nowNs) this.#planned++
    const { lines, achieved, sold } = this.#recording.counts
    const before = this.#looks[0]!
    this.#looks.push({ atNs: nowNs, achieved })
    if (this.#looks.length > LOOKS_KEPT) this.#looks.shift()
    const seconds = (nowNs - before.atNs) / 1e9
    return {
      elapsedMs: Math.max(0, (nowNs - this.#startedAtNs) / 1e6),
      planned: this.#planned,
      sent: lines,
      completed: lines,
      sold,
      dropped: 0,
      inFlight: Math.max(0, Math.min(this.#planned - lines, this.#maxInFlight)),
      achievedRatePerSec: seconds > 0 ? (achieved - before.achieved) / seconds : 0,
      p99ResponseMs: this.#p99(),
    }
  }

  /** Of what was answered since the last look. */
  #p99(): number | null {
    const sorted = Float64Array.from(this.#responsesMs).sort()
    this.#responsesMs = []
    return sorted[Math.ceil(sorted.length * 0.99) - 1] ?? null
  }
}
