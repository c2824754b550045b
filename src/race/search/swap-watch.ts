/**
 * Watches for signs that events were wrongly taken for independent. The search makes them anyway: of two such events at one
 * node, the second is run right there, and behind the first. What it comes to must be the same both times: as the stores
 * don't tell it of the first, only the memory of the server can.
 *
 * A watch, no proof: the first is not run behind the second, that is what the reduction is for.
 */
import type { EventName } from '../../core/race-record.ts'
import type { Choice, ExecutedStep } from '../choice.ts'
import type { ChoiceNode } from './choice-node.ts'
import type { Independent } from './independence.ts'

/** An event that noticed another one, although no store told it. */
export interface Coupling {
  readonly first: Choice
  readonly second: Choice
}

/** What an event came to, as far as it can be compared. */
interface Sequel {
  /** Whether somebody was answered, and the stores to which calls were sent. */
  readonly told: string
  /** What its actor can do next; '': nothing, or it stands behind the call of another one. */
  readonly next: string
}

interface SeenAtNode {
  readonly here: Map<EventName, Sequel>
  /** By the first, then the second event. */
  readonly behind: Map<EventName, Map<EventName, Sequel>>
}

export class SwapWatch {
  readonly #independent: Independent
  /** Nodes that no order leads to any more are forgotten. */
  readonly #seen = new WeakMap<ChoiceNode, SeenAtNode>()

  constructor(independent: Independent) {
    this.#independent = independent
  }

  /** `node` let `step` go, and `enabled` could be chosen then. The node must have learnt what the step turned out to be. */
  see(node: ChoiceNode, step: ExecutedStep, enabled: readonly Choice[]): Coupling | null {
    const sequel = sequelOf(step, enabled)
    const { event } = step.chosen
    this.#seenAt(node).here.set(event, sequel)
    const couplings = [...this.#seenAt(node).behind.keys()].map((first) => this.#couplingAt(node, first, event))
    if (node.from !== null) couplings.push(this.#seeBehind(node.from.node, node.from.choice.event, event, sequel))
    return couplings.find((coupling) => coupling !== null) ?? null
  }

  #seeBehind(node: ChoiceNode, first: EventName, second: EventName, sequel: Sequel): Coupling | null {
    const { behind } = this.#seenAt(node)
    const seconds = behind.get(first) ?? new Map<EventName, Sequel>()
    behind.set(first, seconds.set(second, sequel))
    return this.#couplingAt(node, first, second)
  }

  #couplingAt(node: ChoiceNode, first: EventName, second: EventName): Coupling | null {
    const { here, behind } = this.#seenAt(node)
    const [alone, after] = [here.get(second), behind.get(first)?.get(second)]
    const [one, other] = [node.takenAs(first), node.takenAs(second)]
    if (alone === undefined || after === undefined || one === null || other === null) return null
    if (!this.#independent(one, other) || isSame(alone, after)) return null
    return { first: one.choice, second: other.choice }
  }

  #seenAt(node: ChoiceNode): SeenAtNode {
    const known = this.#seen.get(node)
    if (known !== undefined) return known
    const fresh: SeenAtNode = { here: new Map(), behind: new Map() }
    this.#seen.set(node, fresh)
    return fresh
  }
}

function sequelOf({ chosen, answered, sent }: ExecutedStep, enabled: readonly Choice[]): Sequel {
  const next = enabled.filter(({ actor }) => actor === chosen.actor)
  return {
    told: JSON.stringify([answered, [...sent].sort()]),
    next: next.map(({ event, statement }) => `${event} ${statement}`).join('\n'),
  }
}

function isSame(one: Sequel, other: Sequel): boolean {
  return one.told === other.told && (one.next === other.next || one.next === '' || other.next === '')
}
