import { describe, expect, it } from 'vitest'
import type { CheckName, CheckResult } from '../core/check.ts'
import { type CourtTerms, createHistoryCourt } from './history-court.ts'
import { failedChecks, resultOf } from './testing/histories.ts'
import { messageOf } from './testing/usage-errors.ts'

const TERMS: CourtTerms = {
  initialStock: null,
  perUserLimit: null,
  remainingStock: null,
  hasLedger: false,
  reads: { kind: 'linearizable' },
  clockErrorMs: 0,
}

function verdictOn(terms: Partial<CourtTerms>, history: readonly object[], ledger?: readonly object[]): CheckResult[] {
  const court = createHistoryCourt({ ...TERMS, hasLedger: ledger !== undefined, ...terms })
  history.forEach((line, i) => court.historyLine(JSON.stringify(line), i + 1))
  ledger?.forEach((line, i) => court.ledgerLine(JSON.stringify(line), i + 1))
  return court.verdict()
}

const sold = (from: number, to: number, more: object = {}) => ({
  op: 'buy',
  invokedAt: from,
  completedAt: to,
  outcome: 'sold',
  ...more,
})

describe('files that anything recorded', () => {
  it('are judged by the flags, or by an opening in their stead', () => {
    const three = [sold(0, 1), sold(2, 3), sold(4, 5)]
    expect(failedChecks(verdictOn({ initialStock: 3 }, three))).toEqual([])
    expect(failedChecks(verdictOn({ initialStock: 2 }, three))).toEqual(['no-oversell', 'linearizable'])
    expect(failedChecks(verdictOn({ initialStock: 2 }, [...three, { op: 'open', stock: 3 }]))).toEqual([])
  })

  it('are judged alike whatever the order of their lines', () => {
    const lines = [
      { op: 'open', sku: 'a', stock: 2 },
      sold(0, 1, { sku: 'a', requestId: 'r1' }),
      sold(10, 11, { sku: 'a', requestId: 'r2' }),
      { op: 'read', sku: 'a', invokedAt: 20, completedAt: 21, value: 1 },
    ]
    const sentences = (results: CheckResult[]) => results.map(({ sentence }) => sentence)
    expect(sentences(verdictOn({}, [...lines].reverse()))).toEqual(sentences(verdictOn({}, lines)))
    expect(failedChecks(verdictOn({}, lines))).toEqual(['linearizable'])
  })

  it('hold sales apart by SKU', () => {
    const results = verdictOn({}, [
      { op: 'open', sku: 'a', stock: 1 },
      { op: 'open', sku: 'b', stock: 1 },
      sold(0, 1, { sku: 'a' }),
      sold(0, 1, { sku: 'b' }),
      sold(2, 3, { sku: 'b' }),
    ])
    expect(results.filter(({ check }) => check === 'no-oversell').map(({ sku, verdict }) => [sku, verdict])).toEqual([
      ['a', 'pass'],
      ['b', 'fail'],
    ])
  })

  it('may leave the SKU out where one sale only was opened', () => {
    const lines = [{ op: 'open', sku: 'a', stock: 1 }, sold(0, 1), sold(2, 3, { sku: 'a' })]
    const results = verdictOn({}, lines, [{ orderId: 'o1', sku: 'a' }])
    expect(new Set(results.map(({ sku }) => sku))).toEqual(new Set(['a']))
    expect(resultOf(verdictOn({}, lines), 'no-oversell').verdict).toBe('fail')
  })

  it('must say how many units a sale opened with', () => {
    expect(messageOf(() => verdictOn({}, [sold(0, 1)]))).toBe('nobody said how many units the sale opened with')
    const two = [{ op: 'open', sku: 'a', stock: 1 }, sold(0, 1, { sku: 'a' }), sold(0, 1, { sku: 'b' })]
    expect(messageOf(() => verdictOn({}, two))).toBe('nobody said how many units the sale "b" opened with')
    expect(
      messageOf(() =>
        verdictOn({}, [
          { op: 'open', stock: 1 },
          { op: 'open', stock: 1 },
        ]),
      ),
    ).toBe('history line 2: the sale was opened in line 1 already')
    expect(messageOf(() => verdictOn({ initialStock: 1 }, []))).toContain('the history holds no line')
  })

  it('pass over blank lines and a byte order mark', () => {
    const court = createHistoryCourt({ ...TERMS, initialStock: 1, hasLedger: true })
    court.historyLine(`\uFEFF${JSON.stringify(sold(0, 1, { requestId: 'r1' }))}`, 1)
    court.historyLine('  ', 2)
    court.ledgerLine(`\uFEFF{"orderId":"o1","requestId":"r1"}`, 1)
    court.ledgerLine('', 2)
    expect(failedChecks(court.verdict())).toEqual([])
  })

  it('are held against a ledger, be it an empty one', () => {
    const history = [sold(0, 1, { requestId: 'r1' })]
    const kept = (ledger?: object[]) => resultOf(verdictOn({ initialStock: 2 }, history, ledger), 'acknowledged-kept')
    expect(kept([{ orderId: 'o1', requestId: 'r1' }]).verdict).toBe('pass')
    expect(kept([]).verdict).toBe('fail')
    expect(kept().verdict).toBe('not-checked')
  })

  it('add up with the stock that remained', () => {
    const left = (remainingStock: number) =>
      resultOf(
        verdictOn(
          { initialStock: 2, remainingStock },
          [sold(0, 1, { requestId: 'r1' })],
          [{ orderId: 'o1', requestId: 'r1' }],
        ),
        'conservation',
      ).verdict
    expect(left(1)).toBe('pass')
    expect(left(0)).toBe('fail')
    expect(messageOf(() => verdictOn({ initialStock: 2, remainingStock: 1 }, [sold(0, 1)]))).toContain(
      'without a ledger',
    )
  })

  it('share out orders without a SKU by their requests', () => {
    const history = [
      { op: 'open', sku: 'a', stock: 1 },
      { op: 'open', sku: 'b', stock: 1 },
      sold(0, 1, { sku: 'a', requestId: 'r1' }),
      sold(0, 1, { sku: 'b', requestId: 'r2' }),
    ]
    expect(
      failedChecks(
        verdictOn({}, history, [
          { orderId: 'o1', requestId: 'r1' },
          { orderId: 'o2', requestId: 'r2' },
        ]),
      ),
    ).toEqual([])
    expect(messageOf(() => verdictOn({}, history, [{ orderId: 'o1' }]))).toBe(
      'ledger line 1: "sku" is missing, and order o1 may be of several sales',
    )
    expect(
      messageOf(() =>
        verdictOn(
          { initialStock: 1 },
          [sold(0, 1)],
          [
            { orderId: 'o1', sku: 'a' },
            { orderId: 'o2', sku: 'b' },
          ],
        ),
      ),
    ).toBe('ledger line 2: the ledger is of "a" and "b", the history names no "sku"')
  })

  it('share out many orders over many sales in one pass', () => {
    const history = Array.from({ length: 3_000 }, (_, i) => [
      { op: 'open', sku: `s${i}`, stock: 1 },
      sold(0, 1, { sku: `s${i}`, requestId: `r${i}` }),
    ]).flat()
    const orders = Array.from({ length: 3_000 }, (_, i) => ({ orderId: `o${i}`, requestId: `r${i}` }))
    expect(failedChecks(verdictOn({}, history, orders))).toEqual([])
    const repeated = [...history, sold(2, 3, { sku: 's0', requestId: 'r1' })]
    expect(messageOf(() => verdictOn({}, repeated, orders))).toContain('order o1 may be of several sales')
  })

  it('take the units of an order from its request where its line leaves them out', () => {
    const history = [
      sold(0, 1, { requestId: 'r1', orderId: 'a', quantity: 3 }),
      sold(2, 3, { requestId: 'r2', orderId: 'b' }),
    ]
    const orders = [{ orderId: 'a' }, { orderId: 'b', requestId: 'r2' }]
    const results = (stock: number) => verdictOn({ initialStock: stock, remainingStock: 0 }, history, orders)
    expect(failedChecks(results(4))).toEqual([])
    expect(resultOf(results(3), 'no-oversell')).toMatchObject({ verdict: 'fail', measured: 1 })
  })

  it('take it for an interval where the request is not known, and accuse nobody for it', () => {
    const history = [sold(0, 1, { quantity: 3 }), sold(2, 3, { quantity: 1 })]
    const nobodys = [{ orderId: 'x' }, { orderId: 'y' }]
    const of = (check: CheckName, stock: number, remainingStock: number) =>
      resultOf(verdictOn({ initialStock: stock, remainingStock }, history, nobodys), check)
    expect(of('no-oversell', 6, 2).verdict).toBe('pass')
    expect(of('no-oversell', 4, 0)).toMatchObject({
      verdict: 'unknown',
      sentence:
        "unknown: between 2 and 6 units were sold of 4; the ledger doesn't say of how many units some orders are, and their requests are not known",
    })
    expect(of('no-oversell', 1, 0)).toMatchObject({ verdict: 'fail', measured: 1 })
    expect([5, 4, 0].map((left) => of('conservation', 6, left).verdict)).toEqual(['fail', 'unknown', 'unknown'])
    expect(of('conservation', 9, 1)).toMatchObject({ verdict: 'fail', measured: 2 })
    expect(failedChecks(verdictOn({ initialStock: 4, remainingStock: 0, perUserLimit: 3 }, history, nobodys))).toEqual(
      [],
    )
  })

  it('leave the limit open where an order may be of more units than it allows', () => {
    const asks = (userId: string, quantity: number) => ({
      ...sold(0, 1, { userId, quantity }),
      completedAt: null,
      outcome: 'unknown',
    })
    const history = [asks('ann', 1), asks('bob', 3), asks('bob', 2)]
    const limit = (perUserLimit: number) =>
      resultOf(
        verdictOn({ initialStock: 9, perUserLimit }, history, [
          { orderId: 'x', userId: 'bob' },
          { orderId: 'y', userId: 'bob' },
        ]),
        'per-user-limit',
      ).verdict
    expect([1, 2, 5, 6].map(limit)).toEqual(['fail', 'unknown', 'unknown', 'pass'])
  })

  it('take the units of all from one another where everybody asked for as many', () => {
    const history = [sold(0, 1, { quantity: 2 }), sold(2, 3, { quantity: 2 })]
    const oversold = (stock: number) =>
      resultOf(verdictOn({ initialStock: stock }, history, [{ orderId: 'x' }, { orderId: 'y' }]), 'no-oversell')
    expect(oversold(4).verdict).toBe('pass')
    expect(oversold(3)).toMatchObject({ verdict: 'fail', measured: 1 })
  })

  it('leave it open whether an order of several units is right where no line says how many were asked for', () => {
    const kept = (asked: object, ordered: object) =>
      resultOf(
        verdictOn(
          { initialStock: 9 },
          [sold(0, 1, { requestId: 'r1', ...asked }), sold(2, 3, { requestId: 'r2' })],
          [
            { orderId: 'o1', requestId: 'r1', ...ordered },
            { orderId: 'o2', requestId: 'r2', quantity: 1 },
          ],
        ),
        'acknowledged-kept',
      ).verdict
    expect(kept({}, { quantity: 2 })).toBe('unknown')
    expect(kept({ quantity: 1 }, { quantity: 2 })).toBe('fail')
    expect(kept({ quantity: 2 }, { quantity: 2 })).toBe('pass')
    expect(kept({ quantity: 2 }, {})).toBe('pass')
  })

  it('can not tell a wrong order id from one of another kind where none agrees: a public number is no primary key', () => {
    const history = [
      sold(0, 1, { requestId: 'r1', orderId: 'ORD-1' }),
      sold(2, 3, { requestId: 'r2', orderId: 'ORD-2' }),
    ]
    const kept = (first: string, second: string) =>
      resultOf(
        verdictOn({ initialStock: 2 }, history, [
          { orderId: first, requestId: 'r1' },
          { orderId: second, requestId: 'r2' },
        ]),
        'acknowledged-kept',
      ).verdict
    expect(kept('1', '2')).toBe('unknown')
    expect(kept('ORD-1', 'ORD-2')).toBe('pass')
    expect(kept('ORD-1', 'ORD-3')).toBe('fail')
  })

  it('can not tell a wrong user from one of another kind where none agrees either', () => {
    const history = [sold(0, 1, { requestId: 'r1', userId: 'u1' }), sold(2, 3, { requestId: 'r2', userId: 'u2' })]
    const kept = (first: object, second: object) =>
      resultOf(
        verdictOn({ initialStock: 2 }, history, [
          { orderId: '1', requestId: 'r1', ...first },
          { orderId: '2', requestId: 'r2', ...second },
        ]),
        'acknowledged-kept',
      ).verdict
    expect(kept({ userId: 'u1' }, { userId: 'u2' })).toBe('pass')
    expect(kept({ userId: 'u1' }, { userId: 'u1' })).toBe('fail')
    expect(kept({ userId: 1 }, { userId: 2 })).toBe('unknown')
    expect(kept({ userId: 1 }, {})).toBe('unknown')
    expect(kept({}, {})).toBe('pass')
  })

  it('hold the only order of a sale to the ids that agree in another one', () => {
    const history = ['a', 'b'].flatMap((sku, i) => [
      { op: 'open', sku, stock: 1 },
      sold(0, 1, { sku, requestId: `r-${sku}`, userId: `u-${sku}`, orderId: `o-${i}` }),
    ])
    const kept = (...orders: object[]) =>
      verdictOn({}, history, orders)
        .filter(({ check }) => check === 'acknowledged-kept')
        .map(({ verdict }) => verdict)
    const a = { sku: 'a', requestId: 'r-a', userId: 'u-a', orderId: 'o-0' }
    const b = { sku: 'b', requestId: 'r-b', userId: 'u-b', orderId: 'o-1' }
    expect(kept(a, b)).toEqual(['pass', 'pass'])
    expect(kept(a, { ...b, orderId: 'o-8' })).toEqual(['pass', 'fail'])
    expect(kept({ ...a, userId: 'u-b' }, b)).toEqual(['fail', 'pass'])
    expect(kept({ ...a, orderId: 1 }, { ...b, orderId: 2 })).toEqual(['unknown', 'unknown'])
  })

  it('take answers that name the same order to nobody in particular, or to one user, for one buy sent again', () => {
    const oversold = (first: object, second: object) =>
      resultOf(verdictOn({ initialStock: 1 }, [sold(0, 1, first), sold(2, 3, second)]), 'no-oversell').verdict
    expect(oversold({ orderId: 'o1' }, { orderId: 'o1' })).toBe('pass')
    expect(oversold({ orderId: 'o1', userId: 'u1' }, { orderId: 'o1', userId: 'u1' })).toBe('pass')
    expect(oversold({ orderId: 'o1', userId: 'u1' }, { orderId: 'o1', userId: 'u2' })).toBe('fail')
    expect(oversold({ orderId: 'o1' }, { orderId: 'o2' })).toBe('fail')
    expect(oversold({ orderId: 'o1', requestId: 'r1' }, { orderId: 'o1', requestId: 'r2' })).toBe('fail')
  })

  it('do not check a sale that nobody came to beside one that was sold, and check nothing where none was', () => {
    const opened = ['a', 'b', 'c'].map((sku) => ({ op: 'open', sku, stock: 1 }))
    const turnedAway = { op: 'buy', sku: 'b', invokedAt: 0, completedAt: 1, outcome: 'refused' }
    const verdicts = (...lines: object[]) => {
      const results = verdictOn({}, [...opened, turnedAway, ...lines]).filter(({ check }) => check === 'no-oversell')
      return results.map(({ verdict }) => verdict)
    }
    expect(verdicts(sold(0, 1, { sku: 'a' }))).toEqual(['pass', 'not-checked', 'not-checked'])
    expect(verdicts()).toEqual(['unknown', 'unknown', 'unknown'])
    const lie = { op: 'buy', sku: 'c', invokedAt: 0, completedAt: 1, outcome: 'soldOut' }
    expect(failedChecks(verdictOn({}, [...opened, sold(0, 1, { sku: 'a' }), lie]))).toEqual([
      'justified-refusals',
      'linearizable',
    ])
  })

  it('leave "limit reached" open unless the limit was given', () => {
    const history = [
      sold(0, 1, { userId: 'u1' }),
      { op: 'buy', userId: 'u2', invokedAt: 2, completedAt: 3, outcome: 'limitReached' },
    ]
    const refusals = (terms: Partial<CourtTerms>, lines: object[] = []) =>
      resultOf(verdictOn({ initialStock: 2, ...terms }, [...history, ...lines]), 'justified-refusals').verdict
    expect(refusals({})).toBe('unknown')
    expect(refusals({ perUserLimit: 1 })).toBe('fail')
    expect(refusals({}, [{ op: 'open', stock: 2, perUserLimit: null }])).toBe('fail')
  })

  it('are judged by the reads that were promised', () => {
    const history = [sold(0, 10), { op: 'read', invokedAt: 20, completedAt: 21, value: 2 }]
    expect(failedChecks(verdictOn({ initialStock: 2 }, history))).toEqual(['linearizable'])
    expect(failedChecks(verdictOn({ initialStock: 2, reads: { kind: 'stale', maxAgeMs: 10 } }, history))).toEqual([])
    expect(failedChecks(verdictOn({ initialStock: 2, reads: { kind: 'stale', maxAgeMs: 9 } }, history))).toEqual([
      'stale-reads',
    ])
  })
})
