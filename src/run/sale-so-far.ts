/**
 * A sale that goes on from step to step, where nothing opens one anew: buys are numbered on, so that no two steps share a
 * request id, and each step is judged together with those before it, since what they sold is gone.
 */
import { type HistoryColumns, NO_BUY } from '../core/history.ts'
import type { RunTarget } from '../core/run-record.ts'
import type { StepPlan } from '../core/scenario.ts'

/** Whether all steps against the target are one sale. */
export function isOneSale(target: RunTarget): boolean {
  return target.kind === 'service' && !target.salePerStep
}

export class SaleSoFar {
  #history: HistoryColumns | null = null
  #buys = 0
  #clockErrorMs = 0

  get isEmpty(): boolean {
    return this.#history === null
  }

  /** The plan with its buys numbered on from those before. */
  continued(plan: StepPlan): StepPlan {
    const first = this.#buys
    this.#buys += plan.distinctBuys
    if (first === 0) return plan
    return { ...plan, buy: plan.buy.map((buy) => (buy === NO_BUY ? NO_BUY : buy + first)) }
  }

  /** By how much two of its requests may be in the wrong order, ms: `ofStep`, or that of a step before. */
  clockErrorMs(ofStep: number): number {
    this.#clockErrorMs = Math.max(this.#clockErrorMs, ofStep)
    return this.#clockErrorMs
  }

  /** The history of the sale up to now, `step` the last of it; the next call goes on from there. */
  with(step: HistoryColumns): HistoryColumns {
    this.#history = this.#history === null ? step : joined(this.#history, step)
    return this.#history
  }
}

/** Two histories of the same sales as one, of the later one's step. Codes of the second are renumbered. */
function joined(first: HistoryColumns, second: HistoryColumns): HistoryColumns {
  const codes = [...new Set([...first.codes, ...second.codes])]
  const numberOf = new Map(codes.map((code, number) => [code, number]))
  const length = first.length + second.length
  const renumbered = (history: HistoryColumns): Uint16Array =>
    history.code.map((number) => numberOf.get(history.codes[number] ?? '')!)
  return {
    stepIndex: second.stepIndex,
    skus: second.skus,
    saleIndex:
      first.saleIndex === null || second.saleIndex === null
        ? null
        : chained(new Uint16Array(length), first.saleIndex, second.saleIndex),
    length,
    scheduledAtNs: chained(new Float64Array(length), first.scheduledAtNs, second.scheduledAtNs),
    sentAtNs: chained(new Float64Array(length), first.sentAtNs, second.sentAtNs),
    completedAtNs: chained(new Float64Array(length), first.completedAtNs, second.completedAtNs),
    kind: chained(new Uint8Array(length), first.kind, second.kind),
    outcome: chained(new Uint8Array(length), first.outcome, second.outcome),
    httpStatus: chained(new Uint16Array(length), first.httpStatus, second.httpStatus),
    code: chained(new Uint16Array(length), renumbered(first), renumbered(second)),
    codes,
    user: chained(new Uint32Array(length), first.user, second.user),
    buy: chained(new Uint32Array(length), first.buy, second.buy),
    attempt: chained(new Uint8Array(length), first.attempt, second.attempt),
    quantity: chained(new Uint16Array(length), first.quantity, second.quantity),
    shownStock: chained(new Int32Array(length), first.shownStock, second.shownStock),
    requestIdPrefix: first.requestIdPrefix,
    orderId: (row) => (row < first.length ? first.orderId(row) : second.orderId(row - first.length)),
  }
}

function chained<Column extends { set(part: ArrayLike<number>, offset?: number): void }>(
  into: Column,
  first: ArrayLike<number>,
  second: ArrayLike<number>,
): Column {
  into.set(first)
  into.set(second, first.length)
  return into
}
