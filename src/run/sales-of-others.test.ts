import { describe, expect, it } from 'vitest'
import type { CheckName, CheckResult, CheckVerdict } from '../core/check.ts'
import type { LedgerOrder, LedgerSnapshot } from '../core/ledger.ts'
import { judgeBesideOthers } from './sales-of-others.ts'

const PREFIX = 'r1-1-'
const order = (orderId: string, requestId: string | null, userId: string | null): LedgerOrder => ({
  orderId,
  requestId,
  userId,
  quantity: 1,
  durable: true,
})
const ledger = (...orders: LedgerOrder[]): LedgerSnapshot => ({
  source: '',
  stepIndex: 0,
  sku: 'a',
  initialStock: null,
  remainingStock: null,
  orders,
  settled: true,
  shownAfterSettling: null,
  takenAt: '',
})
const result = (check: CheckName, verdict: CheckVerdict, measured: number | null): CheckResult => ({
  check,
  step: 0,
  sku: 'a',
  verdict,
  measured,
  allowed: null,
  unit: 'orders',
  sentence: '',
  details: {},
  evidence: [],
})

/** Orders that the check was made from. */
function seenBy(check: CheckName, ...orders: LedgerOrder[]): number | null {
  const judge = (ledgers: readonly LedgerSnapshot[] | null) => [result(check, 'pass', ledgers![0]!.orders.length)]
  return judgeBesideOthers(judge, [ledger(...orders)], PREFIX)[0]!.measured
}

function verdictOf(check: CheckName, verdict: CheckVerdict): CheckVerdict {
  return judgeBesideOthers(() => [result(check, verdict, null)], null, PREFIX)[0]!.verdict
}

describe('beside the sales of others', () => {
  it('limits and second orders are judged by our orders, what was sold by all', () => {
    const orders = [order('o1', `${PREFIX}1`, 'u1'), order('o2', null, 'passer-by'), order('o3', 'k', 'u1')]
    expect(seenBy('per-user-limit', ...orders)).toBe(1)
    expect(seenBy('exactly-once', ...orders)).toBe(1)
    expect(seenBy('no-oversell', ...orders)).toBe(3)
    expect(seenBy('acknowledged-kept', ...orders)).toBe(3)
  })

  it('ours are told by their users where the ledger has no request ids', () => {
    expect(seenBy('per-user-limit', order('o1', null, 'u1'), order('o2', null, 'u12x'), order('o3', null, null))).toBe(
      2,
    )
  })

  it('what others explain convicts nobody; what only we can have done does', () => {
    expect(verdictOf('justified-refusals', 'fail')).toBe('not-checked')
    expect(verdictOf('justified-refusals', 'pass')).toBe('pass')
    expect(verdictOf('nothing-invented', 'pass')).toBe('not-checked')
    expect(verdictOf('conservation', 'fail')).toBe('not-checked')
    expect(verdictOf('no-oversell', 'fail')).toBe('fail')
    expect(verdictOf('per-user-limit', 'fail')).toBe('fail')
    expect(verdictOf('acknowledged-kept', 'fail')).toBe('fail')
  })
})
