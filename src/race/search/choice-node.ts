/**
 * A moment at which something is chosen, reached by one beginning of an order; it knows which of its choices need not be
 * taken, by sleep sets (Godefroid, Partial-Order Methods for the Verification of Concurrent Systems, 1996).
 *
 * Behind a choice c of a node, those sleep that slept at the node or were taken there before c, as far as they are
 * independent of c; what sleeps is not taken.
 *
 * Nothing is lost by that. Call two orders alike if swaps of independent neighbours lead from one to the other: they end
 * alike. Compare orders at the node where they part, by what slept there, then by what was taken there first. Of each class
 * of orders that are alike let w be the first, and suppose that w is not taken: somewhere in it is an event x that slept.
 * It fell asleep at a node before, since it was taken there before the event t that w has there, and everything in w from t
 * up to x is independent of x, or x would have woken. So x can be swapped to the front of t; that order is of the same
 * class, and comes before w.
 *
 * Nothing in that asks when a node is visited, only that each branch is taken in the end; so the queue may have any order.
 * What is known of an event when it falls asleep is what it turned out to be at that very node.
 *
 * A loop in the background may look once more in one of two orders that are alike, since somebody did something that has
 * nothing to do with it. It finds the same again then; the argument holds for orders without such looks.
 */
import type { EventName } from '../../core/race-record.ts'
import type { Choice } from '../choice.ts'
import type { Independent, Taken } from './independence.ts'
import { chooseByDefault, isPreemption } from './order.ts'

/** One choice of a node: a beginning of orders. */
export interface Branch {
  readonly node: ChoiceNode
  readonly choice: Choice
  /** Of the way to the node, and of the choice. */
  readonly preemptions: number
}

export class ChoiceNode {
  readonly enabled: readonly Choice[]
  /** By which it is reached; null: it is the first. */
  readonly from: Branch | null
  /** Events before it. */
  readonly depth: number
  /** Those that are awake; the default is the first. */
  readonly branches: readonly Branch[]
  readonly #independent: Independent
  readonly #asleep: readonly Taken[]
  readonly #taken = new Map<EventName, Taken>()

  constructor(enabled: readonly Choice[], from: Branch | null, independent: Independent) {
    this.enabled = enabled
    this.from = from
    this.depth = from === null ? 0 : from.node.depth + 1
    this.#independent = independent
    this.#asleep = from === null ? [] : from.node.#asleepBehind(from.choice.event)
    this.branches = this.#awake().map((choice) => this.#branchOf(choice))
  }

  /** What a choice of this node turned out to be; null: it was not taken yet. */
  takenAs(event: EventName): Taken | null {
    return this.#taken.get(event) ?? null
  }

  learn(taken: Taken): void {
    this.#taken.set(taken.choice.event, taken)
  }

  /** Sleeps here, and can't be chosen as before: it was not independent of an event after all. null: none. */
  get lostSleeper(): Choice | null {
    const lost = this.#asleep.find(
      ({ choice, offeredAs }) =>
        !this.enabled.some(({ event, statement }) => event === choice.event && statement === offeredAs),
    )
    return lost?.choice ?? null
  }

  #awake(): Choice[] {
    const awake = this.enabled.filter(({ event }) => !this.#asleep.some(({ choice }) => choice.event === event))
    const first = chooseByDefault(awake, this.#lastActor)
    return first === null ? [] : [first, ...awake.filter((choice) => choice !== first)]
  }

  #branchOf(choice: Choice): Branch {
    const before = this.from?.preemptions ?? 0
    return {
      node: this,
      choice,
      preemptions: before + (isPreemption(choice, this.#lastActor, this.enabled) ? 1 : 0),
    }
  }

  get #lastActor(): string | null {
    return this.from?.choice.actor ?? null
  }

  #asleepBehind(event: EventName): Taken[] {
    const taken = this.#taken.get(event)
    if (taken === undefined) return []
    return [...this.#asleep, ...this.#taken.values()].filter((sleeping) => this.#independent(sleeping, taken))
  }
}
