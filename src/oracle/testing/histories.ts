/** Short words for histories and ledgers in tests. Times in ms. */
import type { CheckName, CheckResult } from '../../core/check.ts'
import type { LedgerOrder, LedgerSnapshot } from '../../core/ledger.ts'
import type { Operation, Outcome } from '../../core/operation.ts'
import type { ReadsPromise } from '../../core/promise.ts'
import { NS_PER_MS } from '../../core/units.ts'
import type { SaleUnderJudgement } from '../sale.ts'

export const SKU = 'step-1'

export interface SaleTerms {
  readonly stock: number
  readonly limit?: number | null
  readonly limitKnown?: boolean
  readonly reads?: ReadsPromise
  readonly sellsThrough?: boolean
  readonly timeoutMs?: number
  readonly clockErrorMs?: number
}

export function saleOf(terms: SaleTerms): SaleUnderJudgement {
  return {
    stepIndex: 0,
    sku: SKU,
    initialStock: terms.stock,
    perUserLimit: terms.limit ?? null,
    perUserLimitKnown: terms.limitKnown ?? true,
    promise: { reads: terms.reads ?? { kind: 'linearizable' }, sellsThrough: terms.sellsThrough ?? false },
    timeoutMs: terms.timeoutMs ?? 2_000,
    clockErrorMs: terms.clockErrorMs ?? 0,
  }
}

export interface AttemptTerms {
  /** null: nobody recorded it. By default the request's own. */
  readonly user?: string | null
  readonly quantity?: number
  readonly attempt?: number
  readonly orderId?: string | null
  readonly seq?: number
}

/** `from` to `to`, both ms; `to` null: no answer came. An outcome as a word, or whole. */
export function buy(
  requestId: string | null,
  from: number,
  to: number | null,
  outcome: 'sold' | 'soldOut' | 'limitReached' | 'refused' | 'unknown' | 'dropped' | Outcome,
  terms: AttemptTerms = {},
): Operation {
  const whole = typeof outcome === 'string' ? wholeOutcome(outcome, requestId, terms) : outcome
  return {
    ...operation(from, to, terms),
    kind: 'buy',
    userId: terms.user === undefined ? `u-${requestId ?? 'nobody'}` : terms.user,
    requestId,
    quantity: terms.quantity ?? 1,
    sentAtNs: whole.kind === 'dropped' ? null : from * NS_PER_MS,
    outcome: whole,
  }
}

export function read(from: number, to: number, stock: number): Operation {
  return { ...operation(from, to, {}), outcome: { kind: 'shown', stock } }
}

function operation(from: number, to: number | null, { attempt, seq }: AttemptTerms): Operation {
  return {
    seq: seq ?? 0,
    stepIndex: 0,
    sku: SKU,
    kind: 'read',
    userId: null,
    requestId: null,
    attempt: attempt ?? 1,
    quantity: 0,
    scheduledAtNs: from * NS_PER_MS,
    sentAtNs: from * NS_PER_MS,
    completedAtNs: to === null ? null : to * NS_PER_MS,
    outcome: { kind: 'unknown', code: 'NO_ANSWER' },
  }
}

function wholeOutcome(kind: string, requestId: string | null, { orderId }: AttemptTerms): Outcome {
  switch (kind) {
    case 'sold':
      return { kind: 'sold', orderId: orderId === undefined ? orderIdOf(requestId) : orderId }
    case 'soldOut':
      return { kind: 'soldOut' }
    case 'limitReached':
      return { kind: 'limitReached' }
    case 'refused':
      return { kind: 'refused', code: 'BUSY' }
    case 'dropped':
      return { kind: 'dropped', reason: 'IN_FLIGHT' }
    default:
      return { kind: 'unknown', code: 'TIMEOUT' }
  }
}

function orderIdOf(requestId: string | null): string | null {
  return requestId === null ? null : `o-${requestId}`
}

export function order(requestId: string | null, terms: Partial<LedgerOrder> = {}): LedgerOrder {
  return {
    orderId: orderIdOf(requestId) ?? 'o-anonymous',
    requestId,
    userId: requestId === null ? null : `u-${requestId}`,
    quantity: 1,
    durable: true,
    ...terms,
  }
}

export function ledger(orders: readonly LedgerOrder[], terms: Partial<LedgerSnapshot> = {}): LedgerSnapshot {
  return {
    source: 'test',
    stepIndex: 0,
    sku: SKU,
    initialStock: null,
    remainingStock: null,
    orders,
    settled: true,
    shownAfterSettling: null,
    takenAt: '2026-01-01T00:00:00.000Z',
    ...terms,
  }
}

export function resultOf(results: readonly CheckResult[], check: CheckName): CheckResult {
  const found = results.find((result) => result.check === check)
  if (found === undefined) throw new Error(`no result for ${check}`)
  return found
}

export function failedChecks(results: readonly CheckResult[]): CheckName[] {
  return results.filter(({ verdict }) => verdict === 'fail').map(({ check }) => check)
}
