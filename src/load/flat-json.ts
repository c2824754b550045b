/**
 * Reads the small flat JSON objects that a sale is answered with, in place: members whose values are plain ASCII
 * strings, integers, true, false or null. It takes an object only if all of it is as JSON wants it; everything else,
 * valid or not, is left to JSON.parse, so that it can be faster without ever meaning something different.
 */

export type FlatValue = string | number | boolean | null

const MAX_MEMBERS = 16
const QUOTE = 34
const BACKSLASH = 92
const COLON = 58
const COMMA = 44
const OPEN_BRACE = 123
const CLOSE_BRACE = 125
const MINUS = 45
const ZERO = 48
/** Above it, not every integer is a double of its own. */
const MAX_DIGITS = 15

type ValueKind = 'string' | 'integer' | 'true' | 'false' | 'null'
const LITERALS = [
  ['true', Buffer.from('true')],
  ['false', Buffer.from('false')],
  ['null', Buffer.from('null')],
] as const

/** One scan at a time; kept by whoever reads many answers, so that a scan allocates nothing. */
export class FlatJson {
  #bytes: Buffer = Buffer.alloc(0)
  #at = 0
  #end = 0
  #count = 0
  readonly #kinds: ValueKind[] = Array.from({ length: MAX_MEMBERS }, () => 'null')
  /** Start and end of each key and value, without quotes. */
  readonly #spans = new Int32Array(MAX_MEMBERS * 4)

  /** False: not an object that this understands; ask JSON.parse. The bytes must stay as they are until the last `get`. */
  scan(bytes: Buffer, start: number, end: number): boolean {
    this.#bytes = bytes
    this.#at = start
    this.#end = end
    this.#count = 0
    return this.#scanObject() && this.#skipBlanks() === -1
  }

  /** The value of `key` (ASCII); undefined if there is none. Of members with one key the last counts, as in JSON.parse. */
  get(key: string): FlatValue | undefined {
    for (let member = this.#count - 1; member >= 0; member--) {
      if (this.#keyEquals(member, key)) return this.#valueOf(member)
    }
    return undefined
  }

  #keyEquals(member: number, key: string): boolean {
    const start = this.#spans[member * 4]!
    if (this.#spans[member * 4 + 1]! - start !== key.length) return false
    for (let i = 0; i < key.length; i++) if (this.#bytes[start + i] !== key.charCodeAt(i)) return false
    return true
  }

  #valueOf(member: number): FlatValue {
    const start = this.#spans[member * 4 + 2]!
    const end = this.#spans[member * 4 + 3]!
    switch (this.#kinds[member]!) {
      case 'string':
        return this.#bytes.toString('latin1', start, end)
      case 'integer':
        return Number(this.#bytes.toString('latin1', start, end))
      case 'true':
        return true
      case 'false':
        return false
      case 'null':
        return null
    }
  }

  #scanObject(): boolean {
    if (this.#skipBlanks() !== OPEN_BRACE) return false
    this.#at++
    if (this.#skipBlanks() === CLOSE_BRACE) {
      this.#at++
      return true
    }
    while (this.#count < MAX_MEMBERS && this.#scanMember()) {
      const next = this.#skipBlanks()
      this.#at++
      if (next === CLOSE_BRACE) return true
      if (next !== COMMA) return false
    }
    return false
  }

  #scanMember(): boolean {
    const slot = this.#count * 4
    if (this.#skipBlanks() !== QUOTE || !this.#scanString(slot)) return false
    if (this.#skipBlanks() !== COLON) return false
    this.#at++
    const kind = this.#scanValue(slot + 2)
    if (kind === null) return false
    this.#kinds[this.#count++] = kind
    return true
  }

  #scanValue(slot: number): ValueKind | null {
    const first = this.#skipBlanks()
    if (first === QUOTE) return this.#scanString(slot) ? 'string' : null
    if (first === MINUS || isDigit(first)) return this.#scanInteger(slot) ? 'integer' : null
    for (const [kind, text] of LITERALS) if (this.#scanLiteral(text)) return kind
    return null
  }

  /** From the opening quote to behind the closing one; no escapes, no control characters, ASCII only. */
  #scanString(slot: number): boolean {
    const start = this.#at + 1
    for (let at = start; at < this.#end; at++) {
      const byte = this.#bytes[at]!
      if (byte === QUOTE) {
        this.#spans[slot] = start
        this.#spans[slot + 1] = at
        this.#at = at + 1
        return true
      }
      if (byte < 32 || byte > 126 || byte === BACKSLASH) return false
    }
    return false
  }

  /** A fraction or an exponent behind it is met as something that is neither comma nor brace, and so refused. */
  #scanInteger(slot: number): boolean {
    const start = this.#at
    let at = this.#bytes[start] === MINUS ? start + 1 : start
    const firstDigit = at
    while (at < this.#end && isDigit(this.#bytes[at]!)) at++
    const digits = at - firstDigit
    if (digits === 0 || digits > MAX_DIGITS || (digits > 1 && this.#bytes[firstDigit] === ZERO)) return false
    this.#spans[slot] = start
    this.#spans[slot + 1] = at
    this.#at = at
    return true
  }

  #scanLiteral(text: Buffer): boolean {
    const end = this.#at + text.length
    if (end > this.#end) return false
    for (let i = 0; i < text.length; i++) if (this.#bytes[this.#at + i] !== text[i]) return false
    this.#at = end
    return true
  }

  /** The next byte that is no white space; -1 at the end. */
  #skipBlanks(): number {
    for (; this.#at < this.#end; this.#at++) {
      const byte = this.#bytes[this.#at]!
      if (byte !== 32 && byte !== 9 && byte !== 10 && byte !== 13) return byte
    }
    return -1
  }
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= 57
}
