/**
 * Was everybody who was turned away told the truth? Bounds what may have been sold, in all and to each user, by the
 * moment an answer came; what can't have been sold by then can't have been the reason.
 */
import { mostUnitsOf, type Settlement } from './settlement.ts'
import { NO_USER, type SaleColumns } from './sale-columns.ts'

export interface UnjustifiedRefusal {
  readonly row: number
  /** Units that may have been sold by then: of the sale for `soldOut`, to the user for `limitReached`. */
  readonly possiblySold: number
}

export class RefusalWatch {
  soldOutAnswers = 0
  limitAnswers = 0
  unjustifiedSoldOut = 0
  unjustifiedLimit = 0
  /** `limitReached` answers of users whom nobody recorded, or under a limit that nobody named. */
  unjudgedLimit = 0
  readonly soldOutExamples: UnjustifiedRefusal[] = []
  readonly limitExamples: UnjustifiedRefusal[] = []
  readonly #columns: SaleColumns
  readonly #stock: number
  /** Infinity: no limit. null: nobody said. */
  readonly #limit: number | null
  #possibleUnits: number
  readonly #ofUser: Float64Array | null
  /** Units that may be anybody's. */
  #ofAnyUser = 0

  constructor(
    columns: SaleColumns,
    sale: { readonly initialStock: number; readonly limit: number | null },
    settlement: Settlement,
    unclaimedUnits: number,
  ) {
    this.#columns = columns
    this.#stock = sale.initialStock
    this.#limit = sale.limit
    this.#possibleUnits = unclaimedUnits
    const judgesUsers = sale.limit !== null && Number.isFinite(sale.limit)
    this.#ofUser = judgesUsers ? new Float64Array(columns.userCount) : null
    if (judgesUsers) this.#addUnmatchedOrders(settlement)
  }

  /** A buy that may have sold was sent. */
  mayHaveSold(user: number, units: number): void {
    this.#possibleUnits += units
    if (this.#ofUser === null) return
    if (user === NO_USER) this.#ofAnyUser += units
    else this.#ofUser[user]! += units
  }

  soldOutReturned(row: number): void {
    this.soldOutAnswers++
    if (this.#possibleUnits + this.#columns.quantity[row]! > this.#stock) return
    this.unjustifiedSoldOut++
    keepFew(this.soldOutExamples, { row, possiblySold: this.#possibleUnits })
  }

  limitReturned(row: number): void {
    this.limitAnswers++
    const user = this.#columns.user[row]!
    if (this.#limit === null || (this.#ofUser !== null && user === NO_USER)) {
      this.unjudgedLimit++
      return
    }
    const possiblySold = this.#ofUser === null ? 0 : this.#ofUser[user]! + this.#ofAnyUser
    if (possiblySold + this.#columns.quantity[row]! > this.#limit) return
    this.unjustifiedLimit++
    keepFew(this.limitExamples, { row, possiblySold })
  }

  #addUnmatchedOrders({ strangers, anonymous, unitsOfOtherUsers }: Settlement): void {
    for (const order of [...strangers, ...anonymous]) this.#addUnits(order.userId, mostUnitsOf(order))
    for (const [userId, units] of unitsOfOtherUsers) this.#addUnits(userId, units)
  }

  #addUnits(userId: string | null, units: number): void {
    const user = userId === null ? undefined : this.#columns.userOf(userId)
    if (user !== undefined) this.#ofUser![user]! += units
    else if (userId === null) this.#ofAnyUser += units
  }
}

export const EXAMPLES = 3

/** Keeps the first few. */
export function keepFew<T>(examples: T[], example: T): void {
  if (examples.length < EXAMPLES) examples.push(example)
}
