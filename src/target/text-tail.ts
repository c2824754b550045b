/** The end of what a process writes, in bounded memory. */

const USUAL_BYTES = 16 * 1024

export class TextTail {
  readonly #mostBytes: number
  #parts: Buffer[] = []
  #bytes = 0
  /** Something came before what is kept. */
  hasDropped = false

  constructor(mostBytes = USUAL_BYTES) {
    this.#mostBytes = mostBytes
  }

  add(bytes: Buffer): void {
    this.#parts.push(bytes)
    this.#bytes += bytes.length
    while (this.#bytes > this.#mostBytes) this.#drop(this.#bytes - this.#mostBytes)
  }

  text(): string {
    return Buffer.concat(this.#parts).toString()
  }

  /** The last lines, trimmed. */
  lastLines(count: number): string {
    return this.text().trimEnd().split('\n').slice(-count).join('\n')
  }

  #drop(excess: number): void {
    const [first] = this.#parts as [Buffer]
    this.hasDropped = true
    this.#bytes -= Math.min(excess, first.length)
    if (first.length <= excess) this.#parts.shift()
    else this.#parts[0] = first.subarray(excess)
  }
}
