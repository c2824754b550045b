/**
 * Bytes of one direction of a Redis connection, in any pieces, as commands or replies. It knows where one ends, and
 * nothing of what it means. Pure.
 */
import { FrameFault, MAX_FRAME_BYTES } from './frame-fault.ts'
import { MAX_LINE_BYTES, type Reading, readValue, type RespValue } from './resp-values.ts'

export interface RespReply {
  readonly bytes: Buffer
  readonly value: RespValue
}

export interface RespCommand {
  readonly bytes: Buffer
  /** Name and arguments. Empty: an empty line, to which there is no reply. */
  readonly words: readonly Buffer[]
}

/** What a server sends to a Redis. */
export function commandFrames(): RespFrames<RespCommand, readonly Buffer[]> {
  return new RespFrames(readWords, (bytes, words) => ({ bytes, words }))
}

/** What a Redis sends. */
export function replyFrames(): RespFrames<RespReply, RespValue> {
  return new RespFrames(readValue, (bytes, value) => ({ bytes, value }))
}

export class RespFrames<Frame, Value> {
  readonly #read: (bytes: Buffer, at: number) => Reading<Value>
  readonly #made: (bytes: Buffer, value: Value) => Frame
  #rest: Buffer = Buffer.alloc(0)

  constructor(read: (bytes: Buffer, at: number) => Reading<Value>, made: (bytes: Buffer, value: Value) => Frame) {
    this.#read = read
    this.#made = made
  }

  push(chunk: Buffer): void {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
  }

  /** null: not all of it is here. After a fault nothing more can be known. */
  next(): Frame | FrameFault | null {
    if (this.#rest.length === 0) return null
    const read = this.#read(this.#rest, 0)
    if (read instanceof FrameFault) return read
    if ((read?.end ?? this.#rest.length) > MAX_FRAME_BYTES) return new FrameFault(`more than ${MAX_FRAME_BYTES} bytes`)
    if (read === null) return null
    const bytes = this.#rest.subarray(0, read.end)
    this.#rest = this.#rest.subarray(read.end)
    return this.#made(bytes, read.value)
  }

  /** All that has come and was not given out; nothing is left. */
  takeRest(): Buffer {
    const rest = this.#rest
    this.#rest = Buffer.alloc(0)
    return rest
  }
}

function readWords(bytes: Buffer, at: number): Reading<readonly Buffer[]> {
  if (bytes[at] !== ARRAY) return readInline(bytes, at)
  const read = readValue(bytes, at)
  if (read === null || read instanceof FrameFault) return read
  const { value, end } = read
  if (value.kind === 'null') return { value: [], end }
  const words = value.kind === 'list' ? value.items.map((item) => (item.kind === 'bulk' ? item.bytes : null)) : [null]
  if (!words.every((word) => word !== null)) return new FrameFault('a command has a part that is no text')
  return { value: words, end }
}

/** As people type it. Quotes mean nothing here: only the name is looked at. */
function readInline(bytes: Buffer, at: number): Reading<readonly Buffer[]> {
  const end = bytes.indexOf('\n', at)
  if ((end < 0 ? bytes.length : end) - at > MAX_LINE_BYTES) {
    return new FrameFault(`a line has more than ${MAX_LINE_BYTES} bytes`)
  }
  if (end < 0) return null
  const words = bytes
    .toString('utf8', at, end)
    .split(/\s+/)
    .filter((word) => word !== '')
  return { value: words.map((word) => Buffer.from(word)), end: end + 1 }
}

const ARRAY = '*'.charCodeAt(0)
