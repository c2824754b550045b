/** A queue in a ring that grows: first in, first out, without moving what waits. */
export class IdleQueue<T> {
  #ring: (T | null)[] = Array.from({ length: 16 }, () => null)
  #first = 0
  #size = 0

  get size(): number {
    return this.#size
  }

  /** The one that {@link shift} would take; null if none waits. */
  get first(): T | null {
    return this.#size === 0 ? null : this.#ring[this.#first]!
  }

  push(item: T): void {
    if (this.#size === this.#ring.length) this.#grow()
    this.#ring[(this.#first + this.#size) & (this.#ring.length - 1)] = item
    this.#size++
  }

  /** The one that waited longest; null if none waits. */
  shift(): T | null {
    if (this.#size === 0) return null
    const item = this.#ring[this.#first]!
    this.#ring[this.#first] = null
    this.#first = (this.#first + 1) & (this.#ring.length - 1)
    this.#size--
    return item
  }

  #grow(): void {
    const items = [...this.#ring.slice(this.#first), ...this.#ring.slice(0, this.#first)]
    // A power of two, so that a mask takes the place of a division.
    this.#ring = [...items, ...Array.from({ length: items.length }, () => null)]
    this.#first = 0
  }
}
