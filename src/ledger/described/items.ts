/** The members of a JSON list, or the lines of NDJSON. Pure. */
import { HarnessError } from '../../core/errors.ts'
import { parseExactJson } from '../../core/exact-json.ts'

const QUOTED_CHARACTERS = 80

/** What begins with a bracket is a list. Throws HarnessError SERVICE_FAILED with the line that is no JSON. */
export function itemsIn(text: string): readonly unknown[] {
  if (!/^\s*\[/.test(text)) return linesIn(text)
  const list = parsed(text, 'the list')
  return list as readonly unknown[]
}

export function linesIn(text: string): readonly unknown[] {
  return text
    .split('\n')
    .map((line, index) => ({ line: line.trim(), number: index + 1 }))
    .filter(({ line }) => line !== '')
    .map(({ line, number }) => parsed(line, `line ${number}`))
}

/** Throws HarnessError SERVICE_FAILED that names what it is. */
export function parsed(text: string, what: string): unknown {
  try {
    return parseExactJson(text)
  } catch (cause) {
    throw new HarnessError('SERVICE_FAILED', {
      message: `${what} is no JSON (${(cause as Error).message}): ${text.slice(0, QUOTED_CHARACTERS)}`,
    })
  }
}
