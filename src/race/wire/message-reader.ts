/**
 * Reads the body of a Postgres message from its beginning. What a message lacks reads as 0, '' or no bytes: it is the
 * store's to refuse it, and the gate only wants to show it. Pure.
 */
export class MessageReader {
  readonly #body: Buffer
  #at = 0

  constructor(body: Buffer) {
    this.#body = body
  }

  byte(): number {
    return this.#body[this.#at++] ?? 0
  }

  int16(): number {
    const bytes = this.bytes(2)
    return bytes.length < 2 ? 0 : bytes.readInt16BE(0)
  }

  int32(): number {
    const bytes = this.bytes(4)
    return bytes.length < 4 ? 0 : bytes.readInt32BE(0)
  }

  bytes(count: number): Buffer {
    const bytes = this.#body.subarray(this.#at, this.#at + Math.max(0, count))
    this.#at += bytes.length
    return bytes
  }

  /** Up to its closing zero. */
  string(): string {
    const end = this.#body.indexOf(0, this.#at)
    if (end < 0) return ''
    const text = this.#body.toString('utf8', this.#at, end)
    this.#at = end + 1
    return text
  }

  /** As many as the number before them says. */
  int16s(): number[] {
    return Array.from({ length: this.#count() }, () => this.int16())
  }

  int32s(): number[] {
    return Array.from({ length: this.#count() }, () => this.int32())
  }

  /** Values of a row or a binding, each behind its length; null for NULL. */
  values(): (Buffer | null)[] {
    return Array.from({ length: this.#count() }, () => {
      const length = this.int32()
      return length < 0 ? null : this.bytes(length)
    })
  }

  #count(): number {
    return this.int16() & 0xffff
  }
}
