/** An order that was wrong, run again: it fails every time until the bug is gone. */
import type { CrashSpot, RacePart, WrongOrder } from '../../core/race-record.ts'
import type { Choose } from '../../race/choice.ts'
import { replayOrder } from '../../race/search/index.ts'
import type { PartOptions } from './race-part.ts'
import { following, wrongOrderOf } from './race-proof.ts'
import type { RacedOrder } from './raced-order.ts'

const NOTHING_TRIED = { tried: 0, wrong: 0, pruned: 0, longest: 0, ends: [], shortest: null, crashes: [] } as const

export async function replayPart({ setting, stock, onOrder }: PartOptions, known: WrongOrder): Promise<RacePart> {
  const startedAtMs = performance.now()
  const { crash, order: names, calls, preemptions, memory } = known
  const seen: RacedOrder[] = []
  const run = async (choose: Choose): Promise<RacedOrder> => {
    const order = await setting.run({ stock, observes: true, crash: crash ?? null, memory: memory === true }, choose)
    seen.push(order)
    return order
  }
  const replay = crash === undefined ? await replayOrder(run, known) : await replayCrash(run, known, crash)
  const elapsedMs = performance.now() - startedAtMs
  if (replay !== null && replay.kind === 'cannot-be-followed') {
    const { step, sentence } = replay
    return { ...NOTHING_TRIED, stock, coverage: 'nondeterministic', elapsedMs, nondeterminism: { step, sentence } }
  }
  const [order] = seen
  const failed = (order!.failed ?? []) as RacePart['ends'][number]['failed']
  const isWrong = failed.length > 0
  onOrder?.({ tried: 1, wrong: isWrong ? 1 : 0, elapsedMs })
  const replays = { tried: 1, same: isWrong ? 1 : 0 }
  const shown = { names, calls, preemptions, executed: order! }
  return {
    ...NOTHING_TRIED,
    stock,
    tried: 1,
    wrong: isWrong ? 1 : 0,
    coverage: 'complete',
    elapsedMs,
    longest: order!.steps.length,
    ends: [{ sentence: order!.end, failed, orders: 1 }],
    shortest: isWrong
      ? {
          ...wrongOrderOf(shown, order!, replays),
          ...(crash !== undefined && { crash }),
          ...(memory !== undefined && { memory }),
        }
      : null,
    nondeterminism: null,
  }
}

/** The calls before the crash must be those of the record. */
async function replayCrash(
  run: (choose: Choose) => Promise<RacedOrder>,
  { order: names, calls }: WrongOrder,
  { at }: CrashSpot,
): Promise<{ readonly kind: 'cannot-be-followed'; readonly step: number; readonly sentence: string } | null> {
  const { steps } = await run(following(names))
  const differs = calls.slice(0, at).findIndex((call, index) => steps[index]?.chosen.statement !== call)
  if (differs === -1) return null
  const found = steps[differs]?.chosen.statement ?? 'nothing'
  return {
    kind: 'cannot-be-followed',
    step: differs + 1,
    sentence: `step ${differs + 1}: expected ${calls[differs]}, found ${found}`,
  }
}
