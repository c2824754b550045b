/**
 * Takes the chunks of a chunked body apart (RFC 9112, 7.1), strictly, over as many pieces as they come in.
 * The bytes of the body are gathered in a buffer of its own. It must not know what the body means.
 */
const CHUNKS_INCOMPLETE = -1
export const CHUNKS_NOT_UNDERSTOOD = -2

const MAX_LINE_BYTES = 4096
const CR = 13
const LF = 10
const EXTENSIONS = /^(?:;[!#$%&'*+\-.^_`|~0-9A-Za-z]+(?:=[!#$%&'*+\-.^_`|~0-9A-Za-z]+)?)+$/
const TRAILER = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[\t\x20-\x7e\x80-\xff]*$/

type Place = 'size' | 'data' | 'trailers'

export class ChunkedBody {
  readonly #maxBytes: number
  #bytes = Buffer.allocUnsafe(1024)
  #length = 0
  #place: Place = 'size'
  #left = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  get bytes(): Buffer {
    return this.#bytes
  }

  get length(): number {
    return this.#length
  }

  reset(): void {
    this.#length = 0
    this.#place = 'size'
    this.#left = 0
  }

  /** How far the last call of {@link take} came: what is behind must be given again, with more. */
  consumedTo = 0

  /** Index just behind the last chunk and its trailers, or one of the two constants. */
  take(bytes: Buffer, start: number, end: number): number {
    let at = start
    this.consumedTo = start
    while (at >= 0) {
      this.consumedTo = at
      switch (this.#place) {
        case 'size':
          at = this.#takeSize(bytes, at, end)
          break
        case 'data':
          at = this.#takeData(bytes, at, end)
          break
        case 'trailers': {
          const lineEnd = endOfLine(bytes, at, end)
          if (lineEnd === at) return at + 2
          at = lineEnd < 0 ? lineEnd : takeTrailer(bytes, at, lineEnd)
          break
        }
      }
    }
    return at
  }

  #takeSize(bytes: Buffer, start: number, end: number): number {
    const lineEnd = endOfLine(bytes, start, end)
    if (lineEnd < 0) return lineEnd
    let size = 0
    let at = start
    for (; at < lineEnd && hexDigit(bytes[at]!) >= 0; at++) size = size * 16 + hexDigit(bytes[at]!)
    if (at === start || at - start > 8 || !isExtension(bytes, at, lineEnd)) return CHUNKS_NOT_UNDERSTOOD
    if (this.#length + size > this.#maxBytes) return CHUNKS_NOT_UNDERSTOOD
    this.#left = size
    this.#place = size === 0 ? 'trailers' : 'data'
    return lineEnd + 2
  }

  /** Takes what is there of a chunk; its CR LF goes with its last byte. */
  #takeData(bytes: Buffer, start: number, end: number): number {
    const taken = Math.min(this.#left, end - start)
    this.#append(bytes, start, start + taken)
    this.#left -= taken
    const at = start + taken
    this.consumedTo = at
    if (this.#left > 0 || at + 1 >= end) {
      return at < end && bytes[at] !== CR ? CHUNKS_NOT_UNDERSTOOD : CHUNKS_INCOMPLETE
    }
    if (bytes[at] !== CR || bytes[at + 1] !== LF) return CHUNKS_NOT_UNDERSTOOD
    this.#place = 'size'
    return at + 2
  }

  #append(bytes: Buffer, start: number, end: number): void {
    const needed = this.#length + end - start
    if (needed > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2))
      this.#bytes.copy(larger, 0, 0, this.#length)
      this.#bytes = larger
    }
    bytes.copy(this.#bytes, this.#length, start, end)
    this.#length = needed
  }
}

/** Index of the CR LF that ends the line which begins at `start`. */
function endOfLine(bytes: Buffer, start: number, end: number): number {
  const limit = Math.min(end, start + MAX_LINE_BYTES)
  for (let at = start; at < limit; at++) {
    const byte = bytes[at]!
    if (byte === LF) return CHUNKS_NOT_UNDERSTOOD
    if (byte !== CR) continue
    if (at + 1 >= end) return CHUNKS_INCOMPLETE
    return bytes[at + 1] === LF ? at : CHUNKS_NOT_UNDERSTOOD
  }
  return limit < end ? CHUNKS_NOT_UNDERSTOOD : CHUNKS_INCOMPLETE
}

function hexDigit(byte: number): number {
  if (byte >= 48 && byte <= 57) return byte - 48
  const lower = byte | 0x20
  return lower >= 97 && lower <= 102 ? lower - 87 : -1
}

/** Nothing, or `;name` and `;name=token` any number of times. Nobody sends quoted values: they are refused. */
function isExtension(bytes: Buffer, start: number, end: number): boolean {
  return start === end || EXTENSIONS.test(bytes.toString('latin1', start, end))
}

/** A trailer must be a field; one that would change the framing is refused. */
function takeTrailer(bytes: Buffer, start: number, lineEnd: number): number {
  const field = TRAILER.exec(bytes.toString('latin1', start, lineEnd))
  if (!field || /^(?:content-length|transfer-encoding)$/i.test(field[1]!)) return CHUNKS_NOT_UNDERSTOOD
  return lineEnd + 2
}
