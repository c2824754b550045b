/**
 * Matches the ledger's orders to the buys of the history: by request id, else by the order id that a buyer was told.
 * What can't be matched settles nothing, and is kept apart, so that figures become intervals instead of guesses.
 */
import { NO_BUY } from '../core/history.ts'
import type { LedgerOrder, LedgerSnapshot } from '../core/ledger.ts'
import { type Buys, FACT, isDenied, mayHaveSold } from './buys.ts'
import { type ComparisonTerms, type Deviation, OrderComparison } from './order-comparison.ts'
import { NO_USER, type SaleColumns, SOLD } from './sale-columns.ts'

export interface OrderOfBuy {
  readonly buy: number
  readonly order: LedgerOrder
}

/** An order that is not what its buyer asked for, or was told. */
export interface DeviantOrder extends OrderOfBuy {
  readonly in: Deviation
  /** False: the two sides may have been recorded in different terms, and the order may be right. */
  readonly isCertain: boolean
  /** The order id that the buyer was told, if any. */
  readonly told: string | null
}

export interface Settlement {
  /** False when there is no ledger: then everything below is empty. */
  readonly given: boolean
  /** Absence from the ledger can be relied on. */
  readonly settled: boolean
  /** Units in all orders, at least and at most: they differ where the ledger doesn't say how many an order is of. */
  readonly units: number
  readonly mostUnits: number
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
  /** Units, at most, of orders for another user than the buy's, by user id; empty unless users are attributed. */
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

interface MatchingOptions extends ComparisonTerms {
  /** Whose an order is matters: the sale has a limit. */
  readonly attributesUsers: boolean
}

const UNSETTLED: Settlement = {
  given: false,
  settled: false,
  units: 0,
  mostUnits: 0,
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
  readonly mostUnits: number
  readonly orderCount: number
  readonly buyOfOrder: Uint32Array
  readonly extra: OrderOfBuy[] = []
  readonly denied: OrderOfBuy[] = []
  readonly deviant: ReadonlyMap<number, DeviantOrder>
  readonly strangers: LedgerOrder[] = []
  readonly anonymous: LedgerOrder[] = []
  readonly surplusStrangers: number
  readonly surplusAnonymous: number
  readonly unitsOfOtherUsers = new Map<string, number>()
  readonly #columns: SaleColumns
  readonly #buys: Buys
  readonly #attributesUsers: boolean
  readonly #comparison: OrderComparison
  readonly #different = new Map<number, { readonly order: LedgerOrder; readonly in: readonly Deviation[] }>()

  constructor(columns: SaleColumns, buys: Buys, ledger: LedgerSnapshot, options: MatchingOptions) {
    this.#attributesUsers = options.attributesUsers
    this.#columns = columns
    this.#buys = buys
    this.settled = ledger.settled
    this.orderCount = ledger.orders.length
    this.units = unitsIn(ledger.orders)
    this.mostUnits = mostUnitsIn(ledger.orders)
    this.#comparison = new OrderComparison(columns, buys, options)
    this.buyOfOrder = new Uint32Array(ledger.orders.length).fill(NO_BUY)
    if (this.#matchByRequestId(ledger.orders) < ledger.orders.length) this.#matchByOrderId(ledger.orders)
    this.deviant = this.#deviantOrders()
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
    const differences = this.#comparison.differencesOf(buy, order)
    if ((facts & FACT.found) !== 0) {
      this.extra.push({ buy, order })
      if (differences === null) this.#different.delete(buy)
    } else {
      if (differences !== null) this.#different.set(buy, { order, in: differences })
      this.#buys.widenUnits(buy, order.quantity)
      this.#buys.widenUnits(buy, mostUnitsOf(order))
      if (isDenied(facts)) this.denied.push({ buy, order })
    }
    this.#noteOtherUser(buy, order)
  }

  /** In each, a difference that is certain goes before others. */
  #deviantOrders(): ReadonlyMap<number, DeviantOrder> {
    const deviant = new Map<number, DeviantOrder>()
    for (const [buy, { order, in: differences }] of this.#different) {
      const certain = differences.find((deviation) => this.#comparison.isCertain(deviation))
      const told = this.#comparison.toldOrder(buy)
      deviant.set(buy, { buy, order, in: certain ?? differences[0]!, isCertain: certain !== undefined, told })
    }
    return deviant
  }

  #noteOtherUser(buy: number, order: LedgerOrder): void {
    const { userId } = order
    if (!this.#attributesUsers || userId === null) return
    if (this.#buys.userOf(buy) !== NO_USER && !this.#comparison.isOfAnother(buy, userId)) return
    this.unitsOfOtherUsers.set(userId, (this.unitsOfOtherUsers.get(userId) ?? 0) + mostUnitsOf(order))
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

export function mostUnitsOf({ quantity, mostQuantity }: LedgerOrder): number {
  return mostQuantity ?? quantity
}

export function mostUnitsIn(orders: readonly LedgerOrder[]): number {
  return orders.reduce((units, order) => units + mostUnitsOf(order), 0)
}

function unitsIn(orders: readonly LedgerOrder[]): number {
  let units = 0
  for (const { quantity } of orders) units += quantity
  return units
}
