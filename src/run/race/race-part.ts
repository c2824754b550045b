/**
 * One stock's part of a race: the search over all orders, the first wrong one shortened and run again until nobody can doubt
 * it, and, where asked for, every place at which the server can die.
 */
import type { CrashPoint, RacePart, RaceTerms } from '../../core/race-record.ts'
import type { HarnessError } from '../../core/errors.ts'
import type { Choose } from '../../race/choice.ts'
import { ChanceWords, type Search, searchOrders } from '../../race/search/index.ts'
import { inTurn, tryCrashes, type TriedCrashes } from './crash-points.ts'
import { endsOf } from './race-ends.ts'
import { crashed, proved } from './race-proof.ts'
import type { RaceSetting } from './race-setting.ts'

/** Between two lines of a server somebody else comes: one switch, and the most common fault of what is kept in memory. */
const PREEMPTIONS_OF_LATE = 1

export interface PartOptions {
  readonly setting: RaceSetting
  readonly terms: RaceTerms
  readonly stock: number
  /** What is known of it. */
  readonly chance: ChanceWords
  readonly signal: AbortSignal
  readonly onOrder?:
    | ((progress: { readonly tried: number; readonly wrong: number; readonly elapsedMs: number }) => void)
    | undefined
  readonly onCrash?: ((point: CrashPoint) => void) | undefined
}

/**
 * What is only done once (statements are prepared, scripts loaded, connections opened) would make the first orders differ from
 * all others. Returns what differs from one execution of an order to the next.
 */
export async function warmUp(setting: RaceSetting, stock: number): Promise<ChanceWords> {
  const chance = new ChanceWords()
  for (const choose of [inTurn, byTurns]) {
    const first = await setting.run({ stock }, choose())
    // The search will say so; each may take long to find that out.
    if (first.noAnswer !== null) break
    chance.compare(first, await setting.run({ stock }, choose()))
  }
  return chance
}

/** Whoever was let go last comes last. */
function byTurns(): Choose {
  const turns = new Map<string, number>()
  let turn = 0
  return (enabled): string | null => {
    const [next] = enabled.toSorted((a, b) => (turns.get(a.actor) ?? 0) - (turns.get(b.actor) ?? 0))
    if (next !== undefined) turns.set(next.actor, ++turn)
    return next?.event ?? null
  }
}

export interface RacedPart {
  readonly part: RacePart
  /** What ended it before its end; null: nothing did. */
  readonly failure: HarnessError | null
}

/** What failed while the server was made to fail takes nothing away from what was found before. */
export async function racePart(options: PartOptions): Promise<RacedPart> {
  const { terms, stock, signal } = options
  const startedAtMs = performance.now()
  const memory = terms.memory === true
  const search = await searched(options, { startedAtMs, memory, preemptions: terms.preemptions })
  const late = looksForLate(search, terms)
    ? await searched(options, { startedAtMs, memory: true, preemptions: PREEMPTIONS_OF_LATE })
    : null
  // Late orders are only looked for where no other was wrong.
  const found = search.firstWrong ?? late?.firstWrong ?? null
  const proof = found === null ? null : await proved(options, found, memory || late !== null)
  const crashes = terms.crash && !signal.aborted ? await crashesOf(options) : null
  const part = {
    ...partOf(search, stock),
    ends: endsOf(...(late === null ? [search] : [search, late])),
    ...(late !== null && { late: { tried: late.tried, wrong: late.wrong, coverage: late.coverage } }),
    elapsedMs: performance.now() - startedAtMs,
    shortest: proof?.order ?? (crashes?.wrong ? await crashed(options, crashes.wrong) : null),
    nondeterminism: search.nondeterminism ?? proof?.difference ?? null,
    crashes: crashes?.points ?? [],
    ...(crashes?.complete === false && { crashesLeft: leftOf(crashes) }),
  }
  return { part, failure: crashes?.failure ?? null }
}

function leftOf({ failure }: TriedCrashes): NonNullable<RacePart['crashesLeft']> {
  return failure === null ? 'out-of-budget' : 'ended'
}

/** A few of the orders that only the memory of the server can tell apart, where all others are right. */
function looksForLate({ wrong, coverage }: Search, { memory }: RaceTerms): boolean {
  return memory === undefined && wrong === 0 && coverage === 'complete'
}

interface SearchOf {
  readonly startedAtMs: number
  readonly memory: boolean
  readonly preemptions: number | null
}

function searched(
  { setting, terms, stock, chance, signal, onOrder }: PartOptions,
  { startedAtMs, memory, preemptions }: SearchOf,
): Promise<Search> {
  const elapsedMs = (): number => performance.now() - startedAtMs
  return searchOrders((choose) => setting.run({ stock, memory }, choose), {
    reduction: terms.reduction,
    preemptions,
    all: terms.all,
    chance,
    seesMemory: memory,
    hasTime: () => !signal.aborted && elapsedMs() < terms.budgetMs,
    signal,
    onOrder: (_order, { tried, wrong }) => onOrder?.({ tried, wrong, elapsedMs: elapsedMs() }),
  })
}

function partOf(
  search: Search,
  stock: number,
): Omit<RacePart, 'elapsedMs' | 'ends' | 'shortest' | 'crashes' | 'nondeterminism'> {
  const { tried, wrong, pruned, coverage, reductionRefused, coupled, noAnswer, longest } = search
  return {
    stock,
    tried,
    wrong,
    pruned,
    coverage,
    ...(reductionRefused !== undefined && { reductionRefused }),
    ...(coupled.length > 0 && { coupled }),
    ...(noAnswer !== undefined && { noAnswer }),
    longest,
  }
}

/** Crashes need a time of their own: a search that found much has used up the budget. */
async function crashesOf({ setting, terms, stock, signal, onCrash }: PartOptions): Promise<TriedCrashes> {
  const startedAtMs = performance.now()
  return await tryCrashes((crash, choose) => setting.run({ stock, crash }, choose), {
    hasTime: () => !signal.aborted && performance.now() - startedAtMs < terms.budgetMs,
    onPoint: onCrash,
  })
}
