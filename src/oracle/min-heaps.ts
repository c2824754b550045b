/** Binary min-heaps over typed arrays: the sweep pushes and pops millions of times and must not make garbage. */

/** Small, since a stream may be of thousands of sales. */
const FIRST_CAPACITY = 32

/** Row numbers by a key; equal keys come out in an order that only the pushes decide. */
export class RowHeap {
  size = 0
  #keys = new Float64Array(FIRST_CAPACITY)
  #rows = new Uint32Array(FIRST_CAPACITY)

  /** Infinity when empty. */
  get leastKey(): number {
    return this.size === 0 ? Number.POSITIVE_INFINITY : this.#keys[0]!
  }

  push(key: number, row: number): void {
    if (this.size === this.#keys.length) this.#grow()
    const keys = this.#keys
    const rows = this.#rows
    let at = this.size++
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (keys[parent]! <= key) break
      keys[at] = keys[parent]!
      rows[at] = rows[parent]!
      at = parent
    }
    keys[at] = key
    rows[at] = row
  }

  /** Removes the row with the least key. The heap must not be empty. */
  pop(): number {
    const keys = this.#keys
    const rows = this.#rows
    const least = rows[0]!
    const size = --this.size
    const key = keys[size]!
    const row = rows[size]!
    let at = 0
    for (let child = 1; child < size; child = 2 * at + 1) {
      if (child + 1 < size && keys[child + 1]! < keys[child]!) child++
      if (keys[child]! >= key) break
      keys[at] = keys[child]!
      rows[at] = rows[child]!
      at = child
    }
    keys[at] = key
    rows[at] = row
    return least
  }

  #grow(): void {
    const keys = new Float64Array(this.#keys.length * 2)
    const rows = new Uint32Array(this.#rows.length * 2)
    keys.set(this.#keys)
    rows.set(this.#rows)
    this.#keys = keys
    this.#rows = rows
  }
}

/** Bare numbers. */
export class NumberHeap {
  #values: number[] = []

  get size(): number {
    return this.#values.length
  }

  /** Infinity when empty. */
  get least(): number {
    return this.#values[0] ?? Number.POSITIVE_INFINITY
  }

  push(value: number): void {
    this.#values.push(value)
    this.#raise(this.#values.length - 1)
  }

  /** Removes the least. The heap must not be empty. */
  pop(): number {
    const least = this.#values[0]!
    this.#removeAt(0)
    return least
  }

  /** Removes one occurrence of `value`, in time linear in the size; false if there is none. */
  remove(value: number): boolean {
    const at = this.#values.indexOf(value)
    if (at < 0) return false
    this.#removeAt(at)
    return true
  }

  #removeAt(at: number): void {
    const values = this.#values
    const last = values.pop()!
    if (at === values.length) return
    values[at] = last
    this.#raise(at)
    this.#sink(at)
  }

  #raise(from: number): void {
    const values = this.#values
    const value = values[from]!
    let at = from
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (values[parent]! <= value) break
      values[at] = values[parent]!
      at = parent
    }
    values[at] = value
  }

  #sink(from: number): void {
    const values = this.#values
    const size = values.length
    const value = values[from]!
    let at = from
    for (let child = 2 * at + 1; child < size; child = 2 * at + 1) {
      if (child + 1 < size && values[child + 1]! < values[child]!) child++
      if (values[child]! >= value) break
      values[at] = values[child]!
      at = child
    }
    values[at] = value
  }
}
