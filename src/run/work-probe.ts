/**
 * What one request of each kind costs: a sale of its own, one request in flight, and the counts of stores and target read
 * around each kind, when nothing is pending any more. Nothing else goes on meanwhile, so that most counts are the same
 * each time. Nobody judges the sale.
 */
import { formatCount, formatQuantity } from '../core/units.ts'
import { type ProbedWork, REQUEST_KINDS, type RequestKind } from '../core/work-record.ts'
import { type WorkReading, workBetween } from './work-use.ts'

export const PROBED_SKU = 'work-probe'
/** Of each kind; one more of each leads in. */
export const PROBED_REQUESTS = 20

export interface Probed {
  open(stock: number): Promise<void>
  close(): Promise<void>
  /** null: nothing is pending any more; else what is, in a sentence. */
  settle(): Promise<string | null>
  readWork(): Promise<WorkReading>
  /**
   * Sends the request with this number, from 0, of its kind; a replay is the sold request of its number. Whether it was
   * answered as its kind is; false also when it wasn't answered.
   */
  send(kind: RequestKind, index: number): Promise<boolean>
  /** Ends it after the request that is under way; kinds that were not begun are missing then. */
  readonly signal: AbortSignal
}

/** Throws HarnessError when the sale can't be opened or closed. */
export async function probeWork(probed: Probed): Promise<ProbedWork[]> {
  const target = { ...probed, settle: untilItFails(() => probed.settle()) }
  await target.open(PROBED_REQUESTS + 1)
  const work: ProbedWork[] = []
  try {
    for (const kind of REQUEST_KINDS) {
      if (target.signal.aborted) break
      // It finds a sale that the target has not met, and is not counted.
      await target.send(kind, 0)
      await target.settle()
      work.push(await probeKind(target, kind))
    }
  } finally {
    await target.close()
  }
  return work
}

/** A target that did not settle once keeps nobody waiting again: what it left pending is in all that is counted later. */
function untilItFails(settle: Probed['settle']): Probed['settle'] {
  let pending: string | null = null
  return async () => (pending ??= await settle())
}

/** The same for a target that can't be probed. */
export function notProbed(why: string): ProbedWork[] {
  const nothing = { sent: 0, requests: 0, counters: {}, sql: null, redis: null, notCounted: [`not probed: ${why}`] }
  return REQUEST_KINDS.map((kind) => ({ kind, ...nothing }))
}

async function probeKind(target: Probed, kind: RequestKind): Promise<ProbedWork> {
  const before = await target.readWork()
  let requests = 0
  let sent = 0
  while (sent < PROBED_REQUESTS && !target.signal.aborted) {
    sent += 1
    if (await target.send(kind, sent)) requests += 1
  }
  const pending = await target.settle()
  const work = workBetween(before, await target.readWork(), pending)
  const others = sent - requests
  const otherwise =
    others === 0 ? [] : [`${formatCount(others)} of ${formatQuantity(sent, 'request')} were answered otherwise`]
  return { kind, sent, requests, ...work, notCounted: [...work.notCounted, ...otherwise] }
}
