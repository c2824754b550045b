/**
 * What is lost or doubled when the server dies in the middle: at each event of the order in which buyers come one after the
 * other, it is killed before the call, killed before it hears of the call's effect, or its connection breaks there. Then it is
 * started again, whoever was left without an answer asks again with the same id, and the sale is settled and judged.
 */
import { HarnessError } from '../../core/errors.ts'
import { CRASH_KINDS, type CrashPoint, type CrashSpot } from '../../core/race-record.ts'
import { headlineOfChecks } from '../../report/headline.ts'
import type { Choice, Choose } from '../../race/choice.ts'
import type { RacedOrder } from './raced-order.ts'

export type RunWithCrash = (crash: CrashSpot | null, choose: Choose) => Promise<RacedOrder>

export interface TriedCrashes {
  readonly points: readonly CrashPoint[]
  /** Whether there was time for all of them. */
  readonly complete: boolean
  /** What went wrong beside them; null: nothing. */
  readonly failure: HarnessError | null
  /** The first that was wrong. */
  readonly wrong: { readonly spot: CrashSpot; readonly order: RacedOrder } | null
}

/** One after the other: whoever is under way goes on as long as they can. */
export function inTurn(): Choose {
  let last = ''
  return (enabled) => {
    const next = enabled.find(({ actor }) => actor === last) ?? enabled[0]
    last = next?.actor ?? ''
    return next?.event ?? null
  }
}

export async function tryCrashes(
  run: RunWithCrash,
  {
    hasTime,
    onPoint,
  }: { readonly hasTime: () => boolean; readonly onPoint?: ((point: CrashPoint) => void) | undefined },
): Promise<TriedCrashes> {
  const points: CrashPoint[] = []
  let wrong: TriedCrashes['wrong'] = null
  try {
    const whole = await run(null, inTurn())
    for (const { spot, chosen } of placesIn(whole)) {
      if (!hasTime()) return { points, wrong, complete: false, failure: null }
      const order = await run(spot, inTurn())
      const point = pointOf(spot, chosen, order)
      points.push(point)
      onPoint?.(point)
      if (point.failed.length > 0) wrong ??= { spot, order }
    }
    return { points, wrong, complete: true, failure: null }
  } catch (error) {
    if (!(error instanceof HarnessError) || error.exitReason !== 'environment') throw error
    return { points, wrong, complete: false, failure: error }
  }
}

function placesIn({ steps }: RacedOrder): { readonly spot: CrashSpot; readonly chosen: Choice }[] {
  return steps.flatMap(({ chosen }, at) => CRASH_KINDS.map((kind) => ({ spot: { at, kind }, chosen })))
}

function pointOf(spot: CrashSpot, { event, statement }: Choice, { checks }: RacedOrder): CrashPoint {
  const failed = checks.filter(({ verdict }) => verdict === 'fail').map(({ check }) => check)
  const { word, rest } = headlineOfChecks(checks, 'wrong')
  return { ...spot, event, call: statement, failed, sentence: failed.length === 0 ? 'kept' : word + rest }
}
