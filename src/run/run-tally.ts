/**
 * Counts what became of the requests of a run, row by row as they settle, by the definitions of the figures of a step
 * (src/load/arrival.ts): retries are outside the plan, so they count for nothing but the units that they were sold.
 * Counts never fall, whoever looks.
 */
import { type HistoryColumns, OUTCOME_CODES } from '../core/history.ts'
import { OTHER } from '../core/metric-table.ts'
import { OUTCOME_KINDS, type OutcomeKind } from '../core/operation.ts'
import type { LoadFigures } from '../core/run-record.ts'
import type { TelemetryCounts, TimeHistogram } from '../core/telemetry.ts'
import { codeOf, readArrival } from '../load/arrival.ts'
import { CodeCounts } from './code-counts.ts'
import type { SaleTally } from './sale-tally.ts'
import { TimeTally } from './time-tally.ts'

const DROPPED = OUTCOME_CODES.indexOf('dropped')

interface Counted {
  offered: number
  sent: number
  achieved: number
  outcomes: number[]
}

export class RunTally {
  readonly #timeoutNs: number
  readonly #sales: SaleTally
  /** Of the steps that have ended, and of the one that is on. */
  #ended: Counted = nothing()
  #now: Counted = nothing()
  /** Sent, and not answered yet. */
  #open = 0
  #inFlight = 0
  readonly #dropped = new CodeCounts()
  readonly #failures = new CodeCounts()
  /** Codes that have no name before the step's end, by number. */
  #unnamed = new Map<number, number>()
  readonly #responseTime = new Map<number, TimeTally>()
  readonly #serviceTime = new Map<number, TimeTally>()
  readonly #sendLateness = new TimeTally()

  constructor(timeoutMs: number, sales: SaleTally) {
    this.#timeoutNs = timeoutMs * 1e6
    this.#sales = sales
  }

  /** Rows that have settled, each once. */
  take(history: HistoryColumns, rows: readonly number[]): void {
    for (const row of rows) this.#takeRow(history, row)
  }

  /** What can't be seen in settled rows: arrivals that are due, requests that are open. */
  stands({ offered, open, inFlight }: { offered: number; open: number; inFlight: number }): void {
    this.#now.offered = Math.max(this.#now.offered, offered)
    this.#open = open
    this.#inFlight = inFlight
  }

  /** `codes`: as the step's history has them in the end. */
  endOfLoad(codes: readonly string[]): void {
    for (const [number, count] of this.#unnamed) this.#failures.add(codes[number] || OTHER, count)
    this.#unnamed = new Map()
    this.#open = 0
    this.#inFlight = 0
  }

  /** What the step's record counts is so; what was counted live is in it. */
  endOfStep(figures: Pick<LoadFigures, 'arrivals' | 'sent' | 'completed' | 'outcomes'>): void {
    const { offered, sent, achieved, outcomes } = this.#now
    this.#ended = sum(this.#ended, {
      offered: Math.max(offered, figures.arrivals),
      sent: Math.max(sent, figures.sent),
      achieved: Math.max(achieved, figures.completed),
      outcomes: OUTCOME_CODES.map((kind, index) => Math.max(outcomes[index]!, figures.outcomes[kind])),
    })
    this.#now = nothing()
  }

  counts(): TelemetryCounts {
    const { offered, sent, achieved, outcomes } = sum(this.#ended, this.#now)
    return {
      offered: Math.max(offered, sent + this.#open),
      sent: sent + this.#open,
      achieved,
      inFlight: this.#inFlight,
      dropped: this.#dropped.counts(),
      outcomes: byKind((index) => outcomes[index]!),
      failures: this.#failures.counts(),
    }
  }

  times(): {
    responseTime: Partial<Record<OutcomeKind, TimeHistogram>>
    serviceTime: Partial<Record<OutcomeKind, TimeHistogram>>
    sendLateness: TimeHistogram
  } {
    return {
      responseTime: histograms(this.#responseTime),
      serviceTime: histograms(this.#serviceTime),
      sendLateness: this.#sendLateness.histogram(),
    }
  }

  #takeRow(history: HistoryColumns, row: number): void {
    const arrival = readArrival(history, row, this.#timeoutNs)
    this.#sales.take(history, row, arrival)
    if (arrival.isRetry) return
    const { outcome } = arrival
    this.#now.outcomes[outcome]!++
    if (arrival.isAchieved) this.#now.achieved++
    if (arrival.isError) this.#countCode(history, row, arrival)
    if (!arrival.wasSent) return
    this.#now.sent++
    this.#sendLateness.record(arrival.latenessNs)
    tallyOf(this.#serviceTime, outcome).record(arrival.serviceNs)
    tallyOf(this.#responseTime, outcome).record(arrival.responseNs)
  }

  #countCode(history: HistoryColumns, row: number, { outcome, wasSent }: { outcome: number; wasSent: boolean }): void {
    const number = history.code[row]!
    if (outcome === DROPPED) this.#dropped.add(codeOf(history, row, wasSent))
    else if (history.codes[number] === undefined) this.#unnamed.set(number, (this.#unnamed.get(number) ?? 0) + 1)
    else this.#failures.add(codeOf(history, row, wasSent))
  }
}

function nothing(): Counted {
  return { offered: 0, sent: 0, achieved: 0, outcomes: OUTCOME_CODES.map(() => 0) }
}

function sum(a: Counted, b: Counted): Counted {
  return {
    offered: a.offered + b.offered,
    sent: a.sent + b.sent,
    achieved: a.achieved + b.achieved,
    outcomes: a.outcomes.map((count, index) => count + b.outcomes[index]!),
  }
}

function byKind(count: (index: number) => number): Record<OutcomeKind, number> {
  const counts = Object.fromEntries(OUTCOME_KINDS.map((kind) => [kind, 0])) as Record<OutcomeKind, number>
  for (const [index, kind] of OUTCOME_CODES.entries()) counts[kind] = count(index)
  return counts
}

function tallyOf(tallies: Map<number, TimeTally>, outcome: number): TimeTally {
  const known = tallies.get(outcome)
  if (known !== undefined) return known
  const tally = new TimeTally()
  tallies.set(outcome, tally)
  return tally
}

function histograms(tallies: ReadonlyMap<number, TimeTally>): Partial<Record<OutcomeKind, TimeHistogram>> {
  return Object.fromEntries([...tallies].map(([outcome, tally]) => [OUTCOME_CODES[outcome]!, tally.histogram()]))
}
