/**
 * Watches a sale that somebody else drives: reads lines as they come, lets the oracle judge them, tells of what is wrong
 * when that is certain, and ends with a verdict over what was seen. Draws nothing and exits nothing.
 */
import type { CheckResult } from '../core/check.ts'
import { HarnessError } from '../core/errors.ts'
import { decidingVerdict, exitCodeOf, type RunVerdict } from '../core/exit-codes.ts'
import type { TelemetrySink, TelemetrySource } from '../core/telemetry.ts'
import { formatQuantity } from '../core/units.ts'
import { createStreamCourt, type StreamCourt, type StreamFinding, type StreamTerms } from '../oracle/index.ts'
import { checksVerdict } from './verdict.ts'
import type { KeptFinding, WatchFolder } from './watch-folder.ts'
import { WatchTelemetry } from './watch-telemetry.ts'

export interface WatchOptions {
  readonly terms: StreamTerms
  /** Batches of lines. Ends when one of the signals is aborted. */
  readonly lines: AsyncIterable<readonly string[]>
  /**
   * For how long no line has come where a batch is empty, ms: time then goes on by these alone, since a source that can't
   * be read brings none either. Absent: it goes on by the clock of this machine.
   */
  readonly emptyBatchMs?: number
  /** Somebody interrupts the watch. */
  readonly signal: AbortSignal
  /** Ends the reading: given back by `endReading`, or aborted when it was agreed on. */
  readonly endReading: AbortController
  /** Ends at the first thing that is wrong. */
  readonly failFast: boolean
  readonly folder: WatchFolder
  readonly source: TelemetrySource
  readonly sinks: readonly TelemetrySink[]
  readonly observer: WatchObserver
  /** Is handed the watch's own figures, which can be asked for at any time. */
  readonly onFigures?: (figures: () => WatchFigures) => void
}

/** What a watch tells while it goes on. */
export interface WatchObserver {
  /** `kept`: where its proof stands; null: it could not be kept. */
  found?(finding: StreamFinding, kept: KeptFinding | null): void
  /** A line that can't be read: what is wrong with it, with its number. Told of the first few. */
  malformed?(message: string): void
  /** What could not be done, without effect on the verdict. */
  problem?(message: string): void
}

export interface WatchFigures {
  readonly operations: number
  readonly lateOperations: number
  readonly windowOperations: number
  /** How far the judgement is behind the last operation. */
  readonly lagSeconds: number
}

export interface FinishedWatch {
  readonly verdict: RunVerdict
  readonly exitCode: number
  readonly operations: number
  readonly lateOperations: number
  readonly unopenedOperations: number
  /** The last ones, where others may have been under way still: not judged by what rests on the order of events. */
  readonly unjudgedOperations: number
  readonly malformedLines: number
  /** What ended it before the end of the input; null: nothing did. */
  readonly endedBy: 'interrupted' | 'environment' | 'fail-fast' | 'time' | null
  /** Why, where that was the environment. */
  readonly problem: string | null
  readonly checks: readonly CheckResult[]
  /** What was said on the way. */
  readonly violations: readonly { readonly check: string; readonly sku: string; readonly sentence: string }[]
}

const TICK_MS = 250
const TELL_EVERY_TICKS = 4
const MALFORMED_TOLD = 5

/** Throws HarnessError of the environment only where nothing was read at all. */
export async function watchSale(options: WatchOptions): Promise<FinishedWatch> {
  const watch = new Watch(options)
  return await watch.toTheEnd()
}

class Watch {
  readonly #options: WatchOptions
  readonly #court: StreamCourt
  readonly #telemetry: WatchTelemetry
  #lineNumber = 0
  #malformed = 0
  /** No line has come for so long; counted in ticks, since a machine that slept has seen nothing of the sale either. */
  #idleMs = 0
  #heardSinceTick = false
  #ticks = 0
  readonly #violations: { check: string; sku: string; sentence: string }[] = []
  #keeping: Promise<void> = Promise.resolve()
  #failedFast = false

  constructor(options: WatchOptions) {
    this.#options = options
    this.#court = createStreamCourt(options.terms)
    this.#telemetry = new WatchTelemetry(options.source)
    options.onFigures?.(() => this.#figures())
  }

  async toTheEnd(): Promise<FinishedWatch> {
    const timer = setInterval(() => this.#tick(), TICK_MS)
    let problem: HarnessError | null = null
    try {
      this.#tell()
      for await (const lines of this.#options.lines) {
        for (const line of lines) this.#hear(line)
        this.#noteBatch(lines.length)
        this.#tellFindings()
        if (this.#failedFast) break
      }
    } catch (error) {
      if (!(error instanceof HarnessError) || error.exitReason !== 'environment' || this.#lineNumber === 0) throw error
      problem = error
    } finally {
      clearInterval(timer)
    }
    return await this.#finish(problem)
  }

  #hear(line: string): void {
    this.#heardSinceTick = true
    this.#lineNumber++
    try {
      const row = this.#court.line(line, this.#lineNumber)
      if (row !== null) this.#telemetry.add(row)
    } catch (error) {
      if (!(error instanceof HarnessError)) throw error
      this.#malformed++
      if (this.#malformed <= MALFORMED_TOLD) this.#options.observer.malformed?.(error.message)
    }
  }

  #noteBatch(lines: number): void {
    const { emptyBatchMs } = this.#options
    if (emptyBatchMs === undefined) return
    this.#idleMs = lines === 0 ? this.#idleMs + emptyBatchMs : 0
    this.#court.advance(this.#idleMs)
  }

  /** Time goes on where no line does. */
  #tick(): void {
    if (this.#options.emptyBatchMs === undefined) this.#idleMs = this.#heardSinceTick ? 0 : this.#idleMs + TICK_MS
    this.#heardSinceTick = false
    this.#court.advance(this.#idleMs)
    this.#tellFindings()
    if (++this.#ticks % TELL_EVERY_TICKS === 0) this.#tell()
  }

  #tellFindings(): void {
    for (const finding of this.#court.takeFindings()) {
      const { sku, fault } = finding
      this.#violations.push({ check: fault.check, sku, sentence: fault.sentence })
      // What is kept is what was known when it was found; it is written one after another.
      const evidence = finding.evidence()
      const found = { ...finding, evidence: () => evidence }
      this.#keeping = this.#keeping.then(() => this.#keep(found))
      if (this.#options.failFast && !this.#failedFast) {
        this.#failedFast = true
        this.#options.endReading.abort()
      }
    }
  }

  async #keep(finding: StreamFinding): Promise<void> {
    const { folder, observer } = this.#options
    let kept: KeptFinding | null = null
    try {
      kept = await folder.keep(finding, new Date())
    } catch (error) {
      observer.problem?.(`the evidence was not kept: ${(error as Error).message}`)
    }
    observer.found?.(finding, kept)
  }

  #tell(end: Parameters<WatchTelemetry['telemetry']>[2] = null): void {
    if (this.#options.sinks.length === 0) return
    const telemetry = this.#telemetry.telemetry(this.#court, Date.now(), end)
    for (const sink of this.#options.sinks) sink.take(telemetry)
  }

  #figures(): WatchFigures {
    const { operations, lateOperations, windowOperations } = this.#court
    return { operations, lateOperations, windowOperations, lagSeconds: this.#court.lagMs / 1_000 }
  }

  async #finish(problem: HarnessError | null): Promise<FinishedWatch> {
    const endedBy = this.#endedBy(problem)
    // What is cut short may go on: what is open then stays open.
    if (endedBy === null) this.#court.finish()
    else this.#court.advance(this.#idleMs)
    this.#tellFindings()
    await this.#keeping
    const checks = this.#court.results()
    const verdict = this.#verdict(checks, endedBy)
    const { operations, lateOperations, unopenedOperations, windowOperations } = this.#court
    this.#tell({ verdict, sentence: sentenceOf(verdict, checks, operations) })
    return {
      verdict,
      exitCode: verdict === 'inconclusive' && this.#malformed > 0 ? exitCodeOf('usage') : exitCodeOf(verdict),
      operations,
      lateOperations,
      unopenedOperations,
      unjudgedOperations: windowOperations,
      malformedLines: this.#malformed,
      endedBy,
      problem: problem?.message ?? null,
      checks,
      violations: this.#violations,
    }
  }

  #endedBy(problem: HarnessError | null): FinishedWatch['endedBy'] {
    if (problem !== null) return 'environment'
    if (this.#failedFast) return 'fail-fast'
    if (this.#options.signal.aborted) return 'interrupted'
    return this.#options.endReading.signal.aborted ? 'time' : null
  }

  #verdict(checks: readonly CheckResult[], endedBy: FinishedWatch['endedBy']): RunVerdict {
    const verdicts: RunVerdict[] = [checksVerdict(checks)]
    // A line that can't be read may have said anything.
    if (this.#malformed > 0) verdicts.push('inconclusive')
    if (endedBy === 'interrupted' || endedBy === 'environment') verdicts.push(endedBy)
    return decidingVerdict(verdicts)
  }
}

function sentenceOf(verdict: RunVerdict, checks: readonly CheckResult[], operations: number): string {
  const worst = checks.find((check) => check.verdict === 'fail') ?? checks.find((check) => check.verdict === 'unknown')
  return worst?.sentence ?? `${verdict}: nothing wrong in ${formatQuantity(operations, 'operation')}`
}
