import { describe, expect, it } from 'vitest'
import { type HistoryColumns, NO_BUY, OUTCOME_CODES, OUTCOME_OPEN, operationAt } from '../core/history.ts'
import { createRandom } from '../core/random.ts'
import { judgeSale } from './judge.ts'
import { judgeSales } from './judge-sales.ts'
import { saleColumnsOf } from './sale-columns.ts'
import { ledger, order, saleOf } from './testing/histories.ts'

const PREFIX = 'run-1-'

/** Rows of anything, out of order here and there, as an engine's columns. */
function columnsOf(length: number, seed: number): HistoryColumns {
  const random = createRandom(seed)
  const numbers = (next: (row: number) => number) => Array.from({ length }, (_, row) => next(row))
  const kind = Uint8Array.from(numbers(() => (random.next() < 0.2 ? 1 : 0)))
  const outcome = Uint8Array.from(
    numbers((row) => {
      if (kind[row] === 1) return OUTCOME_CODES.indexOf('shown')
      return [0, 0, 1, 1, 2, 3, 5, 6, OUTCOME_OPEN][random.below(9)]!
    }),
  )
  const scheduledAtNs = Float64Array.from(numbers((row) => row * 1e6))
  const sentAtNs = scheduledAtNs.map((at, row) => (outcome[row] === 6 ? Number.NaN : at + random.below(20) * 1e6))
  return {
    stepIndex: 0,
    skus: ['step-1'],
    saleIndex: null,
    length,
    scheduledAtNs,
    sentAtNs,
    completedAtNs: sentAtNs.map((at, row) =>
      outcome[row] === OUTCOME_OPEN ? Number.NaN : at + random.below(30) * 1e6,
    ),
    kind,
    outcome,
    httpStatus: new Uint16Array(length),
    code: Uint16Array.from(numbers((row) => ([3, 5, 6].includes(outcome[row]!) ? 1 : 0))),
    codes: ['', 'BUSY'],
    user: Uint32Array.from(numbers(() => random.below(40))),
    buy: Uint32Array.from(numbers((row) => (kind[row] === 1 ? NO_BUY : Math.floor(row * 0.8)))),
    attempt: new Uint8Array(length).fill(1),
    quantity: Uint16Array.from(numbers((row) => 1 - kind[row]!)),
    shownStock: Int32Array.from(numbers((row) => (kind[row] === 1 ? 20 + random.below(20) : 0))),
    requestIdPrefix: PREFIX,
    orderId: (row) => (outcome[row] === 0 ? `o${Math.floor(row * 0.8)}` : null),
  }
}

const SKUS = ['cherry', 'lemon', 'plain'] as const

/** The same rows, sold as three SKUs: attempts of one buy are for the same. */
function threeSkus(history: HistoryColumns): HistoryColumns {
  const { buy, length } = history
  const saleIndex = Uint16Array.from({ length }, (_, row) => (buy[row] === NO_BUY ? row : buy[row]!) % SKUS.length)
  return { ...history, skus: SKUS, saleIndex }
}

describe('the sales of one step', () => {
  it('are each judged as if there were no other', () => {
    for (let seed = 1; seed <= 40; seed++) {
      const history = threeSkus(columnsOf(300, seed))
      const operations = Array.from({ length: history.length }, (_, row) => operationAt(history, row))
      const sales = SKUS.map((sku, i) => ({ ...saleOf({ stock: 10 + 20 * i, limit: 3, sellsThrough: true }), sku }))
      const ledgers = SKUS.map((sku, i) => ({
        ...ledger(
          // The last of each is another SKU's request: invented here, and lost there.
          Array.from({ length: 20 }, (_, n) => 3 * n + (n === 19 ? (i + 1) % 3 : i)).map((buy) =>
            order(`${PREFIX}${buy}`, { orderId: `o${buy}`, userId: `u${buy % 40}` }),
          ),
          { remainingStock: i },
        ),
        sku,
      }))
      for (const held of [ledgers, null]) {
        const expected = sales.flatMap((sale, i) => {
          const own = operations.filter(({ sku }) => sku === sale.sku)
          return judgeSale(sale, own, held?.[i] ?? null, { saturated: false })
        })
        expect(judgeSales(sales, history, held, { saturated: false }), `seed ${seed}`).toEqual(expected)
      }
    }
  })

  it('are no doubt about the run when one of them was nobody’s favourite', () => {
    const history = columnsOf(60, 5)
    const outcome = Uint8Array.from({ length: 60 }, (_, row) => (row === 0 ? 0 : 1))
    const step = {
      ...history,
      kind: new Uint8Array(60),
      buy: Uint32Array.from({ length: 60 }, (_, row) => row),
      quantity: new Uint16Array(60).fill(1),
      outcome,
      skus: ['hot', 'cold'],
      saleIndex: new Uint16Array(60),
    }
    const sales = ['hot', 'cold'].map((sku) => ({ ...saleOf({ stock: 1 }), sku }))
    const judged = judgeSales(sales, step, null, { saturated: false }).filter(({ check }) => check === 'no-oversell')
    expect(judged.map(({ verdict }) => verdict)).toEqual(['pass', 'not-checked'])
    expect(judged[1]!.sentence).toBe('not checked: no request was sent, so nothing was shown')

    const nothing = { ...step, outcome: new Uint8Array(60).fill(1) }
    const doubted = judgeSales(sales, nothing, null, { saturated: false }).filter(
      ({ verdict }) => verdict === 'unknown',
    )
    expect(new Set(doubted.map(({ sku }) => sku))).toEqual(new Set(['hot', 'cold']))
  })
})

describe('the columns of an engine', () => {
  it('are judged as the operations in them are', () => {
    for (let seed = 1; seed <= 60; seed++) {
      const columns = columnsOf(200, seed)
      const operations = Array.from({ length: columns.length }, (_, row) => operationAt(columns, row))
      const sale = saleOf({ stock: 40, limit: 3, sellsThrough: true })
      const orders = Array.from({ length: 50 }, (_, i) =>
        order(`${PREFIX}${i * 3}`, { orderId: `o${i * 3}`, userId: `u${i % 40}` }),
      )
      const snapshot = ledger([...orders, order('run-2-7'), order(`${PREFIX}007`)], { remainingStock: 0 })
      for (const held of [snapshot, null]) {
        const fromColumns = judgeSale(sale, columns, held, { saturated: false })
        expect(fromColumns, `seed ${seed}`).toEqual(judgeSale(sale, operations, held, { saturated: false }))
      }
    }
  })

  it('find a buy and a user by the names that were sent, and by no others', () => {
    const columns = saleColumnsOf(columnsOf(50, 1))
    expect(columns.buyOf(`${PREFIX}7`)).toBe(7)
    expect(columns.userOf('u7')).toBe(7)
    const others = ['7', `${PREFIX}07`, `${PREFIX}7 `, `${PREFIX}-7`, `${PREFIX}7.5`, PREFIX, `${PREFIX}99999`]
    expect(others.map((id) => columns.buyOf(id))).toEqual(others.map(() => undefined))
    expect(['7', 'u07', 'u', 'v7'].map((id) => columns.userOf(id))).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ])
  })
})
