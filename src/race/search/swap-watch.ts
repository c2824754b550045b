/**
 * Watches for signs that events were wrongly taken for independent. When one event is independent of all that came after
 * it, up to the last one, then that last one must come to the same in the order without it: as no store told of the first,
 * only the memory of the server can have. A reduced search runs both orders often enough by itself.
 *
 * A watch, no proof: it compares what was run, and what was left out is not run.
 */
import type { EventName } from '../../core/race-record.ts'
import type { Choice, ExecutedStep } from '../choice.ts'
import type { ChanceWords } from './chance-words.ts'
import type { Branch } from './choice-node.ts'
import type { Independent, Taken } from './independence.ts'

/** An event that noticed another one, although no store told of it. */
export interface Coupling {
  readonly first: Choice
  readonly second: Choice
}

/** What an event came to, as far as it can be compared. */
interface Sequel {
  readonly chosen: Choice
  /** What buyers were told, and the stores to which calls were sent. */
  readonly told: string
  /** What its actor can do next; empty: nothing, or it stands behind the call of another one. */
  readonly next: readonly Choice[]
}

/** What the last event of an order came to, `without` having been run before it. */
interface Expected {
  readonly sequel: Sequel
  readonly without: Choice
}

/** Of orders; what comes later is not watched. Some 30 MB. */
const MOST_REMEMBERED = 100_000

export class SwapWatch {
  readonly #independent: Independent
  readonly #chance: ChanceWords
  /** By an order: what its last event came to. */
  readonly #seen = new Map<string, Sequel>()
  /** By an order that was not seen yet: what its last event came to in a longer one. */
  readonly #expected = new Map<string, Expected>()

  constructor(independent: Independent, chance: ChanceWords) {
    this.#independent = independent
    this.#chance = chance
  }

  /** `step` took the last branch of `way`, as none had before; `enabled` could be chosen then. null: nothing was noticed. */
  see(way: readonly Branch[], step: ExecutedStep, enabled: readonly Choice[]): Coupling | null {
    if (this.#seen.size + this.#expected.size > MOST_REMEMBERED) return null
    const names = way.map(({ choice }) => choice.event)
    const sequel = sequelOf(step, enabled)
    const order = keyOf(names)
    this.#seen.set(order, sequel)
    const longer = this.#expected.get(order)
    if (longer !== undefined && !this.#isSame(longer.sequel, sequel))
      return { first: longer.without, second: step.chosen }
    const without = this.#removable(way).find(({ choice }) => {
      const shorter = keyOf(names.filter((name) => name !== choice.event))
      const known = this.#seen.get(shorter)
      if (known !== undefined) return !this.#isSame(known, sequel)
      this.#expected.set(shorter, { sequel, without: choice })
      return false
    })
    return without === undefined ? null : { first: without.choice, second: step.chosen }
  }

  /** Those that are independent of all that came after them. */
  #removable(way: readonly Branch[]): Taken[] {
    const taken = way.flatMap(({ node, choice }) => node.takenAs(choice.event) ?? [])
    return taken.filter(
      (one, at) => at < way.length - 1 && taken.slice(at + 1).every((other) => this.#independent(one, other)),
    )
  }

  /** By what is known now of the words that chance gives. */
  #isSame(one: Sequel, other: Sequel): boolean {
    if (one.told !== other.told || !this.#chance.saySame(one.chosen, other.chosen)) return false
    if (one.next.length === 0 || other.next.length === 0) return true
    return (
      one.next.length === other.next.length &&
      one.next.every((choice, at) => {
        const another = other.next[at]!
        return choice.event === another.event && this.#chance.saySame(choice, another)
      })
    )
  }
}

function sequelOf({ chosen, answers, sent }: ExecutedStep, enabled: readonly Choice[]): Sequel {
  return {
    chosen,
    told: JSON.stringify([answers, [...sent].sort()]),
    next: enabled.filter(({ actor }) => actor === chosen.actor),
  }
}

function keyOf(names: readonly EventName[]): string {
  return names.join('\n')
}
