/** A sale as the cases of the suite see it: opened under a name of its own, bought from over HTTP, audited. */
import assert from 'node:assert/strict'
import type { StrategyDescription } from '../core/catalogue.ts'
import type { CheckName } from '../core/check.ts'
import type { AuditedSale } from './audited-sale.ts'
import { type Answer, type BuyCall, ConformanceClient } from './client.ts'

export interface ConformanceTarget {
  readonly description: StrategyDescription
  /** Where the server answers now; another after a restart. */
  url(): string
  readonly adminToken: string
  /** Ends the server and starts it again on the same stores. */
  restart(): Promise<void>
  audit(sku: string): Promise<AuditedSale>
}

export interface ConformanceCase {
  readonly name: string
  /** The controls that this case convicts: those that are convicted by one of these checks. */
  readonly convicts: readonly CheckName[]
  run(target: ConformanceTarget): Promise<void>
}

let sales = 0

/** A name that no other sale has, also not in the runs before. */
export function newSku(): string {
  sales += 1
  return `conformance-${process.pid}-${Date.now().toString(36)}-${sales}`
}

export interface OpenedSale {
  readonly sku: string
  buy(call: BuyCall): Promise<Answer>
  shown(): Promise<number>
  settle(): Promise<void>
  close(): Promise<void>
  /** Sold, and nothing of it pending any more. */
  sell(call: BuyCall): Promise<string>
  refuse(call: BuyCall, code: string): Promise<void>
  audit(): Promise<AuditedSale>
}

interface Hours {
  readonly opensAt?: string
  readonly closesAt?: string
}

export async function openSale(
  target: ConformanceTarget,
  stock: number,
  perUserLimit: number | null,
  hours: Hours = {},
): Promise<OpenedSale> {
  const sku = newSku()
  // The client is made anew for each call: a restart gives the server another URL.
  const client = (): ConformanceClient => new ConformanceClient(target.url(), target.adminToken)
  const opened = await client().open(sku, { stock, perUserLimit, ...hours })
  assert.equal(opened.status, 201, 'the sale is opened')
  const settle = async (): Promise<void> => {
    assert.equal((await client().settle()).status, 200, 'the server settles')
  }
  return {
    sku,
    settle,
    buy: (call) => client().buy(sku, call),
    async shown() {
      const answer = await client().show(sku)
      assert.equal(answer.status, 200, 'the sale is shown')
      return answer.body['stock'] as number
    },
    async close() {
      assert.equal((await client().close(sku)).status, 204, 'the sale is closed')
    },
    async sell(call) {
      const answer = await client().buy(sku, call)
      assert.equal(answer.status, 201, `${call.requestId} is sold`)
      assert.equal(answer.body['replayed'], false, `${call.requestId} is no replay`)
      await settle()
      return answer.body['orderId'] as string
    },
    async refuse(call, code) {
      const answer = await client().buy(sku, call)
      assert.equal(answer.body['code'], code, `${call.requestId} is refused`)
      assert.equal(answer.body['effect'], 'none', `${call.requestId} surely sold nothing`)
    },
    audit: () => target.audit(sku),
  }
}

export function assertReplay(answer: Answer, orderId: string): void {
  const told = [answer.status, answer.body['orderId'], answer.body['replayed']]
  assert.deepEqual(told, [200, orderId, true], 'a retry is answered with its order')
}

export function units(sale: AuditedSale): number {
  return sale.orders.reduce((total, order) => total + order.quantity, 0)
}

/** A request id of its own for each sale: ids are shared by all sales of a server. */
export function call(sale: OpenedSale, id: number | string, userId = `u${id}`, quantity = 1): BuyCall {
  return { requestId: `${sale.sku}.${id}`, userId, quantity }
}
