/**
 * Right histories changed by one fault each. `check` is the one that is made for it.
 */
import type { CheckName } from '../../core/check.ts'
import type { LedgerOrder } from '../../core/ledger.ts'
import type { Operation, Outcome } from '../../core/operation.ts'
import { NS_PER_MS } from '../../core/units.ts'
import { type RightHistory, simulateRightSale, type StoreTerms } from './right-store.ts'

export interface PlantedFault {
  readonly name: string
  readonly check: CheckName
  plant(seed: number): RightHistory
}

/** Sells out half-way; every buyer has another user. */
const SOLD_OUT: Omit<StoreTerms, 'seed'> = {
  stock: 60,
  buys: 120,
  reads: 60,
  users: 100_000,
  limit: 2,
  mostQuantity: 1,
  promise: { kind: 'linearizable' },
  sellsThrough: true,
  lostRequests: 0,
  lostAnswers: 0.05,
  busy: 0.05,
  doubleClicks: 0.1,
  retries: 0.1,
}
/** Units are left at the end, and nobody was turned away. */
const LEFT_OVER: Omit<StoreTerms, 'seed'> = { ...SOLD_OUT, stock: 200, busy: 0 }
const STALE_READS = { promise: { kind: 'stale', maxAgeMs: 50 } } as const
/** After everything else. */
const LATE_MS = 10_000
/** The simulated sale begins at 0, and has long ended by the closing. */
const HOURS = { opensAtNs: 0, closesAtNs: (LATE_MS / 2) * NS_PER_MS, errorMs: 2 }

export const PLANTED_FAULTS: readonly PlantedFault[] = [
  {
    name: 'one buyer too many is sold a unit',
    check: 'no-oversell',
    plant: (seed) => {
      const right = simulateRightSale({ ...SOLD_OUT, seed })
      const buy = lateBuy(sold('o-extra'))
      return { ...right, operations: [...right.operations, buy], ledger: withOrder(right, orderOf(buy, 'o-extra')) }
    },
  },
  {
    name: 'an acknowledged order is lost',
    check: 'acknowledged-kept',
    plant: (seed) => {
      const right = simulateRightSale({ ...SOLD_OUT, seed })
      const lost = acknowledged(right)
      return { ...right, ledger: { ...right.ledger, orders: right.ledger.orders.filter((order) => order !== lost) } }
    },
  },
  {
    name: 'an acknowledged order never leaves the queue',
    check: 'acknowledged-kept',
    plant: (seed) => {
      const right = simulateRightSale({ ...SOLD_OUT, seed })
      const stuck = acknowledged(right)
      const orders = right.ledger.orders.map((order) => (order === stuck ? { ...order, durable: false } : order))
      return { ...right, ledger: { ...right.ledger, orders } }
    },
  },
  {
    name: 'an order is of fewer units than were promised',
    check: 'acknowledged-kept',
    plant: (seed) => {
      const right = simulateRightSale({ ...LEFT_OVER, mostQuantity: 3, limit: 9, seed })
      const told = acknowledgedBy(right, ({ quantity }) => quantity > 1)
      return withRemaining(altered(right, told, { quantity: 1 }), (remaining) => remaining + told.quantity - 1)
    },
  },
  {
    name: 'an order is of more units than were asked for',
    check: 'acknowledged-kept',
    plant: (seed) => {
      const right = simulateRightSale({ ...LEFT_OVER, mostQuantity: 3, limit: 2, seed })
      const told = acknowledged(right)
      return withRemaining(altered(right, told, { quantity: told.quantity + 2 }), (remaining) => remaining - 2)
    },
  },
  {
    name: 'an order bears another id than the buyer was told',
    check: 'acknowledged-kept',
    plant: (seed) => {
      const right = simulateRightSale({ ...SOLD_OUT, seed })
      return altered(right, acknowledged(right), { orderId: 'o-other' })
    },
  },
  {
    name: 'an order is booked in the name of another buyer',
    check: 'acknowledged-kept',
    plant: (seed) => {
      const right = simulateRightSale({ ...SOLD_OUT, limit: 1, seed })
      const other = right.ledger.orders.at(-1)!.userId
      return altered(right, acknowledged(right), { userId: other })
    },
  },
  {
    name: 'two buyers are told the same order',
    check: 'acknowledged-kept',
    plant: (seed) => {
      const right = simulateRightSale({ ...LEFT_OVER, seed })
      const { orderId } = acknowledged(right)
      const buy = lateBuy(sold(orderId))
      return sellOneMore(withOperations(right, [buy]), orderOf(buy, 'o-own'))
    },
  },
  {
    name: 'a request without an answer makes an order of other units',
    check: 'nothing-invented',
    plant: (seed) => {
      const right = simulateRightSale({ ...LEFT_OVER, mostQuantity: 2, limit: 9, seed })
      const buy = { ...lateBuy({ kind: 'unknown', code: 'TIMEOUT' }), quantity: 1 }
      const order = { ...orderOf(buy, 'o-late'), quantity: 2 }
      const one = sellOneMore(withOperations(right, [buy]), order)
      return withRemaining(one, (remaining) => remaining - 1)
    },
  },
  {
    name: 'a request without an answer makes an order in the name of another buyer',
    check: 'nothing-invented',
    plant: (seed) => {
      const right = simulateRightSale({ ...LEFT_OVER, limit: 1, seed })
      const buy = lateBuy({ kind: 'unknown', code: 'TIMEOUT' })
      const order = { ...orderOf(buy, 'o-late'), userId: acknowledged(right).userId }
      return sellOneMore(withOperations(right, [buy]), order)
    },
  },
  {
    name: 'two requests are given one order id between them',
    check: 'exactly-once',
    plant: (seed) => {
      const right = simulateRightSale({ ...LEFT_OVER, seed })
      const { orderId } = acknowledged(right)
      const buy = lateBuy(sold(orderId))
      return sellOneMore(withOperations(right, [buy]), orderOf(buy, orderId))
    },
  },
  {
    name: 'a replay makes a second order',
    check: 'exactly-once',
    plant: (seed) => {
      const right = simulateRightSale({ ...LEFT_OVER, limit: 1, seed })
      return sellOneMore(right, { ...acknowledged(right), orderId: 'o-second' })
    },
  },
  {
    name: 'a replay is answered with another order',
    check: 'exactly-once',
    plant: (seed) => withReplay(simulateRightSale({ ...LEFT_OVER, seed }), sold('o-other')),
  },
  {
    name: 'a replay after the sell-out is told "sold out"',
    check: 'exactly-once',
    plant: (seed) => withReplay(simulateRightSale({ ...SOLD_OUT, seed }), { kind: 'soldOut' }),
  },
  {
    name: 'a refused request makes an order',
    check: 'nothing-invented',
    plant: (seed) => {
      const right = simulateRightSale({ ...LEFT_OVER, sellsThrough: false, seed })
      const buy = lateBuy({ kind: 'refused', code: 'BUSY' })
      const refused = { ...right, operations: [...right.operations, buy] }
      return sellOneMore(refused, orderOf(buy, 'o-refused'))
    },
  },
  {
    name: 'an order comes from nowhere',
    check: 'nothing-invented',
    plant: (seed) => {
      const right = simulateRightSale({ ...LEFT_OVER, seed })
      return sellOneMore(right, { ...right.ledger.orders[0]!, orderId: 'o-x', requestId: 'r-x', userId: 'u-x' })
    },
  },
  {
    name: 'an order comes from nowhere, for a buyer who has one',
    check: 'nothing-invented',
    plant: (seed) => {
      const right = simulateRightSale({ ...LEFT_OVER, limit: 1, seed })
      return sellOneMore(right, { ...acknowledged(right), orderId: 'o-x', requestId: 'r-x' })
    },
  },
  {
    name: 'the limit is not kept',
    check: 'per-user-limit',
    plant: (seed) => {
      const right = simulateRightSale({ ...LEFT_OVER, limit: 1, seed })
      const buys = ['r-x', 'r-y'].map((id) => ({ ...lateBuy(sold(`o-${id}`)), requestId: id, userId: 'u-x' }))
      const orders = buys.map((buy) => orderOf(buy, `o-${buy.requestId}`))
      const both = { ...right, operations: [...right.operations, ...buys] }
      return orders.reduce(sellOneMore, both)
    },
  },
  {
    name: 'a unit leaks at the end',
    check: 'conservation',
    plant: (seed) => withRemaining(simulateRightSale({ ...LEFT_OVER, seed }), (remaining) => remaining - 1),
  },
  {
    name: 'a unit is given back twice',
    check: 'conservation',
    plant: (seed) => withRemaining(simulateRightSale({ ...SOLD_OUT, seed }), (remaining) => remaining + 1),
  },
  {
    name: 'the stock stored is below zero',
    check: 'never-negative',
    plant: (seed) => withRemaining(simulateRightSale({ ...SOLD_OUT, seed }), () => -1),
  },
  {
    name: 'a stock below zero is shown',
    check: 'never-negative',
    plant: (seed) => withOperations(simulateRightSale({ ...SOLD_OUT, seed }), [lateRead(-1)]),
  },
  {
    name: 'the first buyer is told "sold out"',
    check: 'justified-refusals',
    plant: (seed) => withOperations(simulateRightSale({ ...SOLD_OUT, seed }), [at(-100, lateBuy({ kind: 'soldOut' }))]),
  },
  {
    name: 'a buyer who has nothing is told "limit reached"',
    check: 'justified-refusals',
    plant: (seed) => withOperations(simulateRightSale({ ...SOLD_OUT, seed }), [lateBuy({ kind: 'limitReached' })]),
  },
  {
    name: 'buyers are refused while units are left',
    check: 'sold-through',
    plant: (seed) => {
      const right = simulateRightSale({ ...LEFT_OVER, seed })
      const refused = Array.from({ length: right.ledger.remainingStock! }, (_, i) => ({
        ...lateBuy({ kind: 'refused', code: 'BUSY' }),
        requestId: `r-late-${i}`,
        userId: `u-late-${i}`,
      }))
      return withOperations(right, refused)
    },
  },
  {
    name: 'the sale opens when it is over',
    check: 'nothing-early',
    plant: (seed) => {
      const right = simulateRightSale({ ...SOLD_OUT, seed })
      return {
        ...right,
        sale: { ...right.sale, hours: { opensAtNs: LATE_MS * NS_PER_MS, closesAtNs: null, errorMs: 2 } },
      }
    },
  },
  {
    name: 'a buyer comes after the closing and is in the ledger',
    check: 'nothing-early',
    plant: (seed) => {
      const right = simulateRightSale({ ...LEFT_OVER, seed })
      const buy = lateBuy({ kind: 'unknown', code: 'TIMEOUT' })
      const late = { ...right, sale: { ...right.sale, hours: HOURS }, operations: [...right.operations, buy] }
      return sellOneMore(late, orderOf(buy, 'o-late'))
    },
  },
  {
    name: 'a buyer is told that an open sale is not',
    check: 'justified-refusals',
    plant: (seed) => {
      const right = simulateRightSale({ ...LEFT_OVER, seed })
      const buy = at(50, lateBuy({ kind: 'refused', code: 'NOT_OPEN' }))
      return withOperations({ ...right, sale: { ...right.sale, hours: HOURS } }, [buy])
    },
  },
  {
    name: 'a read shows a stock that was true a moment ago',
    check: 'linearizable',
    plant: (seed) => withOperations(simulateRightSale({ ...SOLD_OUT, seed }), [lateRead(30)]),
  },
  {
    name: 'a read is older than promised',
    check: 'stale-reads',
    plant: (seed) => withOperations(simulateRightSale({ ...SOLD_OUT, ...STALE_READS, seed }), [lateRead(30)]),
  },
  {
    name: 'a read shows a stock that was never true',
    check: 'stale-reads',
    plant: (seed) => withOperations(simulateRightSale({ ...SOLD_OUT, ...STALE_READS, seed }), [at(-100, lateRead(0))]),
  },
  {
    name: 'the cache is never brought up to date',
    check: 'settled-cache',
    plant: (seed) => {
      const right = simulateRightSale({ ...SOLD_OUT, ...STALE_READS, seed })
      return { ...right, ledger: { ...right.ledger, shownAfterSettling: right.ledger.remainingStock! + 3 } }
    },
  },
]

function sold(orderId: string): Outcome {
  return { kind: 'sold', orderId }
}

function lateBuy(outcome: Outcome): Operation {
  const buy: Operation = {
    seq: 1_000_000,
    stepIndex: 0,
    sku: 'step-1',
    kind: 'buy',
    userId: 'u-late',
    requestId: 'r-late',
    attempt: 1,
    quantity: 1,
    scheduledAtNs: 0,
    sentAtNs: 0,
    completedAtNs: 0,
    outcome,
  }
  return at(LATE_MS, buy)
}

function lateRead(stock: number): Operation {
  const outcome: Outcome = { kind: 'shown', stock }
  return { ...lateBuy(outcome), kind: 'read', userId: null, requestId: null, quantity: 0 }
}

function at(ms: number, operation: Operation): Operation {
  const sentAtNs = ms * NS_PER_MS
  return { ...operation, scheduledAtNs: sentAtNs, sentAtNs, completedAtNs: sentAtNs + NS_PER_MS }
}

function orderOf({ requestId, userId, quantity }: Operation, orderId: string): LedgerOrder {
  return { orderId, requestId, userId, quantity, durable: true }
}

/** The order of a request whose first attempt was answered `sold`. */
function acknowledged(right: RightHistory): LedgerOrder {
  return acknowledgedBy(right, () => true)
}

function acknowledgedBy({ operations, ledger }: RightHistory, fits: (order: LedgerOrder) => boolean): LedgerOrder {
  const told = new Set(operations.filter(({ outcome }) => outcome.kind === 'sold').map(({ requestId }) => requestId))
  return ledger.orders.find((order) => told.has(order.requestId) && fits(order))!
}

function altered(right: RightHistory, order: LedgerOrder, change: Partial<LedgerOrder>): RightHistory {
  const orders = right.ledger.orders.map((other) => (other === order ? { ...order, ...change } : other))
  return { ...right, ledger: { ...right.ledger, orders } }
}

function withOrder({ ledger }: RightHistory, order: LedgerOrder): RightHistory['ledger'] {
  return { ...ledger, orders: [...ledger.orders, order] }
}

/** The books stay in order: the unit is taken from the stock. */
function sellOneMore(right: RightHistory, order: LedgerOrder): RightHistory {
  return withRemaining({ ...right, ledger: withOrder(right, order) }, (remaining) => remaining - 1)
}

function withRemaining(right: RightHistory, change: (remaining: number) => number): RightHistory {
  const remainingStock = change(right.ledger.remainingStock!)
  return { ...right, ledger: { ...right.ledger, remainingStock, shownAfterSettling: remainingStock } }
}

function withOperations(right: RightHistory, operations: readonly Operation[]): RightHistory {
  return { ...right, operations: [...right.operations, ...operations] }
}

/** A request that was answered `sold` is sent again long after. */
function withReplay(right: RightHistory, outcome: Outcome): RightHistory {
  const { requestId } = acknowledged(right)
  const first = right.operations.find((operation) => operation.requestId === requestId)!
  return withOperations(right, [at(LATE_MS, { ...first, attempt: 9, outcome })])
}
