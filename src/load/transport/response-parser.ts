/**
 * Finds one HTTP/1.x response in the bytes of one connection, however they are cut, without copying when it comes whole.
 * Interim (1xx) answers are skipped. What isn't understood is said to be so, never guessed at: the connection is then
 * of no use any more. It must not interpret the body.
 */
import { CHUNKS_NOT_UNDERSTOOD, ChunkedBody } from './chunked-body.ts'
import { HEAD_INCOMPLETE, HEAD_NOT_UNDERSTOOD, parseHead, ResponseHead } from './response-head.ts'

export const MAX_BODY_BYTES = 1024 * 1024

/** `complete`: {@link ResponseParser.status} and the body are there until the next call. */
export type ParseResult = 'incomplete' | 'complete' | 'not-understood'

const EMPTY: Buffer = Buffer.alloc(0)

type Place = 'head' | 'length' | 'chunks' | 'until-close'

export class ResponseParser {
  readonly #head = new ResponseHead()
  #place: Place = 'head'
  /** Bytes that came before and are still needed; null while there are none. */
  #held: Buffer | null = null
  #heldLength = 0
  /** How much of the present bytes is dealt with. */
  #at = 0
  #chunks: ChunkedBody | null = null

  /** Where the body stands when complete. */
  body: Buffer = EMPTY
  bodyStart = 0
  bodyEnd = 0
  /** Bytes came behind the end of the response: the connection must not be used again. */
  surplus = false

  get status(): number {
    return this.#head.status
  }

  /** Whether the server keeps the connection open after this response. */
  get keepAlive(): boolean {
    return this.#head.keepAlive && this.#place !== 'until-close' && !this.surplus
  }

  /** Seconds for which the server keeps an idle connection, -1 if it didn't say. */
  get keepAliveTimeoutSeconds(): number {
    return this.#head.keepAliveTimeoutSeconds
  }

  /** Makes ready for the next response on the same connection. */
  reset(): void {
    this.#place = 'head'
    this.#held = null
    this.#heldLength = 0
    this.#at = 0
    this.surplus = false
    this.body = EMPTY
  }

  /** True if nothing of a response has come yet. */
  get untouched(): boolean {
    return this.#held === null && this.#place === 'head'
  }

  /** Takes the bytes from `start` to `end`; they may be overwritten after the response was dealt with. */
  push(bytes: Buffer, start: number, end: number): ParseResult {
    if (this.#held === null) {
      this.#at = start
      const result = this.#parse(bytes, end)
      if (result === 'incomplete') this.#hold(bytes, this.#at, end)
      return result
    }
    this.#hold(bytes, start, end)
    const result = this.#parse(this.#held, this.#heldLength)
    if (result === 'incomplete') this.#dropDone()
    return result
  }

  /** The server closed its side. Complete if the end of the connection is the end of the body. */
  end(): ParseResult {
    if (this.#place !== 'until-close') return 'incomplete'
    this.body = this.#held ?? EMPTY
    this.bodyStart = this.#at
    this.bodyEnd = this.#heldLength
    return 'complete'
  }

  #parse(bytes: Buffer, end: number): ParseResult {
    if (this.#place === 'head') {
      const next = this.#takeHeads(bytes, end)
      if (next === HEAD_NOT_UNDERSTOOD) return 'not-understood'
      if (next === HEAD_INCOMPLETE) return 'incomplete'
    }
    switch (this.#place) {
      case 'length':
        return this.#takeLength(bytes, end)
      case 'chunks':
        return this.#takeChunks(bytes, end)
      case 'until-close':
      case 'head':
        return end - this.#at > MAX_BODY_BYTES ? 'not-understood' : 'incomplete'
    }
  }

  /** The head of the response, past interim ones. */
  #takeHeads(bytes: Buffer, end: number): number {
    let next = parseHead(bytes, this.#at, end, this.#head)
    while (next >= 0 && this.#head.status < 200) {
      // 101 leaves HTTP, which nobody asked for.
      if (this.#head.status === 101) return HEAD_NOT_UNDERSTOOD
      this.#at = next
      next = parseHead(bytes, next, end, this.#head)
    }
    if (next < 0) return next
    this.#at = next
    this.#place = this.#framing()
    return next
  }

  #framing(): Place {
    const { status, chunked, contentLength } = this.#head
    if (status === 204 || status === 304) {
      this.#head.contentLength = 0
      return 'length'
    }
    if (chunked) {
      this.#chunks ??= new ChunkedBody(MAX_BODY_BYTES)
      this.#chunks.reset()
      return 'chunks'
    }
    return contentLength >= 0 ? 'length' : 'until-close'
  }

  #takeLength(bytes: Buffer, end: number): ParseResult {
    const { contentLength } = this.#head
    if (contentLength > MAX_BODY_BYTES) return 'not-understood'
    if (end - this.#at < contentLength) return 'incomplete'
    this.body = bytes
    this.bodyStart = this.#at
    this.bodyEnd = this.#at + contentLength
    this.surplus = end > this.bodyEnd
    return 'complete'
  }

  #takeChunks(bytes: Buffer, end: number): ParseResult {
    const chunks = this.#chunks!
    const next = chunks.take(bytes, this.#at, end)
    this.#at = chunks.consumedTo
    if (next < 0) return next === CHUNKS_NOT_UNDERSTOOD ? 'not-understood' : 'incomplete'
    this.body = chunks.bytes
    this.bodyStart = 0
    this.bodyEnd = chunks.length
    this.surplus = end > next
    return 'complete'
  }

  /** Keeps a copy of bytes that are still needed. */
  #hold(bytes: Buffer, start: number, end: number): void {
    const needed = this.#heldLength + end - start
    if (this.#held === null || needed > this.#held.length) {
      const larger = Buffer.allocUnsafe(Math.max(512, needed * 2))
      this.#held?.copy(larger, 0, 0, this.#heldLength)
      this.#held = larger
      if (this.#heldLength === 0) this.#at = 0
    }
    bytes.copy(this.#held, this.#heldLength, start, end)
    this.#heldLength = needed
  }

  /** Forgets held bytes that were dealt with, so that a long trickle of chunks needs no more room than one. */
  #dropDone(): void {
    if (this.#at === 0) return
    this.#held!.copy(this.#held!, 0, this.#at, this.#heldLength)
    this.#heldLength -= this.#at
    this.#at = 0
  }
}
