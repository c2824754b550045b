/** CSV as RFC 4180 has it: quotes, doubled quotes inside, line breaks inside of quotes; LF and CRLF. Pure. */

interface CsvRow {
  readonly fields: readonly string[]
  /** On which it begins, from 1. */
  readonly line: number
}

export type CsvReading = { readonly rows: readonly CsvRow[] } | { readonly problem: string; readonly line: number }

/** Empty lines are passed over. */
export function parseCsv(text: string): CsvReading {
  const rows: CsvRow[] = []
  let fields: string[] = []
  let line = 1
  let rowLine = 1
  let at = text.startsWith('\uFEFF') ? 1 : 0
  const endRow = (): void => {
    if (fields.length > 1 || fields[0] !== '') rows.push({ fields, line: rowLine })
    fields = []
    rowLine = line
  }
  while (at <= text.length) {
    if (text[at] === '"') {
      const end = endOfQuotes(text, at)
      if (end === -1) return { problem: 'a quote is not closed', line }
      const quoted = text.slice(at + 1, end)
      line += quoted.split('\n').length - 1
      fields.push(quoted.replaceAll('""', '"'))
      at = end + 1
      if (!/^(?:,|\r?\n|\r?$)/.test(text.slice(at, at + 2)))
        return { problem: 'a closing quote is not the end of its field', line }
    } else {
      const end = endOfPlain(text, at)
      const plain = text.slice(at, end)
      if (plain.includes('"')) return { problem: 'a quote stands inside of a field without quotes', line }
      fields.push(plain)
      at = end
    }
    if (text[at] === ',') {
      at++
      continue
    }
    if (text[at] === '\r') at++
    line++
    endRow()
    at++
  }
  return { rows }
}

/** -1: there is none. */
function endOfQuotes(text: string, start: number): number {
  let at = start + 1
  for (;;) {
    at = text.indexOf('"', at)
    if (at === -1 || text[at + 1] !== '"') return at
    at += 2
  }
}

function endOfPlain(text: string, start: number): number {
  let at = start
  while (
    at < text.length &&
    text[at] !== ',' &&
    text[at] !== '\n' &&
    !(text[at] === '\r' && /^\r(?:\n|$)/.test(text.slice(at, at + 2)))
  )
    at++
  return at
}
