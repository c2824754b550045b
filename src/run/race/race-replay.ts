/**
 * An order that was wrong, run again: it fails every time until the bug is gone. Where the server's calls are others by now it
 * is no order of them any more, and says nothing: then all orders are tried, as they were when it was found.
 */
import type { CrashSpot, RacePart, WrongOrder } from '../../core/race-record.ts'
import type { Choose } from '../../race/choice.ts'
import { NOTHING_SOLD, notFound, type Replayed, replayOrder } from '../../race/search/index.ts'
import { type PartOptions, type RacedPart, racePart } from './race-part.ts'
import { following, wrongOrderOf } from './race-proof.ts'
import type { RacedOrder } from './raced-order.ts'

const NOTHING_TRIED = { tried: 0, wrong: 0, pruned: 0, longest: 0, ends: [], shortest: null, crashes: [] } as const

/** Of an order that can't be followed, where. */
type NotFollowed = NonNullable<RacePart['notFollowed']>

export interface ReplayOptions extends PartOptions {
  /** The search begins, in place of the order. */
  readonly onNotFollowed?: (() => void) | undefined
}

export async function replayPart(options: ReplayOptions, known: WrongOrder): Promise<RacedPart> {
  const replayed = await followedPart(options, known)
  if ('part' in replayed) return { part: replayed.part, failure: null }
  const { notFollowed } = replayed
  options.onNotFollowed?.()
  const { part, failure } = await racePart(options)
  return { part: { ...part, notFollowed }, failure }
}

async function followedPart(
  { setting, stock, onOrder }: PartOptions,
  known: WrongOrder,
): Promise<{ readonly part: RacePart } | { readonly notFollowed: NotFollowed }> {
  const startedAtMs = performance.now()
  const { crash, order: names, calls, preemptions, memory } = known
  const run = (choose: Choose): Promise<RacedOrder> =>
    setting.run({ stock, observes: true, crash: crash ?? null, memory: memory === true }, choose)
  const replayed = crash === undefined ? await replayOrder(run, known) : await replayCrash(run, known, crash)
  if (replayed.kind === 'cannot-be-followed') {
    const { step, sentence } = replayed
    return { notFollowed: { step, sentence } }
  }
  const order = replayed.executed
  const failed = (order.failed ?? []) as RacePart['ends'][number]['failed']
  const isWrong = failed.length > 0
  const elapsedMs = performance.now() - startedAtMs
  onOrder?.({ tried: 1, wrong: isWrong ? 1 : 0, elapsedMs })
  const noAnswer = isWrong ? null : (order.noAnswer ?? (order.sells ? null : NOTHING_SOLD))
  const shown = { names, calls, preemptions, executed: order }
  const part: RacePart = {
    ...NOTHING_TRIED,
    stock,
    tried: 1,
    wrong: isWrong ? 1 : 0,
    coverage: noAnswer === null ? 'complete' : 'no-answer',
    ...(noAnswer !== null && { noAnswer }),
    elapsedMs,
    longest: order.steps.length,
    ends: [{ sentence: order.end, failed, orders: 1 }],
    shortest: isWrong
      ? {
          ...wrongOrderOf(shown, order, { tried: 1, same: 1 }),
          ...(crash !== undefined && { crash }),
          ...(memory !== undefined && { memory }),
        }
      : null,
    nondeterminism: null,
  }
  return { part }
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
