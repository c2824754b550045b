/**
 * The one conformance suite: what every strategy has to do, asked over HTTP, with the books read by somebody else.
 * A plain list of cases, so that a test runner and a command line can both run it. A case passes or throws an
 * AssertionError. Each opens sales of its own, and waits for nothing without the server's own deadline.
 */
import assert from 'node:assert/strict'
import { type Asked, assertTold, codesOf } from './audited-sale.ts'
import type { StrategyDescription } from '../core/catalogue.ts'
import { type BuyCall, ConformanceClient } from './client.ts'
import { OPENING_HOURS_CASES } from './opening-hours-cases.ts'
import { assertReplay, call, type ConformanceCase, newSku, openSale, type OpenedSale, units } from './opened-sale.ts'

/** Whether a control is built to fail this case; `instances` of the server run. */
export function isBuiltToFail(one: ConformanceCase, description: StrategyDescription, instances: number): boolean {
  const wrong = description.rightWith === 'never' || (description.rightWith === 'one-process' && instances > 1)
  return wrong && description.convictedBy !== null && one.convicts.includes(description.convictedBy)
}

const ROUNDS = 100
const BUYERS = 64
const MOST_UNITS = 50

/** All at once. */
function askAll(sale: OpenedSale, calls: readonly BuyCall[]): Promise<readonly Asked[]> {
  return Promise.all(calls.map(async (call) => ({ call, answer: await sale.buy(call) })))
}

const OPENING: ConformanceCase = {
  name: 'a sale is opened once, shown with its stock, and unknown before',
  convicts: [],
  async run(target) {
    const client = new ConformanceClient(target.url(), target.adminToken)
    const unknown = newSku()
    assert.equal((await client.show(unknown)).body['code'], 'SALE_NOT_FOUND')
    const early = { requestId: `${unknown}.1`, userId: 'u1', quantity: 1 }
    assert.equal((await client.buy(unknown, early)).body['code'], 'SALE_NOT_FOUND')

    const sale = await openSale(target, 7, null)
    assert.equal(await sale.shown(), 7)
    await sale.sell(call(sale, 1))
    const again = await client.open(sale.sku, { stock: 9, perUserLimit: null })
    assert.equal(again.body['code'], 'SALE_EXISTS')
    assert.equal(await sale.shown(), 6)
    assert.equal((await sale.audit()).remainingStock, 6)
  },
}

const SELL_OUT: ConformanceCase = {
  name: 'it sells to the last unit and not one more',
  convicts: [],
  async run(target) {
    const sale = await openSale(target, 3, null)
    for (const id of [1, 2, 3]) await sale.sell(call(sale, id))
    await sale.refuse(call(sale, 4), 'SOLD_OUT')
    assert.equal(await sale.shown(), 0)
    const books = await sale.audit()
    assert.deepEqual([units(books), books.remainingStock], [3, 0])
    assert.deepEqual(
      books.orders.map((order) => order.requestId ?? '').sort(),
      [1, 2, 3].map((id) => `${sale.sku}.${id}`),
    )
  },
}

const REPLAY: ConformanceCase = {
  name: 'a retry is answered with its order, also after the sell-out',
  convicts: [],
  async run(target) {
    const sale = await openSale(target, 2, 1)
    const first = await sale.sell(call(sale, 1))
    assertReplay(await sale.buy(call(sale, 1)), first)
    await sale.sell(call(sale, 2))
    await sale.refuse(call(sale, 3), 'SOLD_OUT')
    assertReplay(await sale.buy(call(sale, 1)), first)
    assert.equal(units(await sale.audit()), 2)
  },
}

const KEY_REUSED: ConformanceCase = {
  name: 'a request id used again for another user, quantity or SKU is refused',
  convicts: [],
  async run(target) {
    const sale = await openSale(target, 5, null)
    const other = await openSale(target, 5, null)
    await sale.sell(call(sale, 1))
    await sale.refuse({ ...call(sale, 1), userId: 'somebody-else' }, 'IDEMPOTENCY_KEY_REUSED')
    await sale.refuse({ ...call(sale, 1), quantity: 2 }, 'IDEMPOTENCY_KEY_REUSED')
    await other.refuse(call(sale, 1), 'IDEMPOTENCY_KEY_REUSED')
    await target.audit(other.sku).then((books) => assert.deepEqual([units(books), books.remainingStock], [0, 5]))
    assert.equal(units(await sale.audit()), 1)
  },
}

const DOUBLE_CLICK: ConformanceCase = {
  name: 'one request sent many times at once makes one order',
  convicts: [],
  async run(target) {
    for (let round = 1; round <= 10; round++) {
      const sale = await openSale(target, round === 1 ? 1 : 20, 5)
      const answers = await Promise.all(Array.from({ length: 16 }, () => sale.buy(call(sale, 'twin'))))
      await sale.settle()
      const sold = answers.filter((answer) => answer.status === 201)
      const replayed = answers.filter((answer) => answer.status === 200)
      const others = answers.filter((answer) => answer.status >= 400)
      assert.equal(sold.length, 1, 'one attempt made the order')
      // Where the order takes the last unit, attempts that ran beside it may have found nothing left.
      if (round > 1 && target.description.promise.sellsThrough) assert.equal(others.length, 0, 'the rest are replays')
      const orderIds = new Set([...sold, ...replayed].map((answer) => answer.body['orderId']))
      assert.equal(orderIds.size, 1, 'all attempts are told one order')
      const books = await sale.audit()
      assert.deepEqual([books.orders.length, units(books)], [1, 1])
      assertReplay(await sale.buy(call(sale, 'twin')), sold[0]!.body['orderId'] as string)
    }
  },
}

const LIMIT: ConformanceCase = {
  name: 'a user gets no more than the limit, also when asking many times at once',
  convicts: [],
  async run(target) {
    const sale = await openSale(target, 50, 3)
    await sale.refuse(call(sale, 'too-many', 'greedy', 4), 'LIMIT_EXCEEDED')
    await sale.sell(call(sale, 'two', 'patient', 2))
    await sale.refuse(call(sale, 'two-more', 'patient', 2), 'LIMIT_EXCEEDED')
    await sale.sell(call(sale, 'one-more', 'patient', 1))

    const ids = Array.from({ length: 16 }, (_, index) => index)
    const answers = await Promise.all(ids.map((id) => sale.buy(call(sale, id, 'hasty'))))
    await sale.settle()
    const told = answers.filter((answer) => answer.status === 201).length
    assert.equal(told, 3, 'the hasty user was told "sold" as often as the limit allows')
    const hasty = (await sale.audit()).orders.filter((order) => order.userId === 'hasty')
    assert.ok(hasty.length <= 3, `the hasty user has ${hasty.length} units`)
  },
}

const QUANTITY: ConformanceCase = {
  name: 'several units are sold together or not at all',
  convicts: [],
  async run(target) {
    const sale = await openSale(target, 10, null)
    await sale.sell(call(sale, 1, 'u1', 4))
    await sale.sell(call(sale, 2, 'u2', 4))
    await sale.refuse(call(sale, 3, 'u3', 3), 'SOLD_OUT')
    assert.equal(await sale.shown(), 2)
    await sale.sell(call(sale, 4, 'u4', 2))
    await sale.refuse(call(sale, 5, 'u5', 1), 'SOLD_OUT')
    const books = await sale.audit()
    assert.deepEqual([units(books), books.remainingStock], [10, 0])
  },
}

const CLOSING: ConformanceCase = {
  name: 'a closed sale sells nothing, and still answers retries',
  convicts: [],
  async run(target) {
    const sale = await openSale(target, 5, null)
    const orderId = await sale.sell(call(sale, 1))
    await sale.close()
    await sale.refuse(call(sale, 2), 'SALE_CLOSED')
    assertReplay(await sale.buy(call(sale, 1)), orderId)
    assert.deepEqual([units(await sale.audit()), await sale.shown()], [1, 4])
  },
}

const RACES: ConformanceCase = {
  name: `${BUYERS} buyers at once on 1 to ${MOST_UNITS} units, ${ROUNDS} times`,
  convicts: ['no-oversell', 'acknowledged-kept'],
  async run(target) {
    const { sellsThrough } = target.description.promise
    const rounds: { sale: OpenedSale; stock: number; asked: readonly Asked[] }[] = []
    for (let round = 0; round < ROUNDS; round++) {
      const stock = 1 + (round % MOST_UNITS)
      const sale = await openSale(target, stock, null)
      const ids = Array.from({ length: BUYERS }, (_, index) => index)
      const asked = await askAll(
        sale,
        ids.map((id) => call(sale, id)),
      )
      const allowed = sellsThrough ? ['SOLD_OUT', 'TIMEOUT'] : ['SOLD_OUT', 'TIMEOUT', 'BUSY']
      for (const code of codesOf(asked)) assert.ok(allowed.includes(code), `round ${round}: answered ${code}`)
      rounds.push({ sale, stock, asked })
    }
    await rounds[0]!.sale.settle()
    for (const { sale, stock, asked } of rounds) {
      const books = await sale.audit()
      const about = `${sale.sku}, ${stock} units:`
      assert.ok(units(books) <= stock, `${about} ${units(books)} were sold`)
      assertTold(asked, books, `${about} `)
      assert.equal(books.remainingStock, stock - units(books), `${about} what is left`)
      const isEverybodyServed = sellsThrough && !codesOf(asked).has('TIMEOUT')
      if (isEverybodyServed) assert.equal(books.remainingStock, 0, `${about} sold out`)
      assert.equal(await sale.shown(), books.remainingStock, `${about} what is shown after settling`)
    }
  },
}

const SETTLING: ConformanceCase = {
  name: 'after settling, the books hold what was sold, and the stock shown is theirs',
  convicts: ['acknowledged-kept'],
  async run(target) {
    const sale = await openSale(target, 500, null)
    const ids = Array.from({ length: 200 }, (_, index) => index)
    const asked = await askAll(
      sale,
      ids.map((id) => call(sale, id, `u${id}`, 2)),
    )
    await sale.settle()
    const books = await sale.audit()
    assertTold(asked, books)
    assert.equal(await sale.shown(), books.remainingStock)
  },
}

const RESTART: ConformanceCase = {
  name: 'orders, retries, limits and stock survive a restart',
  convicts: [],
  async run(target) {
    const sale = await openSale(target, 4, 2)
    const first = await sale.sell(call(sale, 1, 'u1', 2))
    await sale.sell(call(sale, 2, 'u2', 1))
    await target.restart()
    assert.equal(await sale.shown(), 1)
    assertReplay(await sale.buy(call(sale, 1, 'u1', 2)), first)
    await sale.refuse(call(sale, 3, 'u1', 1), 'LIMIT_EXCEEDED')
    await sale.sell(call(sale, 4, 'u4', 1))
    await sale.refuse(call(sale, 5, 'u5', 1), 'SOLD_OUT')
    const books = await sale.audit()
    assert.deepEqual([books.orders.length, units(books), books.remainingStock], [3, 4, 0])
  },
}

const HOSTILE = [
  "x'; DROP TABLE orders; --",
  '{sku}',
  'a b',
  "'..redis.call('FLUSHALL')..'",
  'ü',
  '%00',
  '',
  'x'.repeat(65),
]

const HOSTILE_INPUT: ConformanceCase = {
  name: 'ids that hold more than letters, digits and _ . : - are refused',
  convicts: [],
  async run(target) {
    const sale = await openSale(target, 5, 2)
    for (const text of HOSTILE) {
      await sale.refuse({ ...call(sale, 1), userId: text }, 'INVALID_REQUEST')
      // A header can't carry every text; what it can carry is refused.
      if (/^[\x20-\x7e]*$/.test(text)) await sale.refuse({ ...call(sale, 1), requestId: text }, 'INVALID_REQUEST')
      const client = new ConformanceClient(target.url(), target.adminToken)
      const path = await client.show(encodeURIComponent(text))
      assert.ok(path.status === 400 || path.status === 404, `SKU ${text}: ${path.status}`)
    }
    for (const quantity of [0, -1, 1.5, 1_001, '1', null]) {
      await sale.refuse({ ...call(sale, 1), quantity: quantity as number }, 'INVALID_REQUEST')
    }
    await sale.sell(call(sale, 1))
    assert.deepEqual([units(await sale.audit()), await sale.shown()], [1, 4])
  },
}

export const CONFORMANCE_CASES: readonly ConformanceCase[] = [
  OPENING,
  SELL_OUT,
  REPLAY,
  KEY_REUSED,
  DOUBLE_CLICK,
  LIMIT,
  QUANTITY,
  CLOSING,
  ...OPENING_HOURS_CASES,
  HOSTILE_INPUT,
  SETTLING,
  RACES,
  RESTART,
]
