/**
 * One sale of a stream that has no end, judged by what buyers are told, in the memory of the open window. What it says is
 * what `verify` would say of the whole history: where lines that are forgotten, or that may still come, could explain what
 * was seen, it holds its tongue.
 */
import type { CheckName, Evidence } from '../core/check.ts'
import { NO_BUY } from '../core/history.ts'
import type { Operation } from '../core/operation.ts'
import { formatCount, formatMs, formatQuantity, NS_PER_MS } from '../core/units.ts'
import { DigestTable } from './digest-table.ts'
import { hashOf } from './name-table.ts'
import { edgesOf, type HourEdges } from './opening-hours.ts'
import type { RecordedRow } from './operation-recorder.ts'
import { buyer, reading } from './sale-case.ts'
import type { SaleUnderJudgement } from './sale.ts'
import { BUY, LIMIT_REACHED, REFUSED, SOLD, SOLD_OUT } from './sale-columns.ts'
import { SaleWatch } from './sale-watch.ts'
import { NONE, StreamBuys, type StreamMemory } from './stream-buys.ts'
import { WindowRows } from './window-rows.ts'

/** What is wrong with a sale by now. */
export interface StreamFault {
  readonly check: CheckName
  /** How much, in the check's unit. */
  readonly measured: number
  readonly sentence: string
  readonly evidence: Evidence
  /** It rests on the order of events: an operation that comes late may explain it. */
  readonly restsOnOrder: boolean
}

export interface StreamSaleTerms {
  readonly sale: SaleUnderJudgement
  readonly memory: StreamMemory
  /** Keeps its ids apart from those of other sales. */
  readonly salt: number
  /** Whoever was definitely refused doesn't come again with the same request id. */
  readonly refusalsAreFinal: boolean
}

export class StreamSale {
  operations = 0
  buys = 0
  reads = 0
  soldOutAnswers = 0
  /** Units that buyers were told are theirs; of buys without an answer that says whether they were sold. */
  soldUnits = 0
  unknownUnits = 0
  /** Operations whose like the terms excluded: what rests on the order of events can't be relied on. */
  contraryToTerms = 0
  /** Operations that came before the sale was opened, and were not looked at. */
  missedOperations = 0
  /** What was heard may be of two sales, or of a part of one. */
  isMixed = false
  lowestShown = Number.POSITIVE_INFINITY
  /** Buys that were sold to nobody knows whom, and those whose user is known. */
  unattributed = 0
  attributed = 0
  sale: SaleUnderJudgement
  /** False: it was judged by another limit at first. */
  isLimitKnown = true
  readonly faults = new Map<CheckName, StreamFault>()
  readonly #terms: StreamSaleTerms
  #edges: HourEdges | null
  readonly #marginNs: number
  readonly #rows: WindowRows
  readonly #buys: StreamBuys
  readonly #watch: SaleWatch
  readonly #orders = new DigestTable()
  /** By number of the order: the buy that was told it first; NONE where it had no request id. */
  readonly #buyOfOrder: number[] = []
  readonly #users = new DigestTable()
  readonly #unitsOfUser: number[] = []
  /** Units of all buys that may have been sold by the moment that is swept. */
  #possibleUnits = 0
  #isReopened = false
  #originNs = Number.POSITIVE_INFINITY
  readonly #done: number[] = []
  /** Rows of first `sold` answers since the last advance. Of two at one moment, the later in line is none. */
  readonly #firstTold: number[] = []
  readonly #counts = { early: 0, negative: 0, unjustified: 0, usersOver: 0, requests: 0 }

  constructor(terms: StreamSaleTerms) {
    const { sale, memory, salt } = terms
    this.sale = sale
    this.#terms = terms
    this.#edges = edgesOf(sale)
    this.#marginNs = sale.clockErrorMs * NS_PER_MS
    this.#rows = new WindowRows(sale.sku)
    this.#buys = new StreamBuys(memory, salt, (buy) => this.#watch.forgetBuy(buy))
    this.#watch = new SaleWatch(sale, this.#rows, {
      isLastWord: (row) => terms.refusalsAreFinal || this.#buys.is(this.#rows.buy[row]!, 'nameless'),
      mayHaveBegunEarlier: (buy) => this.#buys.is(buy, 'mayBeOld'),
      follower: {
        invoked: (row) => this.#invoked(row),
        returned: (row) => this.#returned(row),
        done: (row) => void this.#done.push(row),
      },
    })
  }

  get lateOperations(): number {
    return this.#watch.lateOperations
  }

  /** Operations that wait to be judged, and what else is kept whole. */
  get windowRows(): number {
    return this.#rows.size
  }

  get rememberedBuys(): number {
    return this.#buys.remembered
  }

  get oversoldUnits(): number {
    return this.isMixed ? 0 : Math.max(0, this.soldUnits - this.sale.initialStock)
  }

  /** What rests on the order of events can be relied on. */
  get isOrderKnown(): boolean {
    return this.lateOperations === 0 && this.contraryToTerms === 0 && this.missedOperations === 0 && !this.#isReopened
  }

  /**
   * How it opened is said after it was judged by assumed terms. Where these are others, what rests on them is taken back,
   * and nothing is said of the order of events any more; what was counted stays counted. Returns whether they are.
   */
  reopen(sale: SaleUnderJudgement): boolean {
    const { initialStock, perUserLimit } = this.sale
    this.isLimitKnown = sale.perUserLimit === perUserLimit
    this.#isReopened = !this.isLimitKnown || sale.initialStock !== initialStock || sale.hours !== undefined
    this.sale = this.isLimitKnown ? sale : { ...sale, perUserLimit, perUserLimitKnown: false }
    if (!this.#isReopened) return false
    this.#edges = edgesOf(sale)
    this.faults.delete('no-oversell')
    if (this.oversoldUnits > 0) this.#tellOversoldAtOpening()
    return true
  }

  /** Returns whether it counts units that were not counted before. */
  feed(row: RecordedRow): boolean {
    this.operations++
    if (row.sentAtNs !== null && row.sentAtNs < this.#originNs) this.#originNs = row.sentAtNs
    const buy = row.kind === 'buy' ? this.#buys.of(row) : NO_BUY
    const counts = buy === NO_BUY ? this.#noteRead(row) : this.#noteBuy(row, buy)
    this.#pass(row, buy)
    return counts
  }

  /** See SaleJudge. */
  advance(watermarkNs: number): void {
    this.#watch.advance(watermarkNs)
    for (const row of this.#firstTold) this.#judgeSharedOrder(row)
    this.#firstTold.length = 0
    for (const row of this.#done) this.#release(row)
    this.#done.length = 0
    // At the end there is nothing to make room for.
    if (watermarkNs < Number.POSITIVE_INFINITY) this.#buys.forgetBefore(this.#watch.horizonNs)
    const violation = this.isOrderKnown ? this.#watch.violation() : null
    if (violation !== null && !this.faults.has('linearizable')) {
      const sentence = `NOT LINEARIZABLE so far: ${violation.sentence}`
      this.#fault({ check: 'linearizable', measured: 1, sentence, evidence: violation, restsOnOrder: true })
    }
  }

  #pass(row: RecordedRow, buy: number): void {
    const at = this.#rows.add(row, buy)
    if (buy !== NO_BUY) this.#buys.pend(buy)
    if (!this.#watch.feedRow(at)) this.#release(at)
  }

  #release(row: number): void {
    const buy = this.#rows.buy[row]!
    this.#rows.release(row)
    if (buy !== NO_BUY) this.#buys.release(buy, this.#watch.horizonNs)
  }

  #noteRead({ outcome, ...row }: RecordedRow): false {
    if (outcome.kind !== 'shown') return false
    this.reads++
    if (outcome.stock < this.lowestShown) this.lowestShown = outcome.stock
    if (outcome.stock >= 0) return false
    const operation = this.#operation({ ...row, outcome })
    const story = `${reading(operation)} at ${this.#moment(row.sentAtNs!)} showed ${formatCount(outcome.stock)} left`
    this.#fault({
      check: 'never-negative',
      measured: this.lowestShown,
      sentence: `NEGATIVE STOCK: a stock below zero was shown to ${formatQuantity(++this.#counts.negative, 'reader')} so far`,
      evidence: { sentence: story, operations: [operation] },
      restsOnOrder: false,
    })
    return false
  }

  #noteBuy(row: RecordedRow, buy: number): boolean {
    const buys = this.#buys
    this.buys++
    if (row.sentAtNs! < buys.firstSentNs[buy]!) buys.firstSentNs[buy] = row.sentAtNs!
    if (row.quantity !== buys.units[buy]) this.#noteOtherQuantity(row, buy)
    this.#noteUser(row, buy)
    switch (row.outcome.kind) {
      case 'sold':
        return this.#noteSold(row, buy)
      case 'unknown':
        if (!buys.is(buy, 'unanswered') && !buys.is(buy, 'sold')) this.unknownUnits += buys.units[buy]!
        buys.set(buy, 'unanswered')
        return false
      case 'soldOut':
        this.soldOutAnswers++
        return false
      case 'limitReached':
      case 'refused':
      case 'shown':
      case 'dropped':
        return false
    }
  }

  #noteSold(row: RecordedRow, buy: number): boolean {
    const buys = this.#buys
    this.#noteEarly(row)
    if (buys.is(buy, 'sold')) return false
    buys.set(buy, 'sold')
    const units = buys.units[buy]!
    if (buys.is(buy, 'unanswered')) this.unknownUnits -= units
    this.soldUnits += units
    this.#attribute(row, buy)
    if (this.oversoldUnits > 0) this.#tellOversell(row)
    return true
  }

  #tellOversell(row: RecordedRow): void {
    const { initialStock } = this.sale
    const operation = this.#operation(row)
    const at = this.#moment(row.completedAtNs!)
    const story = `${buyer(operation)} was told "sold" at ${at}: that made ${formatCount(this.soldUnits)} of ${formatQuantity(initialStock, 'unit')}`
    this.#tellOversellBy({ sentence: story, operations: [operation] })
  }

  #tellOversoldAtOpening(): void {
    const opened = formatQuantity(this.sale.initialStock, 'unit')
    const sold = formatQuantity(this.soldUnits, 'unit')
    const sentence = `the sale opened with ${opened}, says a line that came when ${sold} had been sold`
    this.#tellOversellBy({ sentence, operations: [] })
  }

  #tellOversellBy(evidence: Evidence): void {
    this.#fault({
      check: 'no-oversell',
      measured: this.oversoldUnits,
      sentence: `OVERSOLD by ${formatQuantity(this.oversoldUnits, 'unit')} so far, by what buyers were told`,
      evidence,
      restsOnOrder: false,
    })
  }

  #noteEarly(row: RecordedRow): void {
    const edges = this.#edges
    if (edges === null || !(row.completedAtNs! < edges.surelyClosedUntilNs)) return
    const operation = this.#operation(row)
    const before = formatMs((this.sale.hours!.opensAtNs! - row.completedAtNs!) / NS_PER_MS)
    const at = this.#moment(row.completedAtNs!)
    this.#tellOutsideHours(operation, `${buyer(operation)} was told "sold" at ${at}, ${before} before the sale opened`)
  }

  #tellOutsideHours(operation: Operation, story: string): void {
    const answers = formatQuantity(++this.#counts.early, 'answer')
    this.#fault({
      check: 'nothing-early',
      measured: this.#counts.early,
      sentence: `SOLD OUTSIDE THE OPENING HOURS: ${answers} so far`,
      evidence: { sentence: story, operations: [operation] },
      restsOnOrder: false,
    })
  }

  /** Attempts of one buy that ask for different quantities: it is of the least that was asked for, and of nothing certain. */
  #noteOtherQuantity({ quantity }: RecordedRow, buy: number): void {
    this.contraryToTerms++
    const buys = this.#buys
    const less = buys.units[buy]! - quantity
    if (less <= 0) return
    buys.units[buy] = quantity
    if (!buys.is(buy, 'sold')) {
      if (buys.is(buy, 'unanswered')) this.unknownUnits -= less
      return
    }
    this.soldUnits -= less
    if (buys.user[buy] !== NONE) this.#addUnits(buys.user[buy]!, -less)
  }

  #noteUser({ userId, ...row }: RecordedRow, buy: number): void {
    const buys = this.#buys
    if (userId === null || this.sale.perUserLimit === null || buys.is(buy, 'severalUsers')) return
    const hash = hashOf(userId) || 1
    if (buys.userHash[buy] === hash) return
    if (buys.userHash[buy] === 0) {
      buys.userHash[buy] = hash
      if (!buys.is(buy, 'sold')) return
      this.unattributed--
      this.#attribute({ ...row, userId }, buy)
      return
    }
    buys.set(buy, 'severalUsers')
    if (buys.user[buy] === NONE) return
    this.#addUnits(buys.user[buy]!, -buys.units[buy]!)
    buys.user[buy] = NONE
    this.attributed--
    this.unattributed++
  }

  /** A sold buy is of the user who sent it, if all its attempts were sent by one. */
  #attribute(row: RecordedRow, buy: number): void {
    const limit = this.sale.perUserLimit
    if (limit === null) return
    const buys = this.#buys
    const { userId } = row
    if (userId === null || buys.is(buy, 'severalUsers') || buys.is(buy, 'mayBeOld')) {
      this.unattributed++
      return
    }
    this.attributed++
    const user = this.#users.add(this.#terms.memory.digester.take(userId, this.#terms.salt))
    buys.user[buy] = user
    this.#addUnits(user, buys.units[buy]!)
    const units = this.#unitsOfUser[user]!
    if (units <= limit) return
    const operation = this.#operation(row)
    const story = `user ${userId} has ${formatQuantity(units, 'unit')}, the limit is ${formatCount(limit)}`
    this.#fault({
      check: 'per-user-limit',
      measured: this.#counts.usersOver,
      sentence: `LIMIT EXCEEDED: ${formatQuantity(this.#counts.usersOver, 'user')} so far`,
      evidence: { sentence: story, operations: [operation] },
      restsOnOrder: false,
    })
  }

  #addUnits(user: number, units: number): void {
    const limit = this.sale.perUserLimit!
    const before = this.#unitsOfUser[user] ?? 0
    const after = before + units
    this.#unitsOfUser[user] = after
    if (before <= limit && after > limit) this.#counts.usersOver++
    if (before > limit && after <= limit) this.#counts.usersOver--
  }

  get usersOver(): number {
    return this.#counts.usersOver
  }

  #invoked(row: number): void {
    if (this.#rows.kind[row] !== BUY) return
    const buys = this.#buys
    const buy = this.#rows.buy[row]!
    const outcome = this.#rows.outcome[row]!
    const isRefused = outcome === SOLD_OUT || outcome === LIMIT_REACHED || outcome === REFUSED
    if (isRefused) buys.set(buy, 'refused')
    else if (this.#terms.refusalsAreFinal && buys.is(buy, 'refused') && !buys.is(buy, 'entered')) this.contraryToTerms++
    if (buys.is(buy, 'entered')) return
    if (isRefused && (this.#terms.refusalsAreFinal || buys.is(buy, 'nameless'))) return
    buys.set(buy, 'entered')
    this.#possibleUnits += buys.units[buy]!
  }

  #returned(row: number): void {
    if (this.#rows.kind[row] !== BUY || !this.isOrderKnown) return
    const outcome = this.#rows.outcome[row]!
    if (outcome === SOLD) this.#soldReturned(row)
    else if (outcome === SOLD_OUT || outcome === LIMIT_REACHED) {
      if (outcome === SOLD_OUT) this.#judgeSoldOut(row)
      this.#judgeTakenBack(row)
    }
  }

  #judgeSoldOut(row: number): void {
    const { initialStock } = this.sale
    const possible = this.#possibleUnits
    if (possible + this.#rows.quantity[row]! > initialStock) return
    const operation = this.#rows.operation(row)
    const at = this.#moment(operation.completedAtNs!)
    const story = `${buyer(operation)} was told "sold out" at ${at}, when at most ${formatCount(possible)} of ${formatQuantity(initialStock, 'unit')} can have been sold`
    const answers = formatQuantity(++this.#counts.unjustified, 'answer')
    this.#fault({
      check: 'justified-refusals',
      measured: this.#counts.unjustified,
      sentence: `REFUSED WRONGLY: ${answers} "sold out" while stock must have been left, so far`,
      evidence: { sentence: story, operations: [operation] },
      restsOnOrder: true,
    })
  }

  #soldReturned(row: number): void {
    const buys = this.#buys
    const buy = this.#rows.buy[row]!
    const { outcome, completedAtNs, seq } = this.#rows.recorded(row)
    const orderId = outcome.kind === 'sold' ? outcome.orderId : null
    const order = orderId === null ? NONE : this.#numberOfOrder(orderId)
    const firstNs = buys.firstSoldNs[buy]!
    if (Number.isNaN(firstNs) || (completedAtNs === firstNs && seq < buys.firstSoldSeq[buy]!)) {
      buys.firstSoldNs[buy] = completedAtNs!
      buys.firstSoldSeq[buy] = seq
      buys.order[buy] = order
      if (Number.isNaN(firstNs)) this.#judgeLateSale(row, buy)
      if (order !== NONE) this.#firstTold.push(row)
    } else if (completedAtNs! > firstNs && order !== NONE && buys.order[buy] !== NONE && buys.order[buy] !== order) {
      const operation = this.#rows.operation(row)
      this.#tellTwice(operation, `${buyer(operation)} was told order ${orderId!}, and another one before`)
    }
  }

  #numberOfOrder(orderId: string): number {
    return this.#orders.add(this.#terms.memory.digester.take(orderId, this.#terms.salt))
  }

  /** What was first sent after the closing was decided after it. */
  #judgeLateSale(row: number, buy: number): void {
    const edges = this.#edges
    if (edges === null || this.#buys.is(buy, 'mayBeOld')) return
    const sentAtNs = this.#buys.firstSentNs[buy]!
    if (!(sentAtNs > edges.surelyClosedFromNs)) return
    const operation = this.#rows.operation(row)
    const after = formatMs((sentAtNs - this.sale.hours!.closesAtNs!) / NS_PER_MS)
    const story = `${buyer(operation)} came at ${this.#moment(sentAtNs)}, ${after} after the sale closed, and was sold to`
    this.#tellOutsideHours(operation, story)
  }

  /** One order that two requests were told. Of an answer to a request that nobody recorded, it may be the same one. */
  #judgeSharedOrder(row: number): void {
    const buys = this.#buys
    const buy = this.#rows.buy[row]!
    const { requestId, outcome, seq } = this.#rows.recorded(row)
    if (requestId === null || outcome.kind !== 'sold' || seq !== buys.firstSoldSeq[buy]) return
    const order = buys.order[buy]!
    const other = this.#buyOfOrder[order]
    if (other === undefined) this.#buyOfOrder[order] = buy
    else if (other !== buy && buys.order[other] === order) {
      const operation = this.#rows.operation(row)
      this.#tellTwice(
        operation,
        `${buyer(operation)} was told order ${outcome.orderId!}, which another request had been told`,
      )
    }
  }

  #judgeTakenBack(row: number): void {
    const buy = this.#rows.buy[row]!
    const soldNs = this.#buys.firstSoldNs[buy]!
    // False where nothing was sold.
    if (!(this.#rows.sentAtNs[row]! - this.#marginNs > soldNs + this.#marginNs)) return
    const operation = this.#rows.operation(row)
    const answer = operation.outcome.kind === 'soldOut' ? 'sold out' : 'limit reached'
    const story = `${buyer(operation)} was told "sold" at ${this.#moment(soldNs)}, and "${answer}" to the same request sent at ${this.#moment(operation.sentAtNs!)}`
    this.#tellTwice(operation, story)
  }

  #tellTwice(operation: Operation, story: string): void {
    const answers = formatQuantity(++this.#counts.requests, 'answer')
    this.#fault({
      check: 'exactly-once',
      measured: this.#counts.requests,
      sentence: `NOT EXACTLY ONCE: ${answers} contrary to an earlier one so far`,
      evidence: { sentence: story, operations: [operation] },
      restsOnOrder: false,
    })
  }

  /** The evidence that was first found stays. */
  #fault(fault: StreamFault): void {
    const first = this.faults.get(fault.check)
    this.faults.set(fault.check, first === undefined ? fault : { ...fault, evidence: first.evidence })
  }

  #operation(row: RecordedRow): Operation {
    return { ...row, stepIndex: 0, sku: this.sale.sku }
  }

  #moment(atNs: number): string {
    const sinceNs = atNs - this.#originNs
    return `${sinceNs < 0 ? '-' : '+'}${(Math.abs(sinceNs) / (1_000 * NS_PER_MS)).toFixed(3)}s`
  }
}
