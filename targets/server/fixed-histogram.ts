/** A histogram whose buckets are known beforehand: an observation is a short walk and two additions. */

export class FixedHistogram {
  readonly #bounds: readonly number[]
  /** One more than bounds: what is beyond the last. */
  readonly #counts: number[]
  #sum = 0

  /** Upper bounds, rising; each belongs to its bucket. */
  constructor(bounds: readonly number[]) {
    this.#bounds = bounds
    this.#counts = Array.from({ length: bounds.length + 1 }, () => 0)
  }

  observe(value: number): void {
    let bucket = 0
    while (bucket < this.#bounds.length && value > this.#bounds[bucket]!) bucket++
    this.#counts[bucket]! += 1
    this.#sum += value
  }

  get sum(): number {
    return this.#sum
  }

  /** By upper bound, each with what lies below it as well, as Prometheus has them; the last is `+Inf`. */
  cumulative(): readonly (readonly [bound: number | '+Inf', count: number])[] {
    let count = 0
    return this.#counts.map((inBucket, index) => {
      count += inBucket
      return [this.#bounds[index] ?? '+Inf', count]
    })
  }
}
