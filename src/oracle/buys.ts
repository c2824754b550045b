/**
 * The buys of a sale: all attempts with one request id together, as a few bits and numbers each.
 */
import type { ProblemCode } from '../core/wire.ts'
import { BUY, LIMIT_REACHED, NO_USER, REFUSED, SHOWN, type SaleColumns, SOLD, SOLD_OUT } from './sale-columns.ts'
import { wasSent } from './timeline.ts'

/** Facts about one buy, or-ed together. */
export const FACT = {
  /** An attempt left the generator. */
  sent: 1,
  /** An attempt was answered `sold`. */
  acknowledged: 2,
  /** An attempt had no answer that says what happened. */
  unanswered: 4,
  /** An attempt was told `soldOut` or `limitReached`, or refused for a reason of the buyer's own. */
  deniedForAReason: 8,
  /** An attempt was refused for no reason of the buyer's: BUSY, a refused connect. */
  refused: 16,
  /** An attempt was told `soldOut`. */
  toldSoldOut: 32,
  /** The ledger has an order of it. */
  found: 64,
  /** ... that is durable. */
  foundDurable: 128,
} as const

export const NO_ROW = 0xffff_ffff

/** Codes of refusals that are the buyer's own doing: no unit is withheld by them. */
const OWN_DOING: ReadonlySet<string> = new Set<ProblemCode | 'NOT_OPEN'>([
  'INVALID_REQUEST',
  'IDEMPOTENCY_KEY_REUSED',
  'NOT_OPEN',
  'PAYLOAD_TOO_LARGE',
  'SALE_CLOSED',
  'SALE_NOT_FOUND',
  'UNAUTHORIZED',
  'UNSUPPORTED_MEDIA_TYPE',
])

export interface Buys {
  readonly count: number
  /** One byte of {@link FACT} a buy. */
  readonly facts: Uint8Array
  /** Buys of which an attempt was sent. */
  readonly sentBuys: number
  /** Rows of reads that were answered. */
  readonly shownReads: number
  /** When the first request of all was sent, ns; 0 when none was. */
  readonly originNs: number
  /** Row of the `sold` answer that came first; NO_ROW if there is none. */
  firstSoldRow(buy: number): number
  /** Least and most units that the buy may have taken; attempts of one buy that ask for different quantities differ. */
  leastUnits(buy: number): number
  mostUnits(buy: number): number
  /** Number of the only user who sent it, or NO_USER. The first call costs a pass over the history. */
  userOf(buy: number): number
  /** The ledger has an order of `units` for this buy, or may have. */
  widenUnits(buy: number, units: number): void
}

export function gatherBuys(columns: SaleColumns): Buys {
  return new GatheredBuys(columns)
}

class GatheredBuys implements Buys {
  readonly count: number
  readonly facts: Uint8Array
  /** By buy: the row plus one, 0 for none: pages of buys that never sold are not even touched. */
  readonly #firstSold: Uint32Array
  sentBuys = 0
  shownReads = 0
  originNs = Number.POSITIVE_INFINITY
  /** null while every buy is of one unit. */
  #units: { readonly least: Uint32Array; readonly most: Uint32Array } | null = null

  readonly #columns: SaleColumns
  #users: Uint32Array | null = null

  constructor(columns: SaleColumns) {
    this.#columns = columns
    this.count = columns.buyCount
    this.facts = new Uint8Array(this.count)
    this.#firstSold = new Uint32Array(this.count)
    const factOfCode = columns.codes.map((code) => (OWN_DOING.has(code) ? FACT.deniedForAReason : FACT.refused))
    let onlyUnits = true
    for (let row = 0; row < columns.length; row++) {
      if (!wasSent(columns, row)) continue
      if (columns.sentAtNs[row]! < this.originNs) this.originNs = columns.sentAtNs[row]!
      if (columns.kind[row] !== BUY) {
        if (columns.outcome[row] === SHOWN) this.shownReads++
        continue
      }
      if (columns.quantity[row] !== 1) onlyUnits = false
      this.#gather(columns, row, factOfCode)
    }
    if (this.originNs === Number.POSITIVE_INFINITY) this.originNs = 0
    if (!onlyUnits) this.#gatherUnits(columns)
  }

  firstSoldRow(buy: number): number {
    const first = this.#firstSold[buy]!
    return first === 0 ? NO_ROW : first - 1
  }

  leastUnits(buy: number): number {
    return this.#units === null ? 1 : this.#units.least[buy]!
  }

  mostUnits(buy: number): number {
    return this.#units === null ? 1 : this.#units.most[buy]!
  }

  userOf(buy: number): number {
    this.#users ??= usersOfBuys(this.#columns)
    const user = this.#users[buy]!
    return user === SEVERAL_USERS ? NO_USER : user
  }

  widenUnits(buy: number, units: number): void {
    if (this.#units === null) {
      if (units === 1) return
      this.#units = { least: new Uint32Array(this.count).fill(1), most: new Uint32Array(this.count).fill(1) }
    }
    const { least, most } = this.#units
    if (units < least[buy]!) least[buy] = units
    if (units > most[buy]!) most[buy] = units
  }

  #gather(columns: SaleColumns, row: number, factOfCode: readonly number[]): void {
    const buy = columns.buy[row]!
    const facts = this.facts[buy]!
    if (facts === 0) this.sentBuys++
    const outcome = columns.outcome[row]!
    this.facts[buy] = facts | FACT.sent | factOf(outcome, factOfCode[columns.code[row]!]!)
    if (outcome === SOLD && this.#isEarlierThanFirstSold(columns, row, buy)) this.#firstSold[buy] = row + 1
  }

  #isEarlierThanFirstSold(columns: SaleColumns, row: number, buy: number): boolean {
    const first = this.firstSoldRow(buy)
    if (first === NO_ROW) return true
    const before = columns.completedAtNs[first]!
    return Number.isNaN(before) || columns.completedAtNs[row]! < before
  }

  #gatherUnits(columns: SaleColumns): void {
    const least = new Uint32Array(this.count).fill(0xffff_ffff)
    const most = new Uint32Array(this.count)
    for (let row = 0; row < columns.length; row++) {
      if (columns.kind[row] !== BUY || !wasSent(columns, row)) continue
      const buy = columns.buy[row]!
      const units = columns.quantity[row]!
      if (units < least[buy]!) least[buy] = units
      if (units > most[buy]!) most[buy] = units
    }
    this.#units = { least, most }
  }
}

/** Attempts of one request that were sent in different names: nobody knows whose it is. */
const SEVERAL_USERS = NO_USER - 1

function usersOfBuys({ length, kind, user, buy, buyCount }: SaleColumns): Uint32Array {
  const users = new Uint32Array(buyCount).fill(NO_USER)
  for (let row = 0; row < length; row++) {
    if (kind[row] !== BUY || user[row] === NO_USER) continue
    const known = users[buy[row]!]!
    users[buy[row]!] = known === NO_USER || known === user[row] ? user[row]! : SEVERAL_USERS
  }
  return users
}

function factOf(outcome: number, factOfRefusal: number): number {
  switch (outcome) {
    case SOLD:
      return FACT.acknowledged
    case SOLD_OUT:
      return FACT.deniedForAReason | FACT.toldSoldOut
    case LIMIT_REACHED:
      return FACT.deniedForAReason
    case REFUSED:
      return factOfRefusal
    default:
      return FACT.unanswered
  }
}

/** Every attempt was definitely answered, and none with `sold`. */
export function isDenied(facts: number): boolean {
  return (facts & FACT.sent) !== 0 && (facts & (FACT.acknowledged | FACT.unanswered)) === 0
}

/** May have sold, from its own answers alone. */
export function mayHaveSold(facts: number): boolean {
  return (facts & (FACT.acknowledged | FACT.unanswered)) !== 0
}
