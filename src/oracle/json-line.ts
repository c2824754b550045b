/**
 * One line of NDJSON as an object of known members, strictly: what is not understood is refused with the number of its
 * line, never guessed. Made for a million lines: nothing is allocated on the way to a good one.
 */
import { HarnessError } from '../core/errors.ts'

export type JsonObject = Readonly<Record<string, unknown>>

/** Where a value stands, for messages: `history line 17`. */
export interface LinePlace {
  readonly file: 'history' | 'ledger'
  readonly lineNumber: number
}

/** Throws HarnessError HISTORY_INVALID unless the line is one JSON object. */
export function parseObject(text: string, place: LinePlace): JsonObject {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw invalid(place, 'is not JSON; expected one object a line', cause)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalid(place, `expected a JSON object, got ${described(value)}`)
  }
  return value as JsonObject
}

/** Some editors put a byte order mark before the first line. */
export function withoutMark(text: string, lineNumber: number): string {
  return lineNumber === 1 && text.startsWith('\uFEFF') ? text.slice(1) : text
}

export function invalid({ file, lineNumber }: LinePlace, what: string, cause?: unknown): HarnessError {
  const message = `${file} line ${lineNumber}: ${what}`
  return new HarnessError('HISTORY_INVALID', { message, hint: FORMAT_HINT, ...(cause === undefined ? {} : { cause }) })
}

const FORMAT_HINT = '`doorbuster verify --help` shows lines of both files.'

export function refuseUnknownKeys(object: JsonObject, known: ReadonlySet<string>, place: LinePlace): void {
  for (const key in object) {
    if (known.has(key)) continue
    const near = nearest(key, known)
    const advice = near === null ? `known are ${[...known].join(', ')}` : `did you mean "${near}"?`
    throw invalid(place, `unknown key "${key}"; ${advice}`)
  }
}

/** An id: a non-empty string, or a whole number, taken as it is written; null when absent or null. */
export function idOrNull(object: JsonObject, key: string, place: LinePlace): string | null {
  const value = object[key]
  if (typeof value === 'string' && value !== '') return value
  if (value === undefined || value === null) return null
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value)
  if (typeof value === 'number' && Number.isInteger(value)) {
    throw invalid(place, `"${key}" has more digits than a JSON number keeps; write it as a string`)
  }
  throw invalid(place, `"${key}" must be a string that is not empty, or a whole number, got ${described(value)}`)
}

/** A whole number from `least` to `most`; undefined when absent. */
export function wholeNumber(
  object: JsonObject,
  key: string,
  place: LinePlace,
  least: number,
  most: number,
): number | undefined {
  const value = object[key]
  if (value === undefined) return undefined
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value
  throw invalid(place, `"${key}" must be a whole number from ${least} to ${most}, got ${described(value)}`)
}

/** In the year 2286, since 1970: a later moment is in other units, or of a broken clock. */
const LATEST_MS = 1e13

/** A required moment in ms; null where it is null. */
export function momentMs(object: JsonObject, key: string, place: LinePlace): number | null {
  const value = object[key]
  if (value === null) return null
  if (typeof value === 'number' && Math.abs(value) <= LATEST_MS) return value
  const got = value === undefined ? 'it is missing' : `got ${described(value)}`
  throw invalid(place, `"${key}" must be a number of milliseconds, ${got}`)
}

export function described(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (typeof value === 'number' && !Number.isFinite(value)) return 'a number that is too large'
  const text = JSON.stringify(value)
  return text.length > 60 ? `${text.slice(0, 57)}...` : text
}

/** The known word that a typing mistake made into `word`; null if none is near. */
export function nearest(word: string, known: Iterable<string>): string | null {
  let best: string | null = null
  let bestDistance = Math.max(2, Math.floor(word.length / 3)) + 1
  for (const candidate of known) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase())
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance]
  }
  return best
}

/** Levenshtein distance. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const current = [i]
    for (let j = 1; j <= b.length; j++) {
      const substituted = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      current.push(Math.min(previous[j]! + 1, current[j - 1]! + 1, substituted))
    }
    previous = current
  }
  return previous[b.length]!
}
