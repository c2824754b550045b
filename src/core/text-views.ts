/**
 * What a text says when its escapes are undone: percent-encoding, forms, JSON, HTML, base64, and one inside another. Each byte
 * knows where in the text it came from. For whoever looks for something that may be written in many ways. Pure.
 */

/** UTF-8, a character for each byte; byte n stands for the characters of the text from `from[n]` up to `to[n]`. */
export interface TextView {
  readonly bytes: string
  readonly from: ArrayLike<number>
  readonly to: ArrayLike<number>
}

/** As it is. */
export function plainView(text: string): TextView {
  const writer = new ViewWriter()
  let at = 0
  for (const character of text) {
    const end = at + character.length
    writer.write(Buffer.from(character).toString('latin1'), at, end)
    at = end
  }
  return writer.view
}

/** All views in which anything was undone, up to two layers of it. */
export function undressed(whole: TextView): TextView[] {
  const outer = ESCAPES.flatMap((undo) => undo(whole) ?? [])
  const inner = outer.flatMap((view) => ESCAPES.flatMap((undo) => undo(view) ?? []))
  const texts = [whole, ...outer, ...inner]
  return [...outer, ...inner, ...texts.flatMap(decodedBase64)]
}

class ViewWriter {
  readonly #parts: string[] = []
  readonly #from: number[] = []
  readonly #to: number[] = []

  write(bytes: string, from: number, to: number): void {
    this.#parts.push(bytes)
    for (let n = 0; n < bytes.length; n++) {
      this.#from.push(from)
      this.#to.push(to)
    }
  }

  /** Bytes of another view, as they are. */
  copy(view: TextView, start: number, end: number): void {
    this.#parts.push(view.bytes.slice(start, end))
    for (let at = start; at < end; at++) {
      this.#from.push(view.from[at]!)
      this.#to.push(view.to[at]!)
    }
  }

  get view(): TextView {
    return { bytes: this.#parts.join(''), from: this.#from, to: this.#to }
  }
}

/** null: nothing to undo. */
type Undo = (view: TextView) => TextView | null

/** `meant`: the bytes that an escape stands for; null: it is none. */
function undoing(escape: RegExp, meant: (written: string) => string | null): Undo {
  return (view) => {
    const writer = new ViewWriter()
    let end = 0
    for (const { 0: written, index } of view.bytes.matchAll(escape)) {
      const bytes = meant(written)
      if (bytes === null) continue
      writer.copy(view, end, index)
      end = index + written.length
      writer.write(bytes, view.from[index]!, view.to[end - 1]!)
    }
    if (end === 0) return null
    writer.copy(view, end, view.bytes.length)
    return writer.view
  }
}

function byteOf(written: string): string {
  return String.fromCharCode(Number.parseInt(written.slice(1), 16))
}

function utf8(text: string): string {
  return Buffer.from(text).toString('latin1')
}

const JSON_LETTERS: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

function jsonMeaning(written: string): string {
  if (!written.startsWith(String.raw`\u`)) return JSON_LETTERS[written.charAt(1)] ?? written.charAt(1)
  const units = written.split(String.raw`\u`).slice(1)
  return utf8(String.fromCharCode(...units.map((unit) => Number.parseInt(unit, 16))))
}

function entityMeaning(written: string): string | null {
  const name = written.slice(1, -1)
  if (!name.startsWith('#')) return ENTITIES[name.toLowerCase()] ?? null
  const point = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number.parseInt(name.slice(1), 10)
  return point <= 0x10_ff_ff ? utf8(String.fromCodePoint(point)) : null
}

const ESCAPES: readonly Undo[] = [
  undoing(/%[\da-f]{2}/gi, byteOf),
  // A form.
  undoing(/%[\da-f]{2}|\+/gi, (written) => (written === '+' ? ' ' : byteOf(written))),
  undoing(/\\ud[89ab][\da-f]{2}\\ud[c-f][\da-f]{2}|\\u[\da-f]{4}|\\["\\/bfnrt]/gi, jsonMeaning),
  undoing(/&(?:#\d{1,8}|#x[\da-f]{1,7}|[a-z]{2,4});/gi, entityMeaning),
]

const BASE64_RUN = /[\w+/-]{4,}/g
const CHARACTERS_OF_A_GROUP = 4
const BITS_OF_A_CHARACTER = 6

/** All that may be base64, of either alphabet, from each character of its first group on. */
function decodedBase64(view: TextView): TextView[] {
  return [0, 1, 2, 3].map((shift) => {
    const writer = new ViewWriter()
    for (const { 0: run, index } of view.bytes.matchAll(BASE64_RUN)) {
      if (run.length < CHARACTERS_OF_A_GROUP + shift) continue
      const bytes = Buffer.from(run.slice(shift), 'base64')
      for (const [n, byte] of bytes.entries()) {
        const first = index + shift + Math.floor((n * 8) / BITS_OF_A_CHARACTER)
        const last = index + shift + Math.floor((n * 8 + 7) / BITS_OF_A_CHARACTER)
        writer.write(String.fromCharCode(byte), view.from[first]!, view.to[last]!)
      }
      writer.write('\0', view.from[index]!, view.from[index]!)
    }
    return writer.view
  })
}
