/** Cases of the opening hours. The server's clock and this one's are of one machine here. */
import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import type { Answer, BuyCall } from './client.ts'
import { assertReplay, call, type ConformanceCase, openSale, type OpenedSale, units } from './opened-sale.ts'

const OPENS_IN_MS = 600
/** Enough to sell one before, on a slow machine too. */
const CLOSES_IN_MS = 3_000
const HOURS_DEADLINE_MS = 10_000

const OPENING_HOURS: ConformanceCase = {
  name: 'nothing is sold before the opening, and the opening survives a restart',
  convicts: ['nothing-early'],
  async run(target) {
    const inAnHour = new Date(Date.now() + 3_600_000).toISOString()
    const later = await openSale(target, 5, null, { opensAt: inAnHour })
    await refuseAsNotOpen(later, call(later, 1))
    await target.restart()
    await refuseAsNotOpen(later, call(later, 1))
    assert.deepEqual([units(await later.audit()), await later.shown()], [0, 5])

    const opensAtMs = Date.now() + OPENS_IN_MS
    const soon = await openSale(target, 5, null, { opensAt: new Date(opensAtMs).toISOString() })
    const { answer, answeredAtMs } = await firstOther(soon, call(soon, 1), 'NOT_OPEN')
    assert.equal(answer.status, 201, 'the same request is sold a unit when the sale has opened')
    assert.ok(answeredAtMs >= opensAtMs, `sold ${opensAtMs - answeredAtMs} ms before the opening`)
    await soon.settle()
    assert.equal(units(await soon.audit()), 1)
  },
}

const CLOSING_HOUR: ConformanceCase = {
  name: 'nothing is sold after the closing, and retries are still answered',
  convicts: [],
  async run(target) {
    const closesAtMs = Date.now() + CLOSES_IN_MS
    const sale = await openSale(target, 5, null, { closesAt: new Date(closesAtMs).toISOString() })
    const orderId = await sale.sell(call(sale, 1))
    await delay(Math.max(0, closesAtMs - Date.now()))
    await refuseAsNotOpen(sale, call(sale, 'late'))
    assertReplay(await sale.buy(call(sale, 1)), orderId)
    await target.restart()
    await refuseAsNotOpen(sale, call(sale, 'later'))
    assertReplay(await sale.buy(call(sale, 1)), orderId)
    await sale.settle()
    const books = await sale.audit()
    assert.deepEqual(
      books.orders.map((order) => order.requestId),
      [`${sale.sku}.1`],
    )
  },
}

/** A server that has just started on a busy machine may run out of time: then it is asked once more. */
async function refuseAsNotOpen(sale: OpenedSale, asked: BuyCall): Promise<void> {
  const { answer } = await firstOther(sale, asked, 'TIMEOUT')
  assert.equal(answer.body['code'], 'NOT_OPEN', `${asked.requestId} is refused`)
  assert.equal(answer.body['effect'], 'none', `${asked.requestId} surely sold nothing`)
}

/** Asks until the answer is another than `code`. */
async function firstOther(
  sale: OpenedSale,
  asked: BuyCall,
  code: string,
): Promise<{ answer: Answer; answeredAtMs: number }> {
  const deadlineMs = Date.now() + HOURS_DEADLINE_MS
  while (Date.now() < deadlineMs) {
    const answer = await sale.buy(asked)
    if (answer.body['code'] !== code) return { answer, answeredAtMs: Date.now() }
  }
  throw new assert.AssertionError({ message: `still ${code} after ${HOURS_DEADLINE_MS} ms` })
}

export const OPENING_HOURS_CASES: readonly ConformanceCase[] = [OPENING_HOURS, CLOSING_HOUR]
