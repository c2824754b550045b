/**
 * Everything that is wrong with a document, gathered, so that it is told at once: a line each, with its place.
 */
import { type ErrorCode, HarnessError } from '../errors.ts'

export type Path = readonly (string | number)[]

export interface Place {
  /** `scenarios/mine.yaml:14:9` or `--set sale.stock=-1`. */
  readonly label: string
  /** Where it stands among the others: lines, then columns; options come after the file. */
  readonly line: number
  readonly column: number
}

export interface Problem {
  readonly place: Place
  /** Where in the document; empty for the document itself. */
  readonly path: Path
  readonly sentence: string
}

/** The line of what stands in no file: options come after every line of one. */
export const AFTER_FILES = Number.MAX_SAFE_INTEGER

const SHOWN_AT_MOST = 100

/** `steps[2].rate`; keys that are no words stand in quotes. */
export function formatPath(path: Path): string {
  return path
    .map((part, i) => {
      if (typeof part === 'number') return `[${part}]`
      const key = /^[\w.-]{1,60}$/.test(part) ? part : formatValue(part)
      return i > 0 ? `.${key}` : key
    })
    .join('')
}

/**
 * One error with a line for each problem: those of one file together and in its order, files as they are first told of,
 * options last.
 */
export function documentInvalid(code: ErrorCode, problems: readonly Problem[], hint: string): HarnessError {
  const files = [...new Set(problems.map(({ place }) => fileOf(place)))]
  const rank = (place: Place): number => (place.line === AFTER_FILES ? files.length : files.indexOf(fileOf(place)))
  const lines = new Set(
    problems
      .toSorted(({ place: a }, { place: b }) => rank(a) - rank(b) || a.line - b.line || a.column - b.column)
      .map(({ place, path, sentence }) => {
        const where = formatPath(path)
        return printable(`${place.label}  ${where === '' ? '' : `${where}: `}${sentence}`, 500)
      }),
  )
  const shown = [...lines].slice(0, SHOWN_AT_MOST)
  if (lines.size > shown.length) shown.push(`and ${lines.size - shown.length} problems more`)
  return new HarnessError(code, { message: shown.join('\n'), hint })
}

/** `scenarios/mine.yaml`. */
function fileOf({ label, line, column }: Place): string {
  const position = `:${line}:${column}`
  return label.endsWith(position) ? label.slice(0, -position.length) : label
}

/** A value of the document as an error message shows it. */
export function formatValue(value: unknown): string {
  if (value === null || value === undefined) return 'nothing'
  if (typeof value === 'string') return printable(JSON.stringify(value), 80)
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list'
  if (typeof value === 'object') return Object.keys(value).length === 0 ? 'an empty mapping' : 'a mapping'
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : typeof value
}

/** One line without control characters, which could otherwise drive the reader's terminal. */
function printable(text: string, atMost: number): string {
  const line = text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\u{fffd}')
  return line.length > atMost ? `${line.slice(0, atMost)}...` : line
}
