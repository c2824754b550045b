/**
 * The Hodges-Lehmann shift of samples drawn anew, thousands of times: the differences are sorted once, and a draw only says
 * how often each of them counts.
 */
import type { Block } from './rank-test.ts'

interface Difference {
  /** second - first. */
  readonly value: number
  /** Blocks that the two values are of. */
  readonly first: number
  readonly second: number
}

/** From values that are aligned already. */
export class DrawnShift {
  readonly #differences: readonly Difference[]
  readonly #firsts: readonly number[]
  readonly #seconds: readonly number[]

  constructor(first: readonly (readonly number[])[], second: readonly (readonly number[])[]) {
    this.#firsts = first.map((values) => values.length)
    this.#seconds = second.map((values) => values.length)
    this.#differences = first
      .flatMap((values, i) =>
        values.flatMap((a) =>
          second.flatMap((others, j) => others.map((b) => ({ value: b - a, first: i, second: j }))),
        ),
      )
      .sort((x, y) => x.value - y.value)
  }

  static ofBlocks(aligned: readonly Block[]): DrawnShift {
    return new DrawnShift(
      aligned.map(({ first }) => first),
      aligned.map(({ second }) => second),
    )
  }

  /** The median difference where each block of the first sample, and of the second, was drawn so often. */
  medianOf(firstDraws: ArrayLike<number>, secondDraws: ArrayLike<number>): number {
    const half = (drawn(this.#firsts, firstDraws) * drawn(this.#seconds, secondDraws)) / 2
    let counted = 0
    let lower: number | null = null
    for (const { value, first, second } of this.#differences) {
      const times = firstDraws[first]! * secondDraws[second]!
      if (times === 0) continue
      if (lower !== null) return (lower + value) / 2
      counted += times
      if (counted > half) return value
      // As many below as above: the median lies between this one and the next.
      if (counted === half) lower = value
    }
    throw new RangeError('an empty sample has no place')
  }
}

function drawn(sizes: readonly number[], draws: ArrayLike<number>): number {
  return sizes.reduce((sum, size, index) => sum + size * draws[index]!, 0)
}
