/**
 * One execution: along a beginning that others went before, and from its end by default. The way is compared with what was
 * known of it at every step, since an order that doesn't go twice as it went once shows nothing.
 */
import type { EventName } from '../../core/race-record.ts'
import type { Choice, Executed, ExecutedStep, Execute } from '../choice.ts'
import type { ChanceWords } from './chance-words.ts'
import { type Branch, ChoiceNode } from './choice-node.ts'
import { type Difference, differenceOfChoices, differenceOfTaken, notFound } from './differences.ts'
import { type Independent, takenOf } from './independence.ts'
import { chooseByDefault } from './order.ts'
import type { Coupling, SwapWatch } from './swap-watch.ts'

export interface Walked {
  readonly executed: Executed
  /** It came to a node where all choices sleep: another order stands for it. There it was left, or finished by default. */
  readonly wasPruned: boolean
  /** Nodes that no execution had reached. */
  readonly fresh: readonly ChoiceNode[]
  /** From what was known of the way: it was left there. null: none. */
  readonly difference: Difference | null
  /** null: none was noticed. */
  readonly coupling: Coupling | null
}

/** What is taken for independent, and what watches over it; null: nothing is. */
export interface Reduction {
  readonly independent: Independent
  readonly watch: SwapWatch | null
  /** Learns from each beginning that is gone once more. */
  readonly chance: ChanceWords
}

interface WalkTerms extends Reduction {
  /** Whether it is run to its end where all choices sleep. */
  readonly finishesPruned: boolean
}

/** @param branch null: nothing is known yet, all goes by default. */
export async function walk(execute: Execute, branch: Branch | null, terms: WalkTerms): Promise<Walked> {
  const walker = new Walker(branch, terms)
  const executed = await execute((enabled, before) => walker.choose(enabled, before))
  walker.end(executed.steps)
  const { wasPruned, fresh, difference, coupling } = walker
  return { executed, wasPruned, fresh, difference, coupling }
}

class Walker {
  wasPruned = false
  difference: Difference | null = null
  coupling: Coupling | null = null
  readonly fresh: ChoiceNode[] = []
  readonly #known: readonly Branch[]
  readonly #terms: WalkTerms
  /** What was taken so far. */
  readonly #way: Branch[] = []

  constructor(branch: Branch | null, terms: WalkTerms) {
    this.#known = wayTo(branch)
    this.#terms = terms
  }

  choose(enabled: readonly Choice[], before: ExecutedStep | null): EventName | null {
    if (this.wasPruned) return this.#finish(enabled, before)
    if (before !== null) this.#learn(before, enabled)
    if (this.difference !== null) return null
    const known = this.#known[this.#way.length]
    const branch = known === undefined ? this.#discover(enabled) : this.#follow(known, enabled)
    if (branch === null) return this.wasPruned ? this.#finish(enabled, before) : null
    this.#way.push(branch)
    return branch.choice.event
  }

  /** The execution is over, having made these steps. */
  end(steps: readonly ExecutedStep[]): void {
    if (this.difference !== null || this.wasPruned) return
    const last = steps.at(-1)
    if (last !== undefined) this.#learn(last, [])
    const missing = this.#known[steps.length]
    if (missing !== undefined) this.difference ??= notFound(steps.length + 1, missing.choice, [])
  }

  #finish(enabled: readonly Choice[], before: ExecutedStep | null): EventName | null {
    if (!this.#terms.finishesPruned) return null
    return chooseByDefault(enabled, before?.chosen.actor ?? null)?.event ?? null
  }

  #follow(known: Branch, enabled: readonly Choice[]): Branch | null {
    this.difference = differenceOfChoices(this.#way.length + 1, known.node.enabled, enabled)
    if (this.difference !== null) return null
    for (const choice of enabled) this.#compare(known.node.enabled, choice)
    return known
  }

  #compare(before: readonly Choice[], choice: Choice): void {
    const known = before.find(({ event }) => event === choice.event)
    if (known !== undefined) this.#terms.chance.learn(known, choice)
  }

  #discover(enabled: readonly Choice[]): Branch | null {
    const from = this.#way.at(-1) ?? null
    const node = new ChoiceNode(enabled, from, this.#terms.independent)
    const { lostSleeper } = node
    if (from !== null && lostSleeper !== null) this.coupling ??= { first: from.choice, second: lostSleeper }
    this.fresh.push(node)
    const branch = node.branches[0] ?? null
    this.wasPruned = branch === null
    return branch
  }

  /** The last of the way was let go: what it turned out to be. */
  #learn(step: ExecutedStep, enabled: readonly Choice[]): void {
    const { node, choice } = this.#way.at(-1)!
    const taken = takenOf(step)
    const known = node.takenAs(choice.event)
    if (known !== null) {
      this.difference ??= differenceOfTaken(this.#way.length, known, taken)
      this.#terms.chance.learn(known.choice, taken.choice)
      return
    }
    node.learn(taken)
    this.coupling ??= this.#terms.watch?.see(this.#way, step, enabled) ?? null
  }
}

/** All branches from the first node up to this one. */
function wayTo(branch: Branch | null): Branch[] {
  const way: Branch[] = []
  for (let at = branch; at !== null; at = at.node.from) way.push(at)
  return way.reverse()
}
