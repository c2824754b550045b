import { describe, expect, it } from 'vitest'
import { requestUuid } from '../../core/request-uuid.ts'
import type { OrderColumns } from '../../core/target-descriptor.ts'
import { orderNames } from './order-names.ts'
import { OrderReader } from './order-reader.ts'

const PREFIX = 'r1-2-'
const COLUMNS: OrderColumns = { orderId: 'id', requestId: 'key', userId: 'buyer', quantity: 'units' }
const NAMES = orderNames({ userIdPrefix: 'u', pool: null }, PREFIX)

const reader = (columns: Partial<OrderColumns> = {}) => new OrderReader({ ...COLUMNS, ...columns }, NAMES)

describe('the orders of a result', () => {
  it('are its rows, counted through all parts', () => {
    const orders = reader()
    orders.addRows(['units', 'id', 'key', 'buyer'], [[2, 'o1', 'q1', 'u1']])
    orders.addRows(['units', 'id', 'key', 'buyer'], [['3.00', 7, '', null]])
    expect(orders.finish()).toEqual([
      { orderId: 'o1', requestId: 'q1', userId: 'u1', quantity: 2, durable: true },
      { orderId: '7', requestId: null, userId: null, quantity: 3, durable: true },
    ])
    expect(() => orders.addRows(['id', 'key', 'buyer', 'units'], [['o3', 'q', 'u', -1]])).toThrow(
      'row 3, column "units": "-1" is no whole number of units from 1 on',
    )
  })

  it('are of one unit where nothing says how many', () => {
    const orders = reader({ quantity: null })
    orders.addItem({ id: 'o1', key: 'q1', buyer: 'u1', units: 5 })
    expect(orders.finish()).toMatchObject([{ quantity: 1 }])
  })

  it('need a column that was named somewhere, by whatever name, and not one that nobody named', () => {
    const named = reader()
    named.addItem({ id: 'o1', key: 'q1', buyer: 'u1' })
    named.addItem({ id: 'o2', units: 2 })
    expect(named.finish()).toHaveLength(2)
    const missing = reader()
    missing.addItem({ id: 'o1', key: 'q1', buyer: 'u1' })
    expect(() => missing.finish()).toThrow(
      'the result has no column "units" (ledger.columns.quantity): it has "id", "key", "buyer"',
    )
    const names = { requestId: 'requestId', userId: 'userId', quantity: 'quantity' }
    const said = reader(names)
    said.addItem({ id: 'o1' })
    expect(() => said.finish()).toThrow('no column "requestId" (ledger.columns.requestId)')
    const usual = reader({ ...names, areGuessed: true })
    usual.addItem({ id: 'o1' })
    expect(usual.finish()).toMatchObject([{ requestId: null, userId: null, quantity: 1 }])
  })

  it("have columns beside an item's members, which stay in reach by pointer", () => {
    const hash = reader({ orderId: 'key', requestId: '/key', userId: null, quantity: null })
    hash.addItem({ key: 'q1' }, { key: 'o1', value: '{"key":"q1"}' })
    expect(hash.finish()).toMatchObject([{ orderId: 'o1', requestId: 'q1' }])
  })

  it('take the column of exactly that name before one of another case, and none of two', () => {
    const exact = reader({ requestId: null, userId: null, quantity: null })
    exact.addRows(['ID', 'id'], [['wrong', 'right']])
    expect(exact.finish()).toMatchObject([{ orderId: 'right' }])
    expect(() => reader().addRows(['ID', 'Id'], [])).toThrow(
      'no column "id" (ledger.columns.orderId): it has "ID", "Id"',
    )
  })
})

describe('the names of orders', () => {
  it('are those of the history where the run gave them: UUIDs of its buys, users by prefix or pool', () => {
    const names = orderNames({ userIdPrefix: 'shopper-', pool: [{ userId: 'ann' }, { token: 'x' }] }, PREFIX)
    expect(names.requestIdOf(requestUuid(PREFIX, 12).toUpperCase())).toBe('r1-2-12')
    expect(names.userIdOf('ann')).toBe('u0')
    expect(names.userIdOf('shopper-1')).toBe('u1')
  })

  it('stay as they are where it did not', () => {
    const names = orderNames({ userIdPrefix: 'shopper-', pool: null }, PREFIX)
    const ofAnotherRun = requestUuid('r0-2-', 12)
    for (const id of ['r1-2-12', 'whatever', ofAnotherRun]) expect(names.requestIdOf(id)).toBe(id)
    for (const id of ['shopper-01', 'shopper-', 'shopper-1x', 'ann', '1']) expect(names.userIdOf(id)).toBe(id)
  })
})
