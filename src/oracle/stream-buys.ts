/**
 * The buys of a stream that has no end, by number. What an answer may still come to is kept whole. Of a buy that was sold,
 * some bytes stay for ever, so that a replay ten minutes later is no second sale. Of one that was not, a few bits stay a
 * while after its last answer: whoever may be an old one again is never accused of being new.
 */
import { type DigestFilter, DigestTable, type Digester } from './digest-table.ts'
import { grown } from './grown.ts'
import type { RecordedRow } from './operation-recorder.ts'

const FLAG = {
  /** An attempt was answered `sold`, and its units are counted. */
  sold: 1,
  /** An attempt had no answer that says what happened. */
  unanswered: 2,
  /** An attempt was definitely refused. */
  refused: 4,
  /** An attempt of it may have been forgotten. */
  mayBeOld: 8,
  /** The sweep has met it. */
  entered: 16,
  /** Attempts were sent in different names: nobody knows whose it is. */
  severalUsers: 32,
  /** It has no request id, so that no other line can be of it. */
  nameless: 64,
  /** Its id is known by its digest alone. */
  filed: 128,
} as const

export type BuyFlag = keyof typeof FLAG

export const NONE = 0xffff_ffff

/** So many that were not sold are remembered at most, once nothing is open of them. */
const MOST_REMEMBERED = 200_000
const FIRST_CAPACITY = 32

/** What the sales of a stream share. */
export interface StreamMemory {
  readonly digester: Digester
  /** Ids that were forgotten. */
  readonly forgotten: DigestFilter
  /** How long a buy that was not sold is remembered after its last answer, ns. */
  readonly retentionNs: number
}

export class StreamBuys {
  units = new Uint32Array(FIRST_CAPACITY)
  /** Hash of the user whose it is, 0 where nobody said, and the user's number once one was given. */
  userHash = new Uint32Array(FIRST_CAPACITY)
  user = new Uint32Array(FIRST_CAPACITY)
  /** When the first attempt was sent that is known, ns. */
  firstSentNs = new Float64Array(FIRST_CAPACITY)
  /** When the first `sold` answer came, ns; NaN: none was swept. */
  firstSoldNs = new Float64Array(FIRST_CAPACITY)
  /** Number of the order that this answer named, or NONE; and of its line. */
  order = new Uint32Array(FIRST_CAPACITY)
  firstSoldSeq = new Uint32Array(FIRST_CAPACITY)
  readonly #memory: StreamMemory
  readonly #salt: number
  readonly #forget: (buy: number) => void
  #flags = new Uint8Array(FIRST_CAPACITY)
  /** Rows that the sweep has still to do with. */
  #pending = new Uint32Array(FIRST_CAPACITY)
  #doneAtNs = new Float64Array(FIRST_CAPACITY)
  #count = 0
  readonly #free: number[] = []
  /** Whole ids, of buys that are open or were lately. */
  readonly #recent = new Map<string, number>()
  readonly #nameOf: (string | null)[] = []
  readonly #filed = new DigestTable()
  readonly #filedBuy: number[] = []
  /** Buys with nothing pending, by the time of it. */
  #queue: number[] = []
  #queuedAtNs: number[] = []
  #head = 0

  /** `salt` keeps the ids of one sale apart from those of others. `forget` is told of each number that is free again. */
  constructor(memory: StreamMemory, salt: number, forget: (buy: number) => void) {
    this.#memory = memory
    this.#salt = salt
    this.#forget = forget
  }

  /** Ids that are kept whole. */
  get remembered(): number {
    return this.#recent.size
  }

  is(buy: number, flag: BuyFlag): boolean {
    return (this.#flags[buy]! & FLAG[flag]) !== 0
  }

  set(buy: number, flag: BuyFlag): void {
    this.#flags[buy]! |= FLAG[flag]
  }

  /** The buy that the row is of, a new one if there is none yet. */
  of(row: RecordedRow): number {
    const name = nameOf(row)
    if (name === null) {
      const buy = this.#new(null, row)
      this.set(buy, 'nameless')
      return buy
    }
    const known = this.#recent.get(name)
    if (known !== undefined) return known
    const digest = this.#memory.digester.take(name, this.#salt)
    const filed = this.#filed.numberOf(digest)
    if (filed !== undefined) return this.#filedBuy[filed]!
    const mayBeOld = this.#memory.forgotten.has(digest)
    const buy = this.#new(name, row)
    if (mayBeOld) this.set(buy, 'mayBeOld')
    this.#recent.set(name, buy)
    return buy
  }

  /** The sweep has got a row of it. */
  pend(buy: number): void {
    this.#pending[buy]!++
  }

  /** The sweep needs that row no more. `atNs`: how far it is. */
  release(buy: number, atNs: number): void {
    if (--this.#pending[buy]! > 0) return
    if (this.is(buy, 'nameless')) this.#giveBack(buy)
    else this.rest(buy, atNs)
  }

  /** Nothing is pending of it. */
  rest(buy: number, atNs: number): void {
    if (this.is(buy, 'filed') || this.#pending[buy]! > 0) return
    this.#doneAtNs[buy] = atNs
    this.#queue.push(buy)
    this.#queuedAtNs.push(atNs)
  }

  /** Lets go of what nothing was heard of since a while before `atNs`. */
  forgetBefore(atNs: number): void {
    const untilNs = atNs - this.#memory.retentionNs
    while (this.#head < this.#queue.length) {
      const queuedAtNs = this.#queuedAtNs[this.#head]!
      if (queuedAtNs >= untilNs && this.#queue.length - this.#head <= MOST_REMEMBERED) break
      const buy = this.#queue[this.#head++]!
      if (this.#pending[buy] === 0 && this.#doneAtNs[buy] === queuedAtNs) this.#file(buy)
    }
    if (this.#head > 1_024 && this.#head * 2 > this.#queue.length) {
      this.#queue = this.#queue.slice(this.#head)
      this.#queuedAtNs = this.#queuedAtNs.slice(this.#head)
      this.#head = 0
    }
  }

  #file(buy: number): void {
    const name = this.#nameOf[buy]!
    this.#recent.delete(name)
    this.#nameOf[buy] = null
    const digest = this.#memory.digester.take(name, this.#salt)
    if (this.is(buy, 'sold')) {
      this.#filedBuy[this.#filed.add(digest)] = buy
      this.set(buy, 'filed')
      // It may stand in the queue twice.
      this.#doneAtNs[buy] = Number.NaN
    } else {
      this.#memory.forgotten.add(digest)
      this.#giveBack(buy)
    }
  }

  #giveBack(buy: number): void {
    this.#forget(buy)
    this.#doneAtNs[buy] = Number.NaN
    this.#free.push(buy)
  }

  #new(name: string | null, { quantity }: RecordedRow): number {
    const buy = this.#free.pop() ?? this.#count++
    if (buy === this.units.length) this.#grow()
    this.#nameOf[buy] = name
    this.#flags[buy] = 0
    this.#pending[buy] = 0
    this.#doneAtNs[buy] = Number.NaN
    this.units[buy] = quantity
    this.userHash[buy] = 0
    this.user[buy] = NONE
    this.firstSentNs[buy] = Number.POSITIVE_INFINITY
    this.firstSoldNs[buy] = Number.NaN
    this.order[buy] = NONE
    this.firstSoldSeq[buy] = 0
    return buy
  }

  #grow(): void {
    const capacity = this.units.length * 2
    this.units = grown(this.units, new Uint32Array(capacity))
    this.userHash = grown(this.userHash, new Uint32Array(capacity))
    this.user = grown(this.user, new Uint32Array(capacity))
    this.firstSentNs = grown(this.firstSentNs, new Float64Array(capacity))
    this.firstSoldNs = grown(this.firstSoldNs, new Float64Array(capacity))
    this.order = grown(this.order, new Uint32Array(capacity))
    this.firstSoldSeq = grown(this.firstSoldSeq, new Uint32Array(capacity))
    this.#flags = grown(this.#flags, new Uint8Array(capacity))
    this.#pending = grown(this.#pending, new Uint32Array(capacity))
    this.#doneAtNs = grown(this.#doneAtNs, new Float64Array(capacity))
  }
}

/**
 * What rows of one buy have in common; null where nothing can be. Answers to requests that nobody recorded are of one buy
 * if they name one order to one user: it was sent again.
 */
function nameOf({ requestId, userId, outcome }: RecordedRow): string | null {
  if (requestId !== null) return `r${requestId}`
  if (outcome.kind !== 'sold' || outcome.orderId === null) return null
  return `o${outcome.orderId.length} ${outcome.orderId} ${userId ?? ''}`
}
