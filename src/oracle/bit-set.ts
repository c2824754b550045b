/** One bit a number, from 0. */
export class BitSet {
  #bytes = new Uint8Array(1_024)

  has(number: number): boolean {
    return ((this.#bytes[number >> 3] ?? 0) & (1 << (number & 7))) !== 0
  }

  add(number: number): void {
    if (number >> 3 >= this.#bytes.length) {
      const bytes = new Uint8Array(Math.max(this.#bytes.length * 2, (number >> 3) + 1))
      bytes.set(this.#bytes)
      this.#bytes = bytes
    }
    this.#bytes[number >> 3]! |= 1 << (number & 7)
  }

  remove(number: number): void {
    if (number >> 3 < this.#bytes.length) this.#bytes[number >> 3]! &= ~(1 << (number & 7))
  }
}
