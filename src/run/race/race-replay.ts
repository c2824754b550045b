/**
 * An order that was wrong, run again: it fails every time until the bug is gone. Where it does not fail any more, since the
 * server's calls are others by now or it ends right, that says little: the bug may have moved to what follows, or to
 * another order. Then all orders are tried, as they were when it was found.
 */
import type { CrashSpot, RacePart, WrongOrder } from '../../core/race-record.ts'
import type { Choose } from '../../race/choice.ts'
import { notFound, type Replayed, replayOrder } from '../../race/search/index.ts'
import { type PartOptions, type RacedPart, racePart } from './race-part.ts'
import { following, wrongOrderOf } from './race-proof.ts'
import type { RacedOrder } from './raced-order.ts'

export interface ReplayOptions extends PartOptions {
  /** The order is not wrong any more, and the search begins. */
  readonly onSearch?: (() => void) | undefined
}

export async function replayPart(options: ReplayOptions, known: WrongOrder): Promise<RacedPart> {
  const startedAtMs = performance.now()
  const replayed = await replay(options, known)
  const elapsedMs = performance.now() - startedAtMs
  if (replayed.kind === 'ended' && (replayed.executed.failed ?? []).length > 0) {
    return { part: stillWrong(options.stock, known, replayed.executed, elapsedMs), failure: null }
  }
  options.onSearch?.()
  const { part, failure } = await racePart(options)
  const notFollowed = replayed.kind === 'ended' ? null : { step: replayed.step, sentence: replayed.sentence }
  return { part: { ...part, notFollowed }, failure }
}

function replay({ setting, stock }: PartOptions, known: WrongOrder): Promise<Replayed<RacedOrder>> {
  const { crash = null, memory = false } = known
  const run = (choose: Choose): Promise<RacedOrder> => setting.run({ stock, observes: true, crash, memory }, choose)
  return crash === null ? replayOrder(run, known) : replayCrash(run, known, crash)
}

function stillWrong(stock: number, known: WrongOrder, order: RacedOrder, elapsedMs: number): RacePart {
  const { crash, memory, order: names, calls, preemptions } = known
  const failed = (order.failed ?? []) as RacePart['ends'][number]['failed']
  return {
    stock,
    tried: 1,
    wrong: 1,
    pruned: 0,
    coverage: 'complete',
    elapsedMs,
    longest: order.steps.length,
    ends: [{ sentence: order.end, failed, orders: 1 }],
    shortest: {
      ...wrongOrderOf({ names, calls, preemptions, executed: order }, order, { tried: 1, same: 1 }),
      ...(crash !== undefined && { crash }),
      ...(memory !== undefined && { memory }),
    },
    nondeterminism: null,
    crashes: [],
  }
}

/** The calls up to the crash must be those of the record. */
async function replayCrash(
  run: (choose: Choose) => Promise<RacedOrder>,
  { order: names, calls }: WrongOrder,
  { at }: CrashSpot,
): Promise<Replayed<RacedOrder>> {
  const executed = await run(following(names))
  for (let index = 0; index <= at; index++) {
    const expected = { event: names[index]!, statement: calls[index]! }
    const chosen = executed.steps[index]?.chosen
    const isSame = chosen?.event === expected.event && chosen.statement === expected.statement
    if (!isSame) return { kind: 'cannot-be-followed', ...notFound(index + 1, expected, chosen ? [chosen] : []) }
  }
  return { kind: 'ended', executed }
}
