/**
 * Answers that buyers never get: the connection is cut in place of the answer, when the strategy has done its work and
 * committed it. So a right strategy can be seen to pass although nobody told its buyers, and each retry is answered.
 * By chance, for each answer by itself: a retry of a buy that was not answered has the same chance as any other.
 */
import type { FastifyReply } from 'fastify'

export class LostReplies {
  /** Cut off so far. */
  count = 0
  readonly #share: number
  readonly #random: () => number

  /** `share` of the order requests, 0..1; `random` is uniform in [0, 1). */
  constructor(share: number, random: () => number = Math.random) {
    this.#share = share
    this.#random = random
  }

  /** Whether this answer is lost; its connection then is cut. */
  takes(reply: FastifyReply): boolean {
    if (this.#share === 0 || this.#random() >= this.#share) return false
    this.count += 1
    reply.hijack()
    reply.raw.destroy()
    return true
  }

  /** For the strategy's counters; nothing where none are to be lost. */
  counters(): Readonly<Record<string, number>> {
    return this.#share === 0 ? {} : { repliesLost: this.count }
  }
}
