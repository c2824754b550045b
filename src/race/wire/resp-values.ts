/**
 * Values of RESP2 and RESP3, as Redis writes them: where one ends in a row of bytes, and what it is. Pure.
 * https://redis.io/docs/latest/develop/reference/protocol-spec/
 */
import { FrameFault, MAX_FRAME_BYTES } from './frame-fault.ts'

export type RespValue =
  | { readonly kind: 'simple' | 'error' | 'bulk' | 'scalar'; readonly bytes: Buffer }
  | { readonly kind: 'null' }
  /** Of a map keys and values in turns. `push`: nobody asked for it. */
  | { readonly kind: 'list' | 'push'; readonly items: readonly RespValue[] }

interface Read<T> {
  readonly value: T
  /** Behind its last byte. */
  readonly end: number
}

export type Reading<T> = Read<T> | FrameFault | null

/** As Redis bounds an inline command; no line of a reply is longer. */
export const MAX_LINE_BYTES = 64 * 1024
/** Deeper than any script nests its reply on purpose (Redis's own bound of nesting by a script is about as much). */
const MAX_DEPTH = 100
/** Each item of a list has a type, and a line end. */
const MIN_ITEM_BYTES = 3

/** The value that begins at `at`; null: not all of it is here. */
export function readValue(bytes: Buffer, at: number, depth = 0): Reading<RespValue> {
  if (depth > MAX_DEPTH) return new FrameFault(`a value is nested deeper than ${MAX_DEPTH} levels`)
  const line = readLine(bytes, at)
  if (line === null || line instanceof FrameFault) return line
  const { value: head, end } = line
  const type = String.fromCharCode(head[0] ?? 0)
  const rest = head.subarray(1)
  switch (type) {
    case '+':
      return { value: { kind: 'simple', bytes: rest }, end }
    case '-':
      return { value: { kind: 'error', bytes: rest }, end }
    case ':':
    case ',':
    case '(':
    case '#':
      return { value: { kind: 'scalar', bytes: rest }, end }
    case '_':
      return { value: { kind: 'null' }, end }
    case '$':
      return readBulk(bytes, end, rest, (bytes) => ({ kind: 'bulk', bytes }))
    case '=':
      // Three letters say what kind of text it is.
      return readBulk(bytes, end, rest, (bytes) => ({ kind: 'bulk', bytes: bytes.subarray(4) }))
    case '!':
      return readBulk(bytes, end, rest, (bytes) => ({ kind: 'error', bytes }))
    case '*':
    case '~':
      return readItems(bytes, end, rest, { kind: 'list', perItem: 1, depth })
    case '%':
      return readItems(bytes, end, rest, { kind: 'list', perItem: 2, depth })
    case '>':
      return readItems(bytes, end, rest, { kind: 'push', perItem: 1, depth })
    case '|':
      return readBehindAttributes(bytes, end, rest, depth)
    default:
      return new FrameFault(`a value begins with ${JSON.stringify(type)}, which no type of RESP does`)
  }
}

/** Up to CR LF, which are left out. */
function readLine(bytes: Buffer, at: number): Reading<Buffer> {
  const end = bytes.indexOf('\r\n', at)
  const length = (end < 0 ? bytes.length : end) - at
  if (length > MAX_LINE_BYTES) return new FrameFault(`a line has more than ${MAX_LINE_BYTES} bytes`)
  return end < 0 ? null : { value: bytes.subarray(at, end), end: end + 2 }
}

function readBulk(bytes: Buffer, at: number, head: Buffer, made: (bytes: Buffer) => RespValue): Reading<RespValue> {
  const length = lengthIn(head, MAX_FRAME_BYTES)
  if (length instanceof FrameFault) return length
  if (length === NONE) return { value: { kind: 'null' }, end: at }
  const end = at + length
  if (bytes.length < end + 2) return null
  if (bytes[end] !== CR || bytes[end + 1] !== LF) return new FrameFault('a text does not end where it says')
  return { value: made(bytes.subarray(at, end)), end: end + 2 }
}

interface ItemsKind {
  readonly kind: 'list' | 'push'
  readonly perItem: number
  readonly depth: number
}

function readItems(bytes: Buffer, at: number, head: Buffer, { kind, perItem, depth }: ItemsKind): Reading<RespValue> {
  const count = lengthIn(head, MAX_FRAME_BYTES / MIN_ITEM_BYTES)
  if (count instanceof FrameFault) return count
  if (count === NONE) return { value: { kind: 'null' }, end: at }
  const items: RespValue[] = []
  let end = at
  while (items.length < count * perItem) {
    const read = readValue(bytes, end, depth + 1)
    if (read === null || read instanceof FrameFault) return read
    items.push(read.value)
    end = read.end
  }
  return { value: { kind, items }, end }
}

/** Attributes say something of the value behind them, and belong to it. */
function readBehindAttributes(bytes: Buffer, at: number, head: Buffer, depth: number): Reading<RespValue> {
  const attributes = readItems(bytes, at, head, { kind: 'list', perItem: 2, depth })
  if (attributes === null || attributes instanceof FrameFault) return attributes
  return readValue(bytes, attributes.end, depth + 1)
}

/** RESP2's null has this length. */
const NONE = -1
const CR = 13
const LF = 10

function lengthIn(head: Buffer, most: number): number | FrameFault {
  const text = head.toString('latin1')
  const length = /^(?:-1|\d{1,10})$/.test(text) ? Number(text) : Number.NaN
  if (length <= most) return length
  return new FrameFault(
    `a length is ${JSON.stringify(text.slice(0, 20))}; whole numbers up to ${Math.floor(most)} are taken`,
  )
}
