/**
 * Tries the orders of events of a few buyers, those that can't be told apart once, and says what was covered.
 *
 * Which orders can't be told apart is decided by what the stores tell of a call. Where an order shows that this is not all,
 * the search begins again with what it has learnt, in the time that is left; what was tried before counts no more. Signs
 * are: a buyer who waits within the server, a shared connection, an event or an end that no store explains. As long as there
 * is none, it is taken that nobody who comes is kept waiting. If somebody would have been, in an order that was left out, then
 * one was tried in which they come later and all else is the same; the oracle finds no less wrong in that.
 *
 * With a bound of preemptions nothing else is left out: of orders that can't be told apart the one that is tried may have
 * more preemptions than the bound allows, and another one fewer; then none of them would be tried (Coons, Musuvathi,
 * McKinley, Bounded Partial-Order Reduction, 2013, who put back what is missing, and lose much of the gain). A bound leaves
 * few orders anyway, and "all of them" is then true.
 */
import type { StoreName } from '../../core/catalogue.ts'
import type { RaceCoverage } from '../../core/race-record.ts'
import { BACKGROUND, type Execute, type Executed } from '../choice.ts'
import { ChanceWords } from './chance-words.ts'
import { type Difference, nameOf } from './differences.ts'
import { type Explored, explore, type ExploreTerms, type Surprise } from './explore.ts'
import { independentWith, neverIndependent, pairOf } from './independence.ts'
import type { Order } from './order.ts'
import { type Coupling, SwapWatch } from './swap-watch.ts'
import type { OrdersEnd } from './tally.ts'
import type { Reduction, Walked } from './walk.ts'

export interface SearchTerms extends ExploreTerms {
  /** `partial`: of orders that can't be told apart one is tried. */
  readonly reduction: 'partial' | 'full'
  /** Whether all that happens in the memory of the server are events of their own: who waits there is woken by one. Absent: no. */
  readonly seesMemory?: boolean
  /** What is known of it before the first order; absent: nothing. */
  readonly chance?: ChanceWords
}

export interface Search {
  /** Orders that were run to their end, and among them those in which a check failed. */
  readonly tried: number
  readonly wrong: number
  /** Begun and given up, since all that could follow is tried in another order. Some such orders are run to their end, as a
   *  trial of the reduction; they count among those that were tried. */
  readonly pruned: number
  readonly coverage: RaceCoverage
  /** Why no order was left out although a reduction was asked for; absent: it was as asked. */
  readonly reductionRefused?: string
  /** "buyer 1 and buyer 2": who were seen to know of each other by the memory of the server, and were tried both ways. */
  readonly coupled: readonly string[]
  /** With coverage `no-answer`: why there is none. */
  readonly noAnswer?: string
  /** Store calls of the longest order. */
  readonly longest: number
  /** Most orders first. */
  readonly ends: readonly OrdersEnd[]
  /** With few preemptions; without a reduction, with the fewest. null: none was wrong. */
  readonly firstWrong: Order | null
  /** With coverage `nondeterministic`, else null. */
  readonly nondeterminism: Difference | null
  /** Orders that went otherwise than was known of their beginning, and as known when they were run once more. */
  readonly repeated: number
}

const REFUSED_BY_BOUND = 'with a bound of preemptions, an order that is left out may stand for one that is within it'
const REFUSED_BY_END =
  'an order ended as no other that should be like it: requests depend on each other in the memory of the server'

/** What was learnt of the server; the search begins again with it. */
interface Learnt {
  readonly shared: Set<StoreName>
  readonly coupled: Set<string>
}

/** Executions that fail reject, unless the signal was given: that ends the search as `interrupted`. */
export async function searchOrders(execute: Execute, terms: SearchTerms): Promise<Search> {
  const learnt: Learnt = { shared: new Set(), coupled: new Set() }
  const chance = terms.chance ?? new ChanceWords()
  let refused = terms.reduction === 'partial' && terms.preemptions !== null ? REFUSED_BY_BOUND : null
  for (;;) {
    const reduces = terms.reduction === 'partial' && refused === null
    const explored = reduces
      ? await explore(execute, { ...terms, ...reducedBy(learnt, chance) }, (walked) =>
          surpriseIn(walked, learnt, terms),
        )
      : await explore(execute, { ...terms, independent: neverIndependent, watch: null, chance }, () => null)
    if (!('kind' in explored)) return conclude(explored, refused, reduces ? [...learnt.coupled] : [])
    refused = learnFrom(explored, learnt)
  }
}

function reducedBy(learnt: Learnt, chance: ChanceWords): Reduction {
  const independent = independentWith(learnt)
  return { independent, watch: new SwapWatch(independent, chance), chance }
}

function surpriseIn(
  { executed, coupling }: Walked,
  { shared, coupled }: Learnt,
  { seesMemory = false }: SearchTerms,
): Surprise | null {
  const pairs = executed.waitedInside && !seesMemory ? pairsOf(insidersOf(executed)) : []
  if (pairs.some((pair) => !coupled.has(pair))) return { kind: 'waited-inside', pairs }
  const stores = executed.sharedConnections.filter((store) => !shared.has(store))
  // Before a coupling: what shares a connection unbeknown looks like one.
  if (stores.length > 0) return { kind: 'shared-connections', stores }
  return coupling === null ? null : { kind: 'coupling', coupling }
}

/** Who may hold what somebody waits for: all that buyers brought about. Work that goes on without them has its own. */
function insidersOf({ steps }: Executed): string[] {
  return [...new Set(steps.map(({ chosen }) => chosen.actor))].filter((actor) => actor !== BACKGROUND)
}

function pairsOf(actors: readonly string[]): string[] {
  return actors.flatMap((one, at) => actors.slice(at + 1).map((other) => pairOf(one, other)))
}

/** Why there is no reduction any more; null: there is, but for what was learnt. */
function learnFrom(surprise: Surprise, { shared, coupled }: Learnt): string | null {
  switch (surprise.kind) {
    case 'waited-inside':
      for (const pair of surprise.pairs) coupled.add(pair)
      return null
    case 'coupling': {
      const pair = pairOf(surprise.coupling.first.actor, surprise.coupling.second.actor)
      // What was not taken for independent can't be learnt again: then it is something else.
      if (coupled.has(pair)) return refusedBy(surprise.coupling)
      coupled.add(pair)
      return null
    }
    case 'unexplained-end':
      return `${REFUSED_BY_END} (${surprise.end})`
    case 'shared-connections':
      for (const store of surprise.stores) shared.add(store)
      return null
  }
}

function refusedBy({ first, second }: Coupling): string {
  return `${nameOf(second)} went otherwise behind ${nameOf(first)}, which no store explains: they depend on each other in the memory of the server`
}

function conclude(
  { tally, coverage, nondeterminism, repeated, noAnswer }: Explored,
  refused: string | null,
  coupled: readonly string[],
): Search {
  const { tried, wrong, pruned, longest, ends, firstWrong } = tally
  return {
    tried,
    wrong,
    pruned,
    coverage,
    ...(refused === null ? {} : { reductionRefused: refused }),
    coupled,
    ...(noAnswer !== undefined && { noAnswer }),
    longest,
    ends,
    firstWrong,
    nondeterminism,
    // The last one was not as known in its repetition either.
    repeated: nondeterminism === null ? repeated : repeated - 1,
  }
}
