/** Why a case failed, in a line or a few: what was claimed, what came, what was expected. */
import { AssertionError } from 'node:assert'

const LONGEST = 300

export function failureSentence(error: unknown): string {
  if (error instanceof AssertionError) return ofAssertion(error)
  if (!(error instanceof Error)) return String(error)
  const cause = error.cause instanceof Error ? `: ${error.cause.message}` : ''
  return `${error.message}${cause}`
}

function ofAssertion(error: AssertionError): string {
  // A comparison of both sides may follow the message.
  const claim = error.generatedMessage ? '' : error.message.split('\n', 1)[0]!
  // `assert.ok` has nothing to show beside its message.
  if (typeof error.actual === 'boolean' && error.expected === true && claim !== '') return claim
  const found = `got ${shown(error.actual)}, expected ${shown(error.expected)}`
  return claim === '' ? found : `${claim}: ${found}`
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}...` : text
}
