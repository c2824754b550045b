/** What a watch tells of itself: counts since its beginning, by what the lines say. It decides nothing. */
import { CHECK_NAMES } from '../core/check.ts'
import type { RunVerdict } from '../core/exit-codes.ts'
import { NO_ANSWER } from '../core/failure-codes.ts'
import { OTHER } from '../core/metric-table.ts'
import { OUTCOME_KINDS, type OutcomeKind } from '../core/operation.ts'
import {
  type CheckTelemetry,
  type SaleTelemetry,
  type Telemetry,
  TELEMETRY_SCHEMA,
  type TelemetrySource,
} from '../core/telemetry.ts'
import { formatQuantity } from '../core/units.ts'
import type { RecordedRow, StreamCourt, StreamStanding } from '../oracle/index.ts'
import { CodeCounts } from './code-counts.ts'
import { ShownSales } from './shown-sales.ts'
import { TimeTally } from './time-tally.ts'

export class WatchTelemetry {
  readonly #source: TelemetrySource
  readonly #outcomes = Object.fromEntries(OUTCOME_KINDS.map((kind) => [kind, 0])) as Record<OutcomeKind, number>
  readonly #failures = new CodeCounts()
  readonly #shownSales = new ShownSales()
  readonly #serviceTimes = new Map<OutcomeKind, TimeTally>()

  constructor(source: TelemetrySource) {
    this.#source = source
  }

  add({ outcome, sentAtNs, completedAtNs }: RecordedRow): void {
    const { kind } = outcome
    this.#outcomes[kind]++
    if (outcome.kind === 'refused' || outcome.kind === 'unknown') {
      this.#failures.add(outcome.code || (completedAtNs === null ? NO_ANSWER : OTHER))
    }
    if (sentAtNs === null || completedAtNs === null) return
    let tally = this.#serviceTimes.get(kind)
    if (tally === undefined) this.#serviceTimes.set(kind, (tally = new TimeTally()))
    tally.record(completedAtNs - sentAtNs)
  }

  telemetry(court: StreamCourt, atMs: number, end: { readonly verdict: RunVerdict; readonly sentence: string } | null) {
    const { sold, soldOut, limitReached, shown } = this.#outcomes
    const standings = court.standings()
    const checks = worstWords(standings)
    return {
      schema: TELEMETRY_SCHEMA,
      atMs,
      source: this.#source,
      phase: end === null ? 'load' : 'finished',
      step: null,
      counts: {
        offered: court.operations,
        sent: court.operations,
        achieved: sold + soldOut + limitReached + shown,
        inFlight: 0,
        dropped: {},
        outcomes: { ...this.#outcomes },
        failures: this.#failures.counts(),
      },
      responseTime: {},
      serviceTime: Object.fromEntries([...this.#serviceTimes].map(([kind, tally]) => [kind, tally.histogram()])),
      sendLateness: null,
      sales: this.#shownSales.of(standings.map(saleOf)),
      checks,
      resources: {},
      work: {},
      verdict: end?.verdict ?? null,
      sentence: end?.sentence ?? checks[0]?.sentence ?? wordSoFar(court),
    } satisfies Telemetry
  }
}

function wordSoFar({ operations, lateOperations }: StreamCourt): string {
  if (operations === 0) return 'nothing came so far'
  if (lateOperations > 0)
    return `right so far, as far as it can be told: ${formatQuantity(lateOperations, 'operation')} came late`
  return 'right so far'
}

function saleOf({ sku, stock, sold, oversold, unknown }: StreamStanding): SaleTelemetry {
  return { sku, step: 0, stock, sold, oversold, lost: null, unknown }
}

/** By check, in the order of the table: the one that measures most. */
function worstWords(standings: readonly StreamStanding[]): CheckTelemetry[] {
  return CHECK_NAMES.flatMap((check) => {
    const faults = standings.flatMap(({ sku, faults }) => {
      const fault = faults.find((one) => one.check === check)
      return fault === undefined ? [] : [{ sku, ...fault }]
    })
    const [worst] = faults.sort((a, b) => Math.abs(b.measured) - Math.abs(a.measured))
    return worst === undefined ? [] : [{ check, verdict: 'fail' as const, sku: worst.sku, sentence: worst.sentence }]
  })
}
