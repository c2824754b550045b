/**
 * One stock's part of a race: the search over all orders, the first wrong one shortened and run again until nobody can doubt
 * it, and, where asked for, every place at which the server can die.
 */
import type { CrashPoint, CrashSpot, RacePart, RaceTerms, WrongOrder } from '../../core/race-record.ts'
import type { HarnessError } from '../../core/errors.ts'
import { headlineOfChecks } from '../../report/headline.ts'
import type { Choose } from '../../race/choice.ts'
import { type Order, replayOrder, type Search, searchOrders, shrinkOrder } from '../../race/search/index.ts'
import { inTurn, tryCrashes, type TriedCrashes } from './crash-points.ts'
import { endsOf } from './race-ends.ts'
import type { RacedOrder } from './raced-order.ts'
import type { RaceSetting } from './race-setting.ts'

/** Times that a wrong order is run again before it is called a proof. */
const REPLAYS = 3
/** For these, and for shortening, beyond the budget of the search. */
const PROOF_MS = 15_000

export interface PartOptions {
  readonly setting: RaceSetting
  readonly terms: RaceTerms
  readonly stock: number
  readonly signal: AbortSignal
  readonly onOrder?:
    | ((progress: { readonly tried: number; readonly wrong: number; readonly elapsedMs: number }) => void)
    | undefined
  readonly onCrash?: ((point: CrashPoint) => void) | undefined
}

/**
 * What is only done once (statements are prepared, scripts loaded, connections opened) would make the first orders differ from
 * all others.
 */
export async function warmUp(setting: RaceSetting, stock: number): Promise<void> {
  for (const choose of [inTurn(), inTurn(), byTurns(), byTurns()]) await setting.run({ stock }, choose)
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
  const { setting, terms, stock, signal, onOrder } = options
  const startedAtMs = performance.now()
  const hasTime = (): boolean => !signal.aborted && performance.now() - startedAtMs < terms.budgetMs
  const search = await searchOrders((choose) => setting.run({ stock }, choose), {
    reduction: terms.reduction,
    preemptions: terms.preemptions,
    all: terms.all,
    hasTime,
    signal,
    onOrder: (_order, { tried, wrong }) => onOrder?.({ tried, wrong, elapsedMs: performance.now() - startedAtMs }),
  })
  const shortest = search.firstWrong === null ? null : await proved(options, search.firstWrong)
  const crashes = terms.crash && !signal.aborted ? await crashesOf(options) : null
  const part = {
    ...partOf(search, stock),
    elapsedMs: performance.now() - startedAtMs,
    shortest: shortest ?? (crashes?.wrong ? await crashed(options, crashes.wrong) : null),
    crashes: crashes?.points ?? [],
    ...(crashes?.complete === false && search.coverage === 'complete' && { coverage: 'out-of-budget' as const }),
  }
  return { part, failure: crashes?.failure ?? null }
}

function partOf(search: Search, stock: number): Omit<RacePart, 'elapsedMs' | 'shortest' | 'crashes'> {
  const { tried, wrong, pruned, coverage, reductionRefused, coupled, longest, nondeterminism } = search
  return {
    stock,
    tried,
    wrong,
    pruned,
    coverage,
    ...(reductionRefused !== undefined && { reductionRefused }),
    ...(coupled.length > 0 && { coupled }),
    longest,
    ends: endsOf(search.ends),
    nondeterminism,
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

/** What was seen once while it was shortened, and never again, is no proof: then the order stands as it was found. */
async function proved(options: PartOptions, found: Order): Promise<WrongOrder> {
  const { setting, stock, signal } = options
  const startedAtMs = performance.now()
  const hasTime = (): boolean => !signal.aborted && performance.now() - startedAtMs < PROOF_MS
  const shorter = await shrinkOrder((choose) => setting.run({ stock }, choose), found, { hasTime })
  const proof = await repeated(options, shorter)
  if (shorter === found || proof.replays.same === proof.replays.tried) return proof
  const whole = await repeated(options, found)
  return whole.replays.same > proof.replays.same ? whole : proof
}

async function repeated({ setting, stock, signal }: PartOptions, order: Order): Promise<WrongOrder> {
  const executed: RacedOrder[] = []
  const observed = async (choose: Choose): Promise<RacedOrder> => {
    const again = await setting.run({ stock, observes: true }, choose)
    executed.push(again)
    return again
  }
  let tried = 0
  for (; tried < REPLAYS && !signal.aborted; tried++) {
    await replayOrder(observed, { order: order.names, calls: order.calls })
  }
  const same = executed.filter(({ end }) => end === order.executed.end)
  return wrongOrderOf(order, same.at(-1) ?? (order.executed as RacedOrder), { tried, same: same.length })
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
