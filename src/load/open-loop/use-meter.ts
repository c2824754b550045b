/**
 * What the generator used during a step: CPU of its own threads where the system tells it by thread, else of the whole
 * process (this thread, which judges and writes, included); memory of the whole process, which has only one.
 */
import type { ConnectionFigures, ResourceFigures } from '../../core/run-record.ts'
import type { PauseFigures } from '../../core/run-record.ts'
import type { TickerHandle } from './ticker-handle.ts'
import type { StepReport } from './worker-messages.ts'

export class UseMeter {
  readonly #ticker: TickerHandle | null
  readonly #tickerCpuAtStart: number
  readonly #processCpuAtStart = process.cpuUsage()
  #maxRssBytes = process.memoryUsage.rss()

  constructor(ticker: TickerHandle | null) {
    this.#ticker = ticker
    this.#tickerCpuAtStart = ticker?.cpuSeconds ?? 0
  }

  /** Called now and then while the step runs. */
  look(): void {
    this.#maxRssBytes = Math.max(this.#maxRssBytes, process.memoryUsage.rss())
  }

  figures(reports: readonly StepReport[]): ResourceFigures {
    this.look()
    return { cpuSeconds: this.#threadSeconds(reports) ?? this.#processSeconds(), maxRssBytes: this.#maxRssBytes }
  }

  #threadSeconds(reports: readonly StepReport[]): number | null {
    let seconds = (this.#ticker?.cpuSeconds ?? 0) - this.#tickerCpuAtStart
    for (const { cpuSeconds } of reports) seconds += cpuSeconds ?? Number.NaN
    return Number.isNaN(seconds) ? null : seconds
  }

  #processSeconds(): number {
    const { user, system } = process.cpuUsage(this.#processCpuAtStart)
    return (user + system) / 1e6
  }
}

export function sumConnections(figures: readonly ConnectionFigures[]): ConnectionFigures {
  const sum = { opened: 0, reused: 0, reset: 0 }
  for (const { opened, reused, reset } of figures) {
    sum.opened += opened
    sum.reused += reused
    sum.reset += reset
  }
  return sum
}

export function sumPauses(figures: readonly PauseFigures[]): PauseFigures {
  const sum = { count: 0, totalMs: 0, maxMs: 0 }
  for (const { count, totalMs, maxMs } of figures) {
    sum.count += count
    sum.totalMs += totalMs
    sum.maxMs = Math.max(sum.maxMs, maxMs)
  }
  return sum
}
