/**
 * One walk through a history by time that gathers what the checks of the history need. Where a ledger is given, its
 * orders say which unanswered buys sold.
 */
import { NS_PER_MS } from '../core/units.ts'
import { type Buys, FACT, NO_ROW } from './buys.ts'
import { type Certainty, LinearSweep } from './linear-sweep.ts'
import { ReadWatch } from './read-watch.ts'
import { RefusalWatch } from './refusal-watch.ts'
import type { SaleUnderJudgement } from './sale.ts'
import { BUY, LIMIT_REACHED, type SaleColumns, SHOWN, SOLD, SOLD_OUT } from './sale-columns.ts'
import { mostUnitsIn, mostUnitsOf, type Settlement } from './settlement.ts'
import { type TimelineVisitor, walkTimeline } from './timeline.ts'

export interface HistoryFindings {
  readonly sweep: LinearSweep
  readonly refusals: RefusalWatch
  readonly reads: ReadWatch
  /** Buyers refused, or told `soldOut`, who arrived before a buyer who got a unit. */
  readonly inversions: number
  /** Buyers refused, or told `soldOut`, in all. */
  readonly turnedAway: number
}

export function findInHistory(
  sale: SaleUnderJudgement,
  columns: SaleColumns,
  buys: Buys,
  settlement: Settlement,
): HistoryFindings {
  const pass = new JudgingPass(sale, columns, buys, settlement)
  walkTimeline(columns, sale.clockErrorMs * NS_PER_MS, pass)
  pass.sweep.finish()
  return pass
}

/** What is known of a buy that may have sold; null: it surely did not. */
export function certaintyOf(buys: Buys, settlement: Settlement, buy: number): Certainty | null {
  const facts = buys.facts[buy]!
  if ((facts & FACT.acknowledged) !== 0) return 'acknowledged'
  const isUnanswered = (facts & FACT.unanswered) !== 0
  // An order for a buy that was definitely refused is an invention: it may explain what others saw, and need not.
  if ((facts & FACT.found) !== 0) return isUnanswered ? 'in-ledger' : 'possible'
  return isUnanswered && settlement.mayHaveUnfoundOrder(buy) ? 'possible' : null
}

/** Units, at most, of orders that no buy of the history accounts for. Where some may be accounted for, all might not be. */
function unclaimedUnits({ strangers, anonymous, surplusStrangers, surplusAnonymous }: Settlement): number {
  const claimedByNobody = [...(surplusStrangers > 0 ? strangers : []), ...(surplusAnonymous > 0 ? anonymous : [])]
  return mostUnitsIn(claimedByNobody)
}

/** Infinity when no `sold` answer has a time. */
export function deadlineOf(columns: SaleColumns, buys: Buys, buy: number, marginNs: number): number {
  const row = buys.firstSoldRow(buy)
  const completedAtNs = row === NO_ROW ? Number.NaN : columns.completedAtNs[row]!
  return Number.isNaN(completedAtNs) ? Number.POSITIVE_INFINITY : completedAtNs + marginNs
}

class JudgingPass implements TimelineVisitor, HistoryFindings {
  readonly sweep: LinearSweep
  readonly refusals: RefusalWatch
  readonly reads: ReadWatch
  inversions = 0
  turnedAway = 0
  readonly #columns: SaleColumns
  readonly #buys: Buys
  readonly #settlement: Settlement
  readonly #stock: number
  readonly #marginNs: number
  readonly #readsAreLinearizable: boolean
  /** One bit a buy. */
  readonly #entered: Uint8Array
  readonly #extraUnits: ReadonlyMap<number, number>
  #momentNs = Number.NEGATIVE_INFINITY
  #turnedAwayEarlier = 0

  constructor(sale: SaleUnderJudgement, columns: SaleColumns, buys: Buys, settlement: Settlement) {
    const unclaimed = unclaimedUnits(settlement)
    const isLimitJudged = sale.perUserLimitKnown !== false && sale.limitRefusalsExcused === undefined
    const limit = !isLimitJudged ? null : (sale.perUserLimit ?? Number.POSITIVE_INFINITY)
    const { reads } = sale.promise
    const promisedNs = reads.kind === 'stale' ? reads.maxAgeMs * NS_PER_MS : Number.POSITIVE_INFINITY
    this.sweep = new LinearSweep(sale.initialStock, { unclaimedUnits: unclaimed })
    this.refusals = new RefusalWatch(columns, { initialStock: sale.initialStock, limit }, settlement, unclaimed)
    this.reads = new ReadWatch(columns, sale.initialStock, promisedNs, unclaimed)
    this.#columns = columns
    this.#buys = buys
    this.#settlement = settlement
    this.#stock = sale.initialStock
    this.#marginNs = sale.clockErrorMs * NS_PER_MS
    this.#readsAreLinearizable = reads.kind === 'linearizable'
    this.#entered = new Uint8Array((buys.count + 7) >> 3)
    this.#extraUnits = unitsByBuy(settlement)
  }

  invoked(row: number, atNs: number): void {
    if (this.#columns.kind[row] === BUY) this.#enterOnce(this.#columns.buy[row]!, row, atNs)
    else if (this.#columns.outcome[row] === SHOWN) {
      this.reads.readInvoked(row, atNs)
      if (this.#readsAreLinearizable) this.sweep.readInvoked(atNs, row, this.#shownSold(row))
    }
  }

  returned(row: number, atNs: number): void {
    const outcome = this.#columns.outcome[row]!
    if ((this.#columns.kind[row] === BUY) !== (outcome !== SHOWN)) return
    switch (outcome) {
      case SOLD:
        this.#soldReturned(row, atNs)
        break
      case SOLD_OUT:
        this.refusals.soldOutReturned(row)
        this.sweep.soldSeen(atNs, row, this.#stock - this.#columns.quantity[row]! + 1)
        break
      case LIMIT_REACHED:
        this.refusals.limitReturned(row)
        break
      case SHOWN:
        this.reads.readReturned(row)
        if (this.#readsAreLinearizable) this.sweep.soldSeen(atNs, row, this.#shownSold(row))
        break
    }
  }

  #enterOnce(buy: number, row: number, atNs: number): void {
    const bit = 1 << (buy & 7)
    if ((this.#entered[buy >> 3]! & bit) !== 0) return
    this.#entered[buy >> 3]! |= bit
    this.#countArrival(this.#buys.facts[buy]!, atNs)
    const certainty = certaintyOf(this.#buys, this.#settlement, buy)
    if (certainty === null) return
    this.#mayHaveSold(row, this.#buys.mostUnits(buy))
    const deadlineNs = deadlineOf(this.#columns, this.#buys, buy, this.#marginNs)
    this.sweep.buyInvoked(atNs, certainty, deadlineNs, this.#buys.leastUnits(buy), this.#buys.mostUnits(buy))
    const extraUnits = this.#extraUnits.get(buy) ?? 0
    if (extraUnits > 0) this.#enterExtra(row, atNs, extraUnits)
  }

  /** Further orders of one buy are sales of their own that nobody was told of. */
  #enterExtra(row: number, atNs: number, units: number): void {
    this.#mayHaveSold(row, units)
    for (let unit = 0; unit < units; unit++) this.sweep.buyInvoked(atNs, 'possible', Number.POSITIVE_INFINITY, 1, 1)
  }

  #mayHaveSold(row: number, units: number): void {
    this.refusals.mayHaveSold(this.#columns.user[row]!, units)
    this.reads.mayHaveSold(units)
  }

  /** Who came at the same moment came before nobody. */
  #countArrival(facts: number, atNs: number): void {
    if (atNs > this.#momentNs) {
      this.#momentNs = atNs
      this.#turnedAwayEarlier = this.turnedAway
    }
    if ((facts & (FACT.acknowledged | FACT.found)) !== 0) this.inversions = this.#turnedAwayEarlier
    else if ((facts & FACT.unanswered) === 0 && (facts & (FACT.refused | FACT.toldSoldOut)) !== 0) this.turnedAway++
  }

  #soldReturned(row: number, atNs: number): void {
    const buy = this.#columns.buy[row]!
    if (this.#buys.firstSoldRow(buy) !== row) return
    const units = this.#buys.leastUnits(buy)
    this.sweep.soldReturned(atNs, units)
    if (!this.#isLost(buy)) this.reads.surelySold(atNs, units)
  }

  /** A promise that the settled ledger doesn't hold may have been undone: no read need show it. */
  #isLost(buy: number): boolean {
    return this.#settlement.settled && (this.#buys.facts[buy]! & FACT.found) === 0
  }

  #shownSold(row: number): number {
    return this.#stock - this.#columns.shownStock[row]!
  }
}

function unitsByBuy({ extra }: Settlement): ReadonlyMap<number, number> {
  const units = new Map<number, number>()
  for (const { buy, order } of extra) units.set(buy, (units.get(buy) ?? 0) + mostUnitsOf(order))
  return units
}
