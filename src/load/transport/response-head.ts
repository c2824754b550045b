/**
 * The head of an HTTP/1.x response: status line and header fields, in one pass over the bytes.
 * Strict on purpose (RFC 9112): a head that two readers could take differently is refused rather than guessed at, since
 * the oracle builds on what was read here. So no bare LF, no folded fields, no repeated or mixed framing.
 * It must not look at the body.
 */

/** The head isn't complete yet. */
export const HEAD_INCOMPLETE = -1
/** These bytes are not a head that is understood. */
export const HEAD_NOT_UNDERSTOOD = -2

export const MAX_HEAD_BYTES = 16 * 1024

/** Written over by each parse; one per connection, so that a response allocates nothing. */
export class ResponseHead {
  status = 0
  minorVersion = 1
  /** -1: no content-length field. */
  contentLength = -1
  chunked = false
  keepAlive = true
  /** The server's hint for how long it keeps an idle connection, s; -1: none was given. */
  keepAliveTimeoutSeconds = -1
}

const CR = 13
const LF = 10
const SPACE = 32
const TAB = 9
const COLON = 58

const TOKEN = 1
const VALUE = 2
/** What each byte may be: part of a token (RFC 9110, 5.6.2), part of a field value (5.5). */
const BYTE_CLASS = ((): Uint8Array => {
  const table = new Uint8Array(256)
  for (let byte = 0; byte < 256; byte++) {
    if (byte === TAB || (byte >= SPACE && byte !== 127)) table[byte]! |= VALUE
  }
  for (const character of "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") {
    table[character.charCodeAt(0)]! |= TOKEN
  }
  return table
})()

function isDigit(byte: number): boolean {
  return byte >= 48 && byte <= 57
}

const CONTENT_LENGTH = Buffer.from('content-length')
const TRANSFER_ENCODING = Buffer.from('transfer-encoding')
const CONNECTION = Buffer.from('connection')
const KEEP_ALIVE = Buffer.from('keep-alive')
const CHUNKED = Buffer.from('chunked')
const TIMEOUT = Buffer.from('timeout=')

/** Case-insensitive; `lower` holds nothing that setting the bit of lower case would change. */
function equalsIgnoringCase(bytes: Uint8Array, start: number, end: number, lower: Uint8Array): boolean {
  if (end - start !== lower.length) return false
  for (let i = 0; i < lower.length; i++) {
    if ((bytes[start + i]! | 0x20) !== lower[i]) return false
  }
  return true
}

/**
 * Parses the head that begins at `start`, of which the bytes below `end` are there.
 * Returns the index just behind its empty line, {@link HEAD_INCOMPLETE} or {@link HEAD_NOT_UNDERSTOOD}.
 */
export function parseHead(bytes: Uint8Array, start: number, end: number, head: ResponseHead): number {
  const limit = Math.min(end, start + MAX_HEAD_BYTES)
  const tooLong = end > limit ? HEAD_NOT_UNDERSTOOD : HEAD_INCOMPLETE
  let at = parseStatusLine(bytes, start, limit, head)
  while (at >= 0) {
    if (at >= limit || (bytes[at] === CR && at + 1 >= limit)) return tooLong
    if (bytes[at] === CR) return bytes[at + 1] === LF && framingIsClear(head) ? at + 2 : HEAD_NOT_UNDERSTOOD
    at = parseField(bytes, at, limit, head)
  }
  return at === HEAD_INCOMPLETE ? tooLong : at
}

/** `HTTP/1.1 200 OK`: returns the start of the next line. */
function parseStatusLine(bytes: Uint8Array, start: number, limit: number, head: ResponseHead): number {
  const expected = 'HTTP/1.'
  for (let i = 0; i < expected.length; i++) {
    if (start + i >= limit) return HEAD_INCOMPLETE
    if (bytes[start + i] !== expected.charCodeAt(i)) return HEAD_NOT_UNDERSTOOD
  }
  if (start + 14 > limit) return HEAD_INCOMPLETE
  const minor = bytes[start + 7]! - 48
  if ((minor !== 0 && minor !== 1) || bytes[start + 8] !== SPACE) return HEAD_NOT_UNDERSTOOD
  let status = 0
  for (let i = start + 9; i < start + 12; i++) {
    if (!isDigit(bytes[i]!)) return HEAD_NOT_UNDERSTOOD
    status = status * 10 + bytes[i]! - 48
  }
  if (status < 100 || status > 599) return HEAD_NOT_UNDERSTOOD
  const afterStatus = bytes[start + 12]!
  if (afterStatus !== SPACE && afterStatus !== CR) return HEAD_NOT_UNDERSTOOD
  const lineEnd = endOfValue(bytes, start + 12, limit)
  if (lineEnd < 0) return lineEnd
  head.status = status
  head.minorVersion = minor
  head.contentLength = -1
  head.chunked = false
  head.keepAlive = minor === 1
  head.keepAliveTimeoutSeconds = -1
  return lineEnd + 2
}

/** Index of the CR LF that ends the value which begins at `start`. */
function endOfValue(bytes: Uint8Array, start: number, limit: number): number {
  let at = start
  while (at < limit && (BYTE_CLASS[bytes[at]!]! & VALUE) !== 0) at++
  if (at >= limit) return HEAD_INCOMPLETE
  if (bytes[at] !== CR) return HEAD_NOT_UNDERSTOOD
  if (at + 1 >= limit) return HEAD_INCOMPLETE
  return bytes[at + 1] === LF ? at : HEAD_NOT_UNDERSTOOD
}

/** One header field; returns the start of the next line. */
function parseField(bytes: Uint8Array, start: number, limit: number, head: ResponseHead): number {
  let nameEnd = start
  while (nameEnd < limit && (BYTE_CLASS[bytes[nameEnd]!]! & TOKEN) !== 0) nameEnd++
  if (nameEnd >= limit) return HEAD_INCOMPLETE
  if (nameEnd === start || bytes[nameEnd] !== COLON) return HEAD_NOT_UNDERSTOOD
  const lineEnd = endOfValue(bytes, nameEnd + 1, limit)
  if (lineEnd < 0) return lineEnd
  let from = nameEnd + 1
  let to = lineEnd
  while (from < to && isBlank(bytes[from]!)) from++
  while (to > from && isBlank(bytes[to - 1]!)) to--
  return takeField(bytes, start, nameEnd, from, to, head) ? lineEnd + 2 : HEAD_NOT_UNDERSTOOD
}

function isBlank(byte: number): boolean {
  return byte === SPACE || byte === TAB
}

/** Takes what the framing needs of one field; false if it can't be understood. */
function takeField(
  bytes: Uint8Array,
  nameStart: number,
  nameEnd: number,
  from: number,
  to: number,
  head: ResponseHead,
): boolean {
  switch (nameEnd - nameStart) {
    case 10:
      if (equalsIgnoringCase(bytes, nameStart, nameEnd, CONNECTION)) takeConnection(bytes, from, to, head)
      else if (equalsIgnoringCase(bytes, nameStart, nameEnd, KEEP_ALIVE)) takeKeepAlive(bytes, from, to, head)
      return true
    case 14:
      return !equalsIgnoringCase(bytes, nameStart, nameEnd, CONTENT_LENGTH) || takeContentLength(bytes, from, to, head)
    case 17:
      if (!equalsIgnoringCase(bytes, nameStart, nameEnd, TRANSFER_ENCODING)) return true
      if (head.chunked || !equalsIgnoringCase(bytes, from, to, CHUNKED)) return false
      head.chunked = true
      return true
    default:
      return true
  }
}

function takeContentLength(bytes: Uint8Array, from: number, to: number, head: ResponseHead): boolean {
  if (head.contentLength >= 0 || from === to || to - from > 15) return false
  let length = 0
  for (let at = from; at < to; at++) {
    if (!isDigit(bytes[at]!)) return false
    length = length * 10 + bytes[at]! - 48
  }
  head.contentLength = length
  return true
}

/** `close` wins wherever it stands. */
function takeConnection(bytes: Uint8Array, from: number, to: number, head: ResponseHead): void {
  if (equalsIgnoringCase(bytes, from, to, KEEP_ALIVE)) return
  for (const option of Buffer.from(bytes.subarray(from, to)).toString('latin1').split(',')) {
    if (option.trim().toLowerCase() === 'close') head.keepAlive = false
  }
}

/** `timeout=72`, as Node, nginx and Apache begin it. A hint only, so that other forms are passed over. */
function takeKeepAlive(bytes: Uint8Array, from: number, to: number, head: ResponseHead): void {
  const digits = from + TIMEOUT.length
  if (!equalsIgnoringCase(bytes, from, Math.min(to, digits), TIMEOUT)) return
  let seconds = 0
  for (let at = digits; at < to && isDigit(bytes[at]!) && seconds < 1e6; at++) seconds = seconds * 10 + bytes[at]! - 48
  head.keepAliveTimeoutSeconds = seconds
}

/** Two kinds of framing in one head are how responses get smuggled, and HTTP/1.0 knows no chunks. */
function framingIsClear(head: ResponseHead): boolean {
  return !head.chunked || (head.contentLength < 0 && head.minorVersion === 1)
}
