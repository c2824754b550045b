/** How long the calling thread stood still for garbage collection. */
import { PerformanceObserver } from 'node:perf_hooks'
import type { PauseFigures } from '../../core/run-record.ts'

export class PauseMeter {
  #count = 0
  #totalMs = 0
  #maxMs = 0
  readonly #observer = new PerformanceObserver((list) => this.#add(list.getEntries()))

  constructor() {
    this.#observer.observe({ entryTypes: ['gc'] })
  }

  /** The figures since this was called last. */
  take(): PauseFigures {
    this.#add(this.#observer.takeRecords())
    const figures = { count: this.#count, totalMs: this.#totalMs, maxMs: this.#maxMs }
    this.#count = 0
    this.#totalMs = 0
    this.#maxMs = 0
    return figures
  }

  #add(entries: readonly { readonly duration: number }[]): void {
    for (const { duration } of entries) {
      this.#count++
      this.#totalMs += duration
      this.#maxMs = Math.max(this.#maxMs, duration)
    }
  }

  close(): void {
    this.#observer.disconnect()
  }
}
