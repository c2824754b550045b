/** The lines in which a k6 script of ours hands its history back. Pure. */
import { OUTCOME_CODES } from '../../core/history.ts'

export interface RequestLine {
  readonly is: 'request'
  /** Row of the plan. */
  readonly row: number
  /** ms on k6's clock. */
  readonly sentMs: number
  readonly doneMs: number
  readonly httpStatus: number
  /** Index into OUTCOME_CODES. */
  readonly outcome: number
  readonly code: string
  readonly shownStock: number
  readonly orderId: string | null
}

/** The wall clock turned to `wallMs` at some moment between the two on k6's clock, ms. */
export interface ClockLine {
  readonly is: 'clock'
  readonly wallMs: number
  readonly fromMs: number
  readonly toMs: number
}

/** What k6 itself counted, all of it that this process ran. */
export interface EndLine {
  readonly is: 'end'
  readonly iterations: number
  readonly dropped: number
}

/** An answer that nobody could make sense of, for people. */
export interface SampleLine {
  readonly is: 'sample'
  readonly text: string
}

/** Beginnings of the fields of a request's line. */
const REQUEST = /^@ (\d+) ([\d.e+-]+) ([\d.e+-]+) (\d+) ([a-zA-Z]+) (\S+) (.*)$/
const OUTCOME_NUMBERS: ReadonlyMap<string, number> = new Map(OUTCOME_CODES.map((kind, number) => [kind, number]))

/** null: no line of ours, but something that k6 says. */
export function parseHistoryLine(line: string): RequestLine | ClockLine | EndLine | SampleLine | null {
  if (line.startsWith('@ ')) return parseRequest(line)
  if (line.startsWith('? ')) {
    const text = parsed(line.slice(2))
    return typeof text === 'string' ? { is: 'sample', text } : null
  }
  if (!line.startsWith('# ')) return null
  const [, what, ...fields] = line.split(' ')
  const [first = Number.NaN, second = Number.NaN, third = Number.NaN] = fields.map(Number)
  if (what === 'clock') return { is: 'clock', wallMs: first, fromMs: second, toMs: third }
  return what === 'end' ? { is: 'end', iterations: first, dropped: second } : null
}

function parseRequest(line: string): RequestLine | null {
  const fields = REQUEST.exec(line)
  const outcome = OUTCOME_NUMBERS.get(fields?.[5] ?? '')
  if (fields === null || outcome === undefined) return null
  const value = fields[7]!
  const isShown = fields[5] === 'shown'
  return {
    is: 'request',
    row: Number(fields[1]),
    sentMs: Number(fields[2]),
    doneMs: Number(fields[3]),
    httpStatus: Number(fields[4]),
    outcome,
    code: fields[6] === '-' ? '' : fields[6]!,
    shownStock: isShown ? Number(value) : 0,
    orderId: isShown || value === '-' ? null : (parsed(value) as string | null),
  }
}

/** A line that is cut off has no order id that can be read. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return null
  }
}
