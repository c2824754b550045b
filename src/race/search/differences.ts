/** In which way one execution of an order was not as another one: in words, by the first thing that differs. Pure. */
import type { EventName } from '../../core/race-record.ts'
import type { Choice } from '../choice.ts'
import type { Taken } from './independence.ts'

export interface Difference {
  /** From 1. */
  readonly step: number
  /** "step 4: expected background #2 (XREADGROUP), found nothing of background". */
  readonly sentence: string
}

type Named = Pick<Choice, 'event' | 'statement'>

/** What could be chosen at a step, then and now; the order in which it is listed says nothing. null: the same. */
export function differenceOfChoices(
  step: number,
  expected: readonly Choice[],
  found: readonly Choice[],
): Difference | null {
  const missing = expected.find((choice) => !found.some((other) => isSame(choice, other)))
  if (missing !== undefined) return notFound(step, missing, found)
  const extra = found.find((choice) => !expected.some((other) => isSame(choice, other)))
  return extra === undefined
    ? null
    : { step, sentence: `step ${step}: expected nothing of ${actorOf(extra.event)}, found ${nameOf(extra)}` }
}

/** What became of one event, then and now: the first call of a buyer, or an answer. null: the same. */
export function differenceOfTaken(step: number, expected: Taken, found: Taken): Difference | null {
  if (!isSame(expected.choice, found.choice)) return notFound(step, expected.choice, [found.choice])
  if (expected.answers.length > 0 === found.answers.length > 0) return null
  const words = ({ answers }: Taken): string => (answers.length > 0 ? 'an answer' : 'no answer')
  return {
    step,
    sentence: `step ${step}: expected ${words(expected)} with ${nameOf(found.choice)}, found ${words(found)}`,
  }
}

/** An event that was to be chosen is not among what can be. */
export function notFound(step: number, expected: Named, found: readonly Named[]): Difference {
  const actor = actorOf(expected.event)
  const others = found.filter(({ event }) => actorOf(event) === actor).map(nameOf)
  const instead = others.length === 0 ? `nothing of ${actor}` : others.join(' and ')
  return { step, sentence: `step ${step}: expected ${nameOf(expected)}, found ${instead}` }
}

export function nameOf({ event, statement }: Named): string {
  return statement === '' ? event : `${event} (${statement})`
}

function isSame(one: Named, other: Named): boolean {
  return one.event === other.event && one.statement === other.statement
}

function actorOf(event: EventName): string {
  const end = event.lastIndexOf(' #')
  return end < 0 ? event : event.slice(0, end)
}
