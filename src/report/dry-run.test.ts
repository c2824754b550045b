import { describe, expect, it } from 'vitest'
import type { DryRunReport } from '../core/dry-run.ts'
import { renderDryRun } from './dry-run.ts'

const report: DryRunReport = {
  schema: 'doorbuster.dry-run/1',
  target: 'my-shop',
  url: 'http://127.0.0.1:8080',
  sku: '42',
  exchanges: [
    {
      kind: 'buy',
      request: { line: 'POST http://127.0.0.1:8080/orders', headers: ['authorization: Bearer ***'], body: '{"n":1}' },
      answer: { status: 201, headers: ['location: /orders/o1'], body: '{"id":"o1"}' },
      failure: null,
      rule: 'outcomes[0]',
      meaning: 'sold, order o1',
    },
  ],
  ledger: { before: { orders: 2, remaining: 10 }, after: { orders: 3, remaining: 9 }, settled: true },
  newOrders: [{ orderId: 'o1', requestId: 'r-1-0', userId: 'u0', quantity: 1, durable: true }],
  problems: [],
  notes: [],
}
const style = { color: false, width: 100 }

describe('a dry run', () => {
  it('shows what was sent, what came back, and which rule says what it means', () => {
    expect(renderDryRun(report, style)).toBe(
      [
        'IT FITS: one buy on my-shop went as its descriptor says',
        '',
        'buy',
        '> POST http://127.0.0.1:8080/orders',
        '> authorization: Bearer ***',
        '> {"n":1}',
        '< 201 {"id":"o1"}',
        '< location: /orders/o1',
        '= sold, order o1 (outcomes[0])',
        '',
        'ledger of 42',
        'before  2 orders, 10 left',
        'after   3 orders, 9 left',
        'new order o1, request r-1-0, user u0, 1 unit',
      ].join('\n'),
    )
  })

  it('begins with what does not fit', () => {
    const [exchange] = report.exchanges
    const unfit = { ...exchange!, rule: null, meaning: 'unknown (NO_RULE)' }
    const text = renderDryRun(
      { ...report, exchanges: [unfit], ledger: null, newOrders: null, problems: ['no rule fits'] },
      style,
    )
    expect(text).toMatch(/^LOOK AGAIN: 1 thing about the descriptor of my-shop\n\? no rule fits\n/)
    expect(text).toContain('? unknown (NO_RULE) (no rule fits)')
    expect(text).toMatch(/no ledger: only what buyers are told can be judged$/)
  })
})
