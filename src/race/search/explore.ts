/**
 * Tries one order after the other until none is left, each from a fresh sale: stateless model checking (Godefroid, Model
 * Checking for Programming Languages using VeriSoft, 1997), by fewest preemptions first (Musuvathi and Qadeer, Iterative
 * Context Bounding, 2007). No state is compared or stored; an execution leaves behind what else could have been chosen at
 * each step that no other had reached.
 */
import type { StoreName } from '../../core/catalogue.ts'
import { HarnessError } from '../../core/errors.ts'
import type { RaceCoverage } from '../../core/race-record.ts'
import type { Execute } from '../choice.ts'
import { BranchQueue } from './branch-queue.ts'
import type { Branch, ChoiceNode } from './choice-node.ts'
import type { Difference } from './differences.ts'
import type { Order } from './order.ts'
import type { Coupling } from './swap-watch.ts'
import { Tally } from './tally.ts'
import { type Reduction, walk, type Walked } from './walk.ts'

export interface ExploreTerms {
  /** Orders with more of them are not tried; null: no bound. */
  readonly preemptions: number | null
  /** Whether it goes on behind the first wrong order. */
  readonly all: boolean
  /** Asked before each order. */
  hasTime(): boolean
  readonly signal?: AbortSignal | undefined
  /** An order was run to its end; so many were until then. */
  onOrder?(order: Order, soFar: Pick<Tally, 'tried' | 'wrong' | 'pruned'>): void
}

export interface Explored {
  readonly tally: Tally
  readonly coverage: RaceCoverage
  /** null: none was seen, or it was not seen again when the same order was run once more. */
  readonly nondeterminism: Difference | null
  /** Orders that were run once more since they went otherwise than others with their beginning. */
  readonly repeated: number
  /** With coverage `no-answer`: as Executed has it. */
  readonly noAnswer?: string
}

/** What an order showed about the server, by which orders before it may have been left out wrongly. */
export type Surprise =
  /** Who may wait for whom, as {@link pairOf} names them. */
  | { readonly kind: 'waited-inside'; readonly pairs: readonly string[] }
  | { readonly kind: 'coupling'; readonly coupling: Coupling }
  | { readonly kind: 'shared-connections'; readonly stores: readonly StoreName[] }
  | { readonly kind: 'unexplained-end'; readonly end: string }

/**
 * Pruned orders that are finished all the same. Most of their way is made when they are pruned, and each is a trial of the
 * reduction: it must end as an order does that had to be tried. More of them cost time and hardly show more.
 */
const MOST_DOUBLES = 200

/** @param surprises whether what an order showed makes the exploration worthless. */
export async function explore(
  execute: Execute,
  terms: ExploreTerms & Reduction,
  surprises: (walked: Walked) => Surprise | null,
): Promise<Explored | Surprise> {
  const exploration = new Exploration(terms)
  let branch: Branch | null = null
  do {
    if (terms.signal?.aborted === true) return exploration.endedBy('interrupted')
    if (!terms.hasTime()) return exploration.endedBy('out-of-budget')
    const walked = await exploration.walk(execute, branch)
    if (walked === null) return exploration.endedBy('interrupted')
    if (walked.difference !== null) return exploration.endedBy('nondeterministic', walked.difference)
    const isWrong = exploration.count(walked)
    if (isWrong && !terms.all) return exploration.endedBy('stopped-at-first')
    const { noAnswer } = walked.executed
    if (noAnswer !== null && !isWrong) return { ...exploration.endedBy('no-answer'), noAnswer }
    const surprise = surprises(walked)
    if (surprise !== null) return surprise
    branch = exploration.next(walked.fresh)
  } while (branch !== null)
  const end = exploration.unexplainedEnd
  if (end !== null) return { kind: 'unexplained-end', end }
  if (exploration.showsNothing) return { ...exploration.endedBy('no-answer'), noAnswer: NOTHING_SOLD }
  return exploration.endedBy(exploration.leftOut ? 'preemption-bound' : 'complete')
}

const NOTHING_SOLD = 'in no order was anything sold: what nobody is sold can be oversold to nobody'

class Exploration {
  /** Orders were left out for their preemptions. */
  leftOut = false
  readonly #terms: ExploreTerms & Reduction
  readonly #queue = new BranchQueue()
  readonly #tally = new Tally()
  #repeated = 0
  #doubles = 0

  constructor(terms: ExploreTerms & Reduction) {
    this.#terms = terms
  }

  /** Once more if it went otherwise than was known. null: it was interrupted. */
  async walk(execute: Execute, branch: Branch | null): Promise<Walked | null> {
    const walked = await this.#walkOnce(execute, branch)
    if (walked === null || walked.difference === null) return walked
    this.#repeated++
    return await this.#walkOnce(execute, branch)
  }

  /** Nothing was wrong, and nothing was sold. */
  get showsNothing(): boolean {
    return this.#tally.wrong === 0 && !this.#tally.sells
  }

  /** See Tally; it says something when nothing is left to be tried. */
  get unexplainedEnd(): string | null {
    return this.#tally.unexplainedEnd
  }

  /** Whether it was wrong. */
  count({ executed, wasPruned }: Walked): boolean {
    if (executed.failed === null) {
      if (!wasPruned) throw new HarnessError('BUG', { message: 'an order was left before its end without a reason' })
      this.#tally.pruned++
      return false
    }
    if (wasPruned) this.#doubles++
    const order = this.#tally.add(executed, executed.failed, wasPruned)
    this.#terms.onOrder?.(order, this.#tally)
    return executed.failed.length > 0
  }

  /** What is to be tried next, now that these nodes were reached and left by their first branch; null: nothing is left. */
  next(fresh: readonly ChoiceNode[]): Branch | null {
    for (const branch of fresh.flatMap(({ branches }) => branches.slice(1))) {
      if (branch.preemptions > (this.#terms.preemptions ?? Number.POSITIVE_INFINITY)) this.leftOut = true
      else this.#queue.push(branch)
    }
    return this.#queue.pop()
  }

  endedBy(coverage: RaceCoverage, nondeterminism: Difference | null = null): Explored {
    return { tally: this.#tally, coverage, nondeterminism, repeated: this.#repeated }
  }

  async #walkOnce(execute: Execute, branch: Branch | null): Promise<Walked | null> {
    const isAborted = (): boolean => this.#terms.signal?.aborted === true
    const finishesPruned = this.#doubles < MOST_DOUBLES
    try {
      const walked = await walk(execute, branch, { ...this.#terms, finishesPruned })
      return isAborted() && walked.executed.failed === null ? null : walked
    } catch (error) {
      if (isAborted()) return null
      throw error
    }
  }
}
