/**
 * Matches the ledger's orders to the buys of the history: by request id, else by the order id that a buyer was told.
 * What can't be matched settles nothing, and is kept apart, so that figures become intervals instead of guesses.
 */
import { NO_BUY } from '../core/history.ts'
import type { LedgerOrder, LedgerSnapshot } from '../core/ledger.ts'
import { type Buys, FACT, isDenied, mayHaveSold, NO_ROW } from './buys.ts'
import { NO_USER, type SaleColumns, SOLD } from './sale-columns.ts'

export interface OrderOfBuy {
  readonly buy: number
  readonly order: LedgerOrder
}

/** In which way an order is not what its buyer asked for, or was told. */
export type Deviation = 'quantity' | 'order id' | 'user'

export interface DeviantOrder extends OrderOfBuy {
  readonly in: Deviation
}

export interface Settlement {
  /** False when there is no ledger: then everything below is empty. */
  readonly given: boolean
  /** Absence from the ledger can be relied on. */
  readonly settled: boolean
  /** Units in all orders. */
  readonly units: number
  readonly orderCount: number
  /** Number of the buy that the order with this index in the ledger is of; NO_BUY if it is of none that is known. */
  readonly buyOfOrder: Uint32Array
  /** Orders beyond the first of one buy. */
  readonly extra: readonly OrderOfBuy[]
  /** Orders of buys all of whose attempts were definitely refused. */
  readonly denied: readonly OrderOfBuy[]
  /** By buy: its order, where that is another one than was asked for or told, and no further order of it is right. */
  readonly deviant: ReadonlyMap<number, DeviantOrder>
  /** Orders with a request id that the history doesn't hold. */
  readonly strangers: readonly LedgerOrder[]
  /** Orders without a request id that no answer named either. */
  readonly anonymous: readonly LedgerOrder[]
  /** At least so many of `strangers` and of `anonymous` belong to no buy that may have sold. */
  readonly surplusStrangers: number
  readonly surplusAnonymous: number
  /** Units of orders for another user than the buy's, by user id; empty unless users are attributed. */
  readonly unitsOfOtherUsers: ReadonlyMap<string, number>
  /** May this buy have an order although none was found for it? */
  mayHaveUnfoundOrder(buy: number): boolean
}

/** Also marks in `buys` which of them were found. */
export function settle(
  columns: SaleColumns,
  buys: Buys,
  ledger: LedgerSnapshot | null,
  options: MatchingOptions,
): Settlement {
  return ledger === null ? UNSETTLED : new Matching(columns, buys, ledger, options)
}

interface MatchingOptions {
  /** Whose an order is matters: the sale has a limit. */
  readonly attributesUsers: boolean
  /** The order ids that buyers were told are compared with the ledger's only if one of them agrees. */
  readonly orderIdsMayDiffer: boolean
}

const UNSETTLED: Settlement = {
  given: false,
  settled: false,
  units: 0,
  orderCount: 0,
  buyOfOrder: new Uint32Array(),
  extra: [],
  denied: [],
  deviant: new Map(),
  strangers: [],
  anonymous: [],
  surplusStrangers: 0,
  surplusAnonymous: 0,
  unitsOfOtherUsers: new Map(),
  mayHaveUnfoundOrder: () => true,
}

class Matching implements Settlement {
  readonly given = true
  readonly settled: boolean
  readonly units: number
  readonly orderCount: number
  readonly buyOfOrder: Uint32Array
  readonly extra: OrderOfBuy[] = []
  readonly denied: OrderOfBuy[] = []
  readonly deviant = new Map<number, DeviantOrder>()
  readonly strangers: LedgerOrder[] = []
  readonly anonymous: LedgerOrder[] = []
  readonly surplusStrangers: number
  readonly surplusAnonymous: number
  readonly unitsOfOtherUsers = new Map<string, number>()
  readonly #columns: SaleColumns
  readonly #buys: Buys
  readonly #attributesUsers: boolean
  readonly #comparesOrderIds: boolean

  constructor(columns: SaleColumns, buys: Buys, ledger: LedgerSnapshot, options: MatchingOptions) {
    this.#attributesUsers = options.attributesUsers
    this.#columns = columns
    this.#buys = buys
    this.settled = ledger.settled
    this.orderCount = ledger.orders.length
    this.units = unitsIn(ledger.orders)
    this.#comparesOrderIds = !options.orderIdsMayDiffer || ledger.orders.some((order) => this.#isOrderAsTold(order))
    this.buyOfOrder = new Uint32Array(ledger.orders.length).fill(NO_BUY)
    if (this.#matchByRequestId(ledger.orders) < ledger.orders.length) this.#matchByOrderId(ledger.orders)
    const namelessOwners = this.#countOwners((buy) => columns.requestIdOf(buy) === null, this.strangers.length > 0)
    const owners = this.#countOwners(() => true, this.anonymous.length > 0)
    this.surplusStrangers = Math.max(0, this.strangers.length - namelessOwners)
    this.surplusAnonymous = Math.max(0, this.anonymous.length - owners)
  }

  mayHaveUnfoundOrder(buy: number): boolean {
    if (!this.settled || this.anonymous.length > 0) return true
    return this.strangers.length > 0 && this.#columns.requestIdOf(buy) === null
  }

  /** Returns how many were matched. */
  #matchByRequestId(orders: readonly LedgerOrder[]): number {
    let matched = 0
    for (let i = 0; i < orders.length; i++) {
      const { requestId } = orders[i]!
      const buy = requestId === null ? undefined : this.#columns.buyOf(requestId)
      if (buy === undefined || (this.#buys.facts[buy]! & FACT.sent) === 0) continue
      this.#take(buy, orders[i]!, i)
      matched++
    }
    return matched
  }

  /** Only what is left by now. */
  #matchByOrderId(orders: readonly LedgerOrder[]): void {
    const buyByOrderId = this.#buysByOrderId()
    for (let i = 0; i < orders.length; i++) {
      if (this.buyOfOrder[i] !== NO_BUY) continue
      const order = orders[i]!
      const buy = buyByOrderId.get(order.orderId)
      if (buy !== undefined) this.#take(buy, order, i)
      else if (order.requestId === null) this.anonymous.push(order)
      else this.strangers.push(order)
    }
  }

  /** Order ids as buyers were told them; those of buys that were found already are left out. */
  #buysByOrderId(): Map<string, number> {
    const { length, outcome, buy } = this.#columns
    const buys = new Map<string, number>()
    for (let row = 0; row < length; row++) {
      if (outcome[row] !== SOLD || (this.#buys.facts[buy[row]!]! & FACT.found) !== 0) continue
      const orderId = this.#columns.orderId(row)
      if (orderId !== null) buys.set(orderId, buy[row]!)
    }
    return buys
  }

  #take(buy: number, order: LedgerOrder, index: number): void {
    const facts = this.#buys.facts[buy]!
    this.buyOfOrder[index] = buy
    this.#buys.facts[buy] = facts | FACT.found | (order.durable ? FACT.foundDurable : 0)
    const deviation = this.#deviationOf(buy, order)
    if ((facts & FACT.found) !== 0) {
      this.extra.push({ buy, order })
      if (deviation === null) this.deviant.delete(buy)
    } else {
      if (deviation !== null) this.deviant.set(buy, { buy, order, in: deviation })
      this.#buys.widenUnits(buy, order.quantity)
      if (isDenied(facts)) this.denied.push({ buy, order })
    }
    this.#noteOtherUser(buy, order)
  }

  /** What was not recorded, on either side, is not compared. */
  #deviationOf(buy: number, { quantity, orderId, userId }: LedgerOrder): Deviation | null {
    if (quantity < this.#buys.leastUnits(buy) || quantity > this.#buys.mostUnits(buy)) return 'quantity'
    if (userId !== null && this.#isOfAnother(buy, userId)) return 'user'
    const told = this.#comparesOrderIds ? this.#toldOrder(buy) : null
    return told === null || told === orderId ? null : 'order id'
  }

  #toldOrder(buy: number): string | null {
    const row = this.#buys.firstSoldRow[buy]!
    return row === NO_ROW ? null : this.#columns.orderId(row)
  }

  #isOrderAsTold({ requestId, orderId }: LedgerOrder): boolean {
    const buy = requestId === null ? undefined : this.#columns.buyOf(requestId)
    return buy !== undefined && this.#toldOrder(buy) === orderId
  }

  #isOfAnother(buy: number, userId: string): boolean {
    const sender = this.#buys.userOf(buy)
    return sender !== NO_USER && this.#columns.userOf(userId) !== sender
  }

  #noteOtherUser(buy: number, { userId, quantity }: LedgerOrder): void {
    if (!this.#attributesUsers || userId === null) return
    if (this.#buys.userOf(buy) !== NO_USER && !this.#isOfAnother(buy, userId)) return
    this.unitsOfOtherUsers.set(userId, (this.unitsOfOtherUsers.get(userId) ?? 0) + quantity)
  }

  /** Buys that may have sold and have no order yet. */
  #countOwners(isCandidate: (buy: number) => boolean, wanted: boolean): number {
    if (!wanted) return 0
    let owners = 0
    for (let buy = 0; buy < this.#buys.count; buy++) {
      const facts = this.#buys.facts[buy]!
      if (mayHaveSold(facts) && (facts & FACT.found) === 0 && isCandidate(buy)) owners++
    }
    return owners
  }
}

export function unitsIn(orders: readonly LedgerOrder[]): number {
  let units = 0
  for (const { quantity } of orders) units += quantity
  return units
}
