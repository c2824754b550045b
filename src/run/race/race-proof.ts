/**
 * A wrong order made as short as it goes, and run again until nobody can doubt it, or somebody can: then it is shown as what
 * was seen once.
 */
import type { CrashSpot, RacePart, WrongOrder } from '../../core/race-record.ts'
import { headlineOfChecks } from '../../report/headline.ts'
import type { Choose, Executed } from '../../race/choice.ts'
import { type Order, type Replayed, replayOrder, shrinkOrder } from '../../race/search/index.ts'
import type { RacedOrder } from './raced-order.ts'
import type { RaceSetting } from './race-setting.ts'

/** Times that a wrong order is run again before it is called a proof. */
const REPLAYS = 3
/** For these, and for shortening, beyond the budget of the search. */
const PROOF_MS = 15_000

/** By what an order can be run again. */
interface Stage {
  readonly setting: RaceSetting
  readonly stock: number
  readonly signal: AbortSignal
}

/** A wrong order, run again. */
export interface Proof {
  readonly order: WrongOrder
  /** How it went when it did not go as before; null: it always did. */
  readonly difference: RacePart['nondeterminism']
}

/** What was seen once while it was shortened, and never again, is no proof: then the order stands as it was found. */
export async function proved(options: Stage, found: Order, memory: boolean): Promise<Proof> {
  const { setting, stock, signal } = options
  const startedAtMs = performance.now()
  const hasTime = (): boolean => !signal.aborted && performance.now() - startedAtMs < PROOF_MS
  const shorter = await shrinkOrder((choose) => setting.run({ stock, memory }, choose), found, { hasTime })
  const proof = await repeated(options, shorter, memory)
  if (shorter === found || proof.difference === null) return proof
  const whole = await repeated(options, found, memory)
  return whole.order.replays.same > proof.order.replays.same ? whole : proof
}

async function repeated({ setting, stock, signal }: Stage, order: Order, memory: boolean): Promise<Proof> {
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

export async function crashed(
  { setting, stock, signal }: Stage,
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
