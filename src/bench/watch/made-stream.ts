/** Lines of a right sale as a busy shop would log them, one after another as they were completed. */
import { createRandom, type Random } from '../../core/random.ts'

const RATE_PER_SEC = 12_800
const MS_A_LINE = 1_000 / RATE_PER_SEC
const LONGEST_MS = 40
const TIMEOUT_MS = 2_000
const READS = 0.1
const UNANSWERED = 0.005
/** Of the buys: the same request once more, ten seconds later. */
const REPLAYS = 0.02
const REPLAY_AFTER_MS = 10_000

export class MadeStream {
  readonly #random: Random
  #stock: number
  #number = 0
  /** Lines that come later than the ones around them, by when: each list is in order of time. */
  readonly #replays: { readonly atMs: number; readonly text: string }[] = []
  #nextReplay = 0

  constructor(seed: number, stock: number) {
    this.#random = createRandom(seed)
    this.#stock = stock
  }

  /** Without a line end. */
  next(): string {
    const number = this.#number++
    const nowMs = Math.round(number * MS_A_LINE * 1_000) / 1_000
    const replay = this.#replays[this.#nextReplay]
    if (replay !== undefined && replay.atMs <= nowMs) {
      this.#nextReplay++
      if (this.#nextReplay === 10_000) {
        this.#replays.splice(0, this.#nextReplay)
        this.#nextReplay = 0
      }
      return `${replay.text},"invokedAt":${nowMs - 1},"completedAt":${nowMs}}`
    }
    const times = `"invokedAt":${(nowMs - this.#random.next() * LONGEST_MS).toFixed(3)},"completedAt":${nowMs}`
    if (this.#random.next() < READS) return `{"op":"read",${times},"outcome":"unknown"}`
    const buyer = `{"op":"buy","requestId":"rmwqq7zix59c8-1-${number}","userId":"u${this.#random.below(1e6)}","quantity":1`
    if (this.#random.next() < UNANSWERED) {
      return `${buyer},"outcome":"unknown","invokedAt":${nowMs - TIMEOUT_MS},"completedAt":null}`
    }
    const outcome = this.#stock > 0 ? `"outcome":"sold","orderId":"o-${this.#stock--}"` : '"outcome":"soldOut"'
    const text = `${buyer},${outcome}`
    if (this.#random.next() < REPLAYS) this.#replays.push({ atMs: nowMs + REPLAY_AFTER_MS, text })
    return `${text},${times}}`
  }
}
