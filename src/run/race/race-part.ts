/**
 * One stock's part of a race: the search over all orders, the first wrong one shortened and run again until nobody can doubt
 * it, and, where asked for, every place at which the server can die.
 */
import type { CrashPoint, CrashSpot, RacePart, RaceTerms, WrongOrder } from '../../core/race-record.ts'
import type { HarnessError } from '../../core/errors.ts'
import { headlineOfChecks } from '../../report/headline.ts'
import type { Choose, Executed } from '../../race/choice.ts'
import {
  ChanceWords,
  type Order,
  type Replayed,
  replayOrder,
  type Search,
  searchOrders,
  shrinkOrder,
} from '../../race/search/index.ts'
import { inTurn, tryCrashes, type TriedCrashes } from './crash-points.ts'
import { endsOf } from './race-ends.ts'
import type { RacedOrder } from './raced-order.ts'
import type { RaceSetting } from './race-setting.ts'

/** Times that a wrong order is run again before it is called a proof. */
const REPLAYS = 3
/** Between two lines of a server somebody else comes: one switch, and the most common fault of what is kept in memory. */
const PREEMPTIONS_OF_LATE = 1
/** For these, and for shortening, beyond the budget of the search. */
const PROOF_MS = 15_000

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
  const proof =
    search.firstWrong !== null
      ? await proved(options, search.firstWrong, memory)
      : late !== null && late.firstWrong !== null
        ? await proved(options, late.firstWrong, true)
        : null
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

/** A wrong order, run again. */
interface Proof {
  readonly order: WrongOrder
  /** How it went when it did not go as before; null: it always did. */
  readonly difference: RacePart['nondeterminism']
}

/** What was seen once while it was shortened, and never again, is no proof: then the order stands as it was found. */
async function proved(options: PartOptions, found: Order, memory: boolean): Promise<Proof> {
  const { setting, stock, signal } = options
  const startedAtMs = performance.now()
  const hasTime = (): boolean => !signal.aborted && performance.now() - startedAtMs < PROOF_MS
  const shorter = await shrinkOrder((choose) => setting.run({ stock, memory }, choose), found, { hasTime })
  const proof = await repeated(options, shorter, memory)
  if (shorter === found || proof.difference === null) return proof
  const whole = await repeated(options, found, memory)
  return whole.order.replays.same > proof.order.replays.same ? whole : proof
}

async function repeated({ setting, stock, signal }: PartOptions, order: Order, memory: boolean): Promise<Proof> {
  const executed: RacedOrder[] = []
  const observed = async (choose: Choose): Promise<RacedOrder> => {
    const again = await setting.run({ stock, observes: true, memory }, choose)
    executed.push(again)
    return again
  }
  let tried = 0
  let difference: Proof['difference'] = null
  for (; tried < REPLAYS && !signal.aborted; tried++) {
    const replayed = await replayOrder(observed, { order: order.names, calls: order.calls })
    difference ??= differenceOf(replayed, order.executed)
  }
  const same = executed.filter(({ end }) => end === order.executed.end)
  const shown = same.at(-1) ?? (order.executed as RacedOrder)
  const wrong = wrongOrderOf(order, shown, { tried, same: same.length })
  return { order: { ...wrong, ...(memory && { memory }) }, difference }
}

function differenceOf(replayed: Replayed, before: Executed): Proof['difference'] {
  if (replayed.kind === 'cannot-be-followed') return { step: replayed.step, sentence: replayed.sentence }
  const { end, steps } = replayed.executed
  if (end === before.end) return null
  return { step: steps.length, sentence: `step ${steps.length}: ended with "${end}" instead of "${before.end}"` }
}

export function wrongOrderOf(order: Order, { told, checks }: RacedOrder, replays: WrongOrder['replays']): WrongOrder {
  const failed = checks.filter(({ verdict }) => verdict === 'fail')
  const { word, rest } = headlineOfChecks(checks, 'wrong')
  return {
    order: order.names,
    calls: order.calls,
    preemptions: order.preemptions,
    steps: told,
    checks: failed,
    sentence: word + rest,
    replays,
  }
}

async function crashed(
  { setting, stock, signal }: PartOptions,
  { spot, order }: { readonly spot: CrashSpot; readonly order: RacedOrder },
): Promise<WrongOrder> {
  const names = order.steps.map(({ chosen }) => chosen.event)
  const calls = order.steps.map(({ chosen }) => chosen.statement)
  let shown = order
  let tried = 0
  let same = 0
  for (; tried < REPLAYS && !signal.aborted; tried++) {
    const again = await setting.run({ stock, crash: spot, observes: true }, following(names))
    if (again.end === order.end) same += 1
    shown = again
  }
  return { ...wrongOrderOf({ names, calls, preemptions: 0, executed: order }, shown, { tried, same }), crash: spot }
}

/** The events by their names, as long as they are offered; then whoever comes first. */
export function following(names: readonly string[]): Choose {
  let at = 0
  return (enabled) => {
    const name = names[at++]
    return enabled.find(({ event }) => event === name)?.event ?? enabled[0]?.event ?? null
  }
}
