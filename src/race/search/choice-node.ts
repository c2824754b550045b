/**
 * A moment at which something is chosen, reached by one beginning of an order; it knows which of its choices need not be
 * taken, by sleep sets (Godefroid, Partial-Order Methods for the Verification of Concurrent Systems, 1996).
 *
 * The choices of a node that are awake have an order: the default, then the others as they are listed. Behind choice c, those
 * sleep that slept at the node or come before c, as far as they are independent of c; what sleeps is not taken.
 *
 * Nothing is lost by that. Call two orders alike if swaps of independent neighbours lead from one to the other: they end
 * alike. Of each such class take the order w that comes first when orders are compared by the order of choices at the node
 * where they part. Suppose that w is not taken: somewhere in it is an event x that slept there. It fell asleep at a node
 * before, as a choice in front of the event t that w takes there, and everything in w from t up to x is independent of x,
 * or x would have woken. So x can be swapped to the front of t; that order is of the same class, and comes before w.
 *
 * It doesn't matter when a node is visited, only that each branch is taken in the end: what sleeps at a node follows from
 * the way to it. So branches may be taken by any priority. What is known of an event when its sleep is decided is what it
 * turned out to be when it was taken at the node where it fell asleep. It went before: branches of one node stand in the queue in
 * their order. If it had not, it would stay awake, which costs time and loses nothing.
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

  /** Sleeps here, and yet can't be chosen as it could be: then an event woke it that it was thought independent of. null: none. */
  get lostSleeper(): Choice | null {
    const lost = this.#asleep.find(({ choice, arrives }) => {
      const statement = arrives ? '' : choice.statement
      return !this.enabled.some((other) => other.event === choice.event && other.statement === statement)
    })
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
    const at = this.branches.findIndex(({ choice }) => choice.event === event)
    const earlier = this.branches.slice(0, at).flatMap(({ choice }) => this.#taken.get(choice.event) ?? [])
    return [...this.#asleep, ...earlier].filter((sleeping) => this.#independent(sleeping, taken))
  }
}
