/**
 * Is an order what its buyer asked for, and was told? As many units, the same order id, the buyer's own name. What one
 * side didn't record is not compared. Files may have been recorded by two that call the same thing by different names;
 * where no order agrees in something, none that differs in it proves anything.
 */
import type { LedgerOrder } from '../core/ledger.ts'
import { type Buys, FACT, gatherBuys, NO_ROW } from './buys.ts'
import { NO_USER, type SaleColumns, SOLD } from './sale-columns.ts'

/** In which way an order is another one. */
export type Deviation = 'quantity' | 'user' | 'order id'

type IdKind = Exclude<Deviation, 'quantity'>

export const ID_KINDS: readonly IdKind[] = ['user', 'order id']
const DEVIATIONS: readonly Deviation[] = ['quantity', ...ID_KINDS]

export interface ComparisonTerms {
  /** See SaleUnderJudgement. */
  readonly idsMayDiffer: readonly IdKind[]
  readonly quantitiesKnown: boolean
}

/** The kinds of ids in which no order of these sales agrees with its request, by the request ids. */
export function idsThatNeverAgree(
  sales: Iterable<{ readonly columns: SaleColumns; readonly orders: readonly LedgerOrder[] }>,
): readonly IdKind[] {
  let never = ID_KINDS
  for (const { columns, orders } of sales) {
    if (never.length === 0) break
    if (orders.length === 0) continue
    const comparison = new OrderComparison(columns, gatherBuys(columns), { idsMayDiffer: never, quantitiesKnown: true })
    for (const order of orders) {
      const buy = order.requestId === null ? undefined : columns.buyOf(order.requestId)
      if (buy !== undefined) comparison.differencesOf(buy, order)
      if (never.every((kind) => comparison.isCertain(kind))) break
    }
    never = never.filter((kind) => !comparison.isCertain(kind))
  }
  return never
}

export class OrderComparison {
  readonly #columns: SaleColumns
  readonly #buys: Buys
  /** In these a difference is one, and not perhaps another word for the same. */
  readonly #spokenOfAlike: Set<Deviation>
  #toldLater: ReadonlyMap<number, string> | null = null

  constructor(columns: SaleColumns, buys: Buys, { idsMayDiffer, quantitiesKnown }: ComparisonTerms) {
    this.#columns = columns
    this.#buys = buys
    this.#spokenOfAlike = new Set<Deviation>(ID_KINDS.filter((kind) => !idsMayDiffer.includes(kind)))
    if (quantitiesKnown) this.#spokenOfAlike.add('quantity')
  }

  /** null: the order is what it should be. To be asked of every order before {@link isCertain}. */
  differencesOf(buy: number, order: LedgerOrder): readonly Deviation[] | null {
    let differences: Deviation[] | null = null
    for (const deviation of DEVIATIONS) {
      const agrees = this.#agrees(deviation, buy, order)
      if (agrees === false) (differences ??= []).push(deviation)
      else if (agrees && deviation !== 'quantity' && !this.#spokenOfAlike.has(deviation)) {
        this.#noteAgreement(deviation, buy, order)
      }
    }
    return differences
  }

  /** False: both sides may mean the same. */
  isCertain(deviation: Deviation): boolean {
    return this.#spokenOfAlike.has(deviation)
  }

  /** Whether the order is in another name than its buy. */
  isOfAnother(buy: number, userId: string): boolean {
    const user = this.#columns.userOf(userId)
    const row = this.#buys.firstSoldRow(buy)
    if (row !== NO_ROW && this.#columns.user[row] === user) return false
    const sender = this.#buys.userOf(buy)
    return sender !== NO_USER && sender !== user
  }

  /** The first order id that the buyer was told; null if none. */
  toldOrder(buy: number): string | null {
    if ((this.#buys.facts[buy]! & FACT.acknowledged) === 0) return null
    const first = this.#columns.orderId(this.#buys.firstSoldRow(buy))
    if (first !== null) return first
    this.#toldLater ??= this.#lastOrderIds()
    return this.#toldLater.get(buy) ?? null
  }

  /** null: one side doesn't say. */
  #agrees(deviation: Deviation, buy: number, order: LedgerOrder): boolean | null {
    switch (deviation) {
      case 'quantity': {
        const { quantity, mostQuantity = quantity } = order
        return mostQuantity >= this.#buys.leastUnits(buy) && quantity <= this.#buys.mostUnits(buy)
      }
      case 'user':
        return order.userId === null ? null : !this.isOfAnother(buy, order.userId)
      case 'order id': {
        const told = this.toldOrder(buy)
        return told === null ? null : told === order.orderId
      }
    }
  }

  /** An order that was found by the very id, or whose buyer nobody recorded, agrees with nothing. */
  #noteAgreement(deviation: IdKind, buy: number, { requestId }: LedgerOrder): void {
    const isAgreement =
      deviation === 'user'
        ? this.#buys.userOf(buy) !== NO_USER
        : requestId !== null && this.#columns.buyOf(requestId) === buy
    if (isAgreement) this.#spokenOfAlike.add(deviation)
  }

  /** By buy; for those whose first answer named none. */
  #lastOrderIds(): ReadonlyMap<number, string> {
    const { length, outcome, buy } = this.#columns
    const told = new Map<number, string>()
    for (let row = 0; row < length; row++) {
      const orderId = outcome[row] === SOLD ? this.#columns.orderId(row) : null
      if (orderId !== null) told.set(buy[row]!, orderId)
    }
    return told
  }
}
