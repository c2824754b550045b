/**
 * Which words of a call say something, and which only chance gives: ids that are drawn, times, counts that go on from sale to
 * sale. A word that differs between two executions of one order is chance, wherever that call is made again.
 */
import type { Choice, Executed } from '../choice.ts'

export class ChanceWords {
  /** By statement: places of its words, or null: all of them, since not even their number is the same. */
  readonly #places = new Map<string, Set<number> | null>()

  /** Of two executions of one order. */
  compare(one: Executed, other: Executed): void {
    for (const [at, { chosen }] of one.steps.entries()) {
      const again = other.steps[at]?.chosen
      if (again !== undefined && again.event === chosen.event) this.learn(chosen, again)
    }
  }

  /** Of one event behind the same beginning of an order. */
  learn(one: Choice, other: Choice): void {
    if (one.statement !== other.statement || this.saySame(one, other)) return
    const places = this.#places.get(one.statement) ?? new Set()
    const isLikeIt = one.words.length === other.words.length
    for (const [at, word] of one.words.entries()) if (word !== other.words[at]) places.add(at)
    this.#places.set(one.statement, isLikeIt ? places : null)
  }

  /** Whether they are the same call, but for what chance gives. */
  saySame(one: Choice, other: Choice): boolean {
    if (one.statement !== other.statement) return false
    const places = this.#places.get(one.statement)
    if (places === null) return true
    if (one.words.length !== other.words.length) return false
    return one.words.every((word, at) => word === other.words[at] || isDrawn(word, other.words[at]!) || places?.has(at))
  }
}

/** A UUID, a moment, or a number or digest too long for a price or a count: nobody compares those of two sales. */
const DRAWN =
  /^(?:[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|\d{4}-\d\d-\d\d[T ].*|\d{10,}(?:[.-]\d+)?|[0-9a-f]{16,})$/i

function isDrawn(one: string, other: string): boolean {
  return DRAWN.test(one) && DRAWN.test(other)
}
