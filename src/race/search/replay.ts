/**
 * Runs a recorded order again, event by event, and by default from its last one on. It is the same order only if each call
 * is the recorded one: the shop may have been changed since.
 */
import type { EventName } from '../../core/race-record.ts'
import type { Choice, Choose, Executed, ExecutedStep } from '../choice.ts'
import { type Difference, notFound } from './differences.ts'
import { chooseByDefault } from './order.ts'

/** As WrongOrder has it: of each event its call. */
export interface RecordedOrder {
  readonly order: readonly EventName[]
  readonly calls: readonly string[]
}

export type Replayed<T extends Executed = Executed> =
  | { readonly kind: 'ended'; readonly executed: T }
  | ({ readonly kind: 'cannot-be-followed' } & Difference)

export async function replayOrder<T extends Executed>(
  execute: (choose: Choose) => Promise<T>,
  recorded: RecordedOrder,
): Promise<Replayed<T>> {
  const replay = new Replay(recorded)
  const executed = await execute((enabled, before) => replay.choose(enabled, before))
  const difference = replay.differenceAtEnd(executed.steps)
  return difference === null ? { kind: 'ended', executed } : { kind: 'cannot-be-followed', ...difference }
}

class Replay {
  readonly #recorded: RecordedOrder
  #made = 0
  #difference: Difference | null = null

  constructor(recorded: RecordedOrder) {
    this.#recorded = recorded
  }

  readonly choose: Choose = (enabled, before) => {
    const lastActor = before?.chosen.actor ?? null
    if (before !== null) this.#difference = this.#differenceOfMade(this.#made++, before)
    if (this.#difference !== null) return null
    const at = this.#made
    const expected = this.#recorded.order[at]
    if (expected === undefined) return chooseByDefault(enabled, lastActor)?.event ?? null
    if (enabled.some((choice) => this.#couldBe(at, choice))) return expected
    this.#difference = this.#notFound(at, enabled)
    return null
  }

  /** null: it was followed up to its last event. */
  differenceAtEnd(steps: readonly ExecutedStep[]): Difference | null {
    if (this.#difference !== null) return this.#difference
    if (steps.length < this.#recorded.order.length) return this.#notFound(steps.length, [])
    const last = this.#recorded.order.length - 1
    const made = steps[last]
    return made === undefined ? null : this.#differenceOfMade(last, made)
  }

  /** The first call of a buyer is known when it was made. */
  #couldBe(at: number, { event, statement }: Choice): boolean {
    const { order, calls } = this.#recorded
    return event === order[at] && (statement === '' || statement === calls[at])
  }

  #differenceOfMade(at: number, { chosen }: ExecutedStep): Difference | null {
    const { order, calls } = this.#recorded
    return at >= order.length || chosen.statement === calls[at] ? null : this.#notFound(at, [chosen])
  }

  #notFound(at: number, found: readonly Choice[]): Difference {
    const { order, calls } = this.#recorded
    return notFound(at + 1, { event: order[at]!, statement: calls[at] ?? '' }, found)
  }
}
