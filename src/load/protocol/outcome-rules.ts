/** Whether a rule of a protocol holds for an answer. Made once from the rules, then asked for each answer. */
import type { Locator, OutcomeRule, ValueTest } from '../../core/buyer-protocol.ts'
import { MOST_SEARCHED } from '../../core/locate.ts'
import { compileLocator, type ReadAnswer, textOf } from './located-value.ts'

type Holds = (answer: ReadAnswer) => boolean

export function compileCondition({ status, where }: Pick<OutcomeRule, 'status' | 'where'>): Holds {
  const tests = where.map(({ at, is }) => compileTest(at, is))
  return (answer) => isWithin(status, answer.received.status) && tests.every((holds) => holds(answer))
}

export function isWithin(ranges: OutcomeRule['status'], status: number): boolean {
  return ranges === null || ranges.some(({ from, to }) => status >= from && status <= to)
}

function compileTest(at: Locator, is: ValueTest): Holds {
  const locate = compileLocator(at)
  if ('exists' in is) return (answer) => (locate(answer) !== undefined) === is.exists
  if ('matches' in is) {
    const pattern = new RegExp(is.matches, 'u')
    return (answer) => {
      const text = textOf(locate(answer))
      return text !== null && pattern.test(text.slice(0, MOST_SEARCHED))
    }
  }
  // JSON knows numbers, truth values and null; everywhere else there is only text.
  const accepted = new Set<unknown>(at.in === 'json' ? is.oneOf : is.oneOf.map(String))
  return (answer) => {
    const value = locate(answer)
    return value !== undefined && accepted.has(value)
  }
}
