import { describe, expect, it } from 'vitest'
import type { LedgerOrder, LedgerSnapshot } from '../core/ledger.ts'
import { verifyHistory } from './verify-history.ts'

const order = (n: number, quantity = 1): LedgerOrder => ({
  orderId: `o${n}`,
  requestId: null,
  userId: `u${n % 5}`,
  quantity,
  durable: true,
})

const ledgerOf = (orders: readonly LedgerOrder[], remainingStock: number | null): LedgerSnapshot => ({
  source: 'shop',
  stepIndex: 0,
  sku: '42',
  initialStock: null,
  remainingStock,
  orders,
  settled: true,
  shownAfterSettling: null,
  takenAt: '2026-03-14T15:09:26.000Z',
})

async function judged(
  ledger: readonly LedgerSnapshot[],
  initialStock: number | null,
  perUserLimit: number | null = null,
) {
  const { checks, verdict } = await verifyHistory({
    historyPath: null,
    ledger,
    initialStock,
    remainingStock: null,
    perUserLimit,
    reads: { kind: 'advisory' },
    clockErrorMs: 0,
  })
  return { verdict, checks: Object.fromEntries(checks.map((check) => [check.check, check.verdict])) }
}

const orders = Array.from({ length: 10 }, (_, n) => order(n))

describe('a ledger without a history', () => {
  it('is right where what was sold and what is left add up', async () => {
    const { verdict, checks } = await judged([ledgerOf(orders, 2)], 12)
    expect(verdict).toBe('passed')
    expect(checks).toMatchObject({ 'no-oversell': 'pass', conservation: 'pass', 'never-negative': 'pass' })
    expect(checks).toMatchObject({ 'nothing-invented': 'not-checked', 'acknowledged-kept': 'not-checked' })
    expect(checks['sold-through']).toBe('not-checked')
  })

  it('is wrong where more was sold than there was, units are astray, or a limit was passed', async () => {
    expect((await judged([ledgerOf(orders, 0)], 9)).checks).toMatchObject({ 'no-oversell': 'fail' })
    expect((await judged([ledgerOf(orders, 1)], 12)).checks).toMatchObject({ conservation: 'fail' })
    expect((await judged([ledgerOf(orders, -1)], 9)).checks).toMatchObject({ 'never-negative': 'fail' })
    expect((await judged([ledgerOf(orders, 2)], 12, 1)).checks).toMatchObject({ 'per-user-limit': 'fail' })
    expect((await judged([ledgerOf(orders, 2)], 12, 2)).checks).toMatchObject({ 'per-user-limit': 'pass' })
  })

  it('in which others bought too is held to nothing that their orders explain', async () => {
    const files = { historyPath: null, remainingStock: null, clockErrorMs: 0, reads: { kind: 'advisory' } } as const
    const shared = await verifyHistory({
      ...files,
      ledger: [ledgerOf(orders, 1)],
      initialStock: 12,
      perUserLimit: 1,
      shared: true,
    })
    expect(shared.checks.filter(({ verdict }) => verdict === 'fail')).toEqual([])
    const oversold = await verifyHistory({
      ...files,
      ledger: [ledgerOf(orders, 0)],
      initialStock: 9,
      perUserLimit: null,
      shared: true,
    })
    expect(oversold.verdict).toBe('wrong')
  })

  it('that was read from a store is named in the evidence', async () => {
    const { checks } = await verifyHistory({
      historyPath: null,
      ledger: [ledgerOf(orders, 1)],
      initialStock: 12,
      remainingStock: null,
      perUserLimit: null,
      reads: { kind: 'advisory' },
      clockErrorMs: 0,
    })
    const found = checks.find(({ check }) => check === 'conservation')
    expect(found?.evidence[0]?.sentence).toMatch(/^shop: /)
  })

  it('shows nothing when it is empty', async () => {
    expect((await judged([ledgerOf([], 12)], 12)).verdict).toBe('inconclusive')
  })

  it('needs to know how many units there were', async () => {
    await expect(judged([ledgerOf(orders, 2)], null)).rejects.toMatchObject({ code: 'USAGE' })
  })
})
