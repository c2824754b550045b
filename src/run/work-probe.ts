/**
 * What one request of each kind costs: a sale of its own, one request in flight, and the counts of stores and target read
 * around each kind, when nothing is pending any more. Nothing else goes on meanwhile, so that most counts are the same
 * each time. Requests are those of the reference contract; nobody judges the sale.
 */
import type { SaleTerms } from '../core/scenario.ts'
import { formatCount, formatQuantity } from '../core/units.ts'
import { IDEMPOTENCY_KEY_HEADER, type BuyResponseBody, type ProblemDocument, ROUTES } from '../core/wire.ts'
import { type ProbedWork, REQUEST_KINDS, type RequestKind } from '../core/work-record.ts'
import type { TargetAdmin } from './target-admin.ts'
import { type WorkReading, workBetween } from './work-use.ts'

const SKU = 'work-probe'
const REQUESTS = 20
const SETTLE_DEADLINE_MS = 10_000
const ANSWER_WITHIN_MS = 10_000

export interface ProbeContext {
  /** Of the target, without a trailing slash. */
  readonly url: string
  readonly admin: Pick<TargetAdmin, 'openSale' | 'settle' | 'closeSale'>
  readonly terms: Pick<SaleTerms, 'perUserLimit'>
  /** Ends it after the request that is under way; kinds that were not finished are missing then. */
  readonly signal: AbortSignal
  readWork(): Promise<WorkReading>
}

/** Throws HarnessError when the sale can't be opened or closed. */
export async function probeWork(context: ProbeContext): Promise<ProbedWork[]> {
  const { admin, terms, signal } = context
  // The first of each kind leads in: it finds a sale that the target has not met, and is not counted.
  await admin.openSale(SKU, { stock: REQUESTS + 1, perUserLimit: terms.perUserLimit })
  const probed: ProbedWork[] = []
  for (const kind of REQUEST_KINDS) {
    if (signal.aborted) break
    await send(context, kind, 0)
    await admin.settle(SETTLE_DEADLINE_MS)
    probed.push(await probeKind(context, kind))
  }
  await admin.closeSale(SKU)
  return probed
}

/** The same for a target that can't be probed. */
export function notProbed(why: string): ProbedWork[] {
  return REQUEST_KINDS.map((kind) => ({
    kind,
    requests: 0,
    counters: {},
    sql: null,
    redis: null,
    notCounted: [why],
  }))
}

async function probeKind(context: ProbeContext, kind: RequestKind): Promise<ProbedWork> {
  const before = await context.readWork()
  let requests = 0
  let sent = 0
  while (sent < REQUESTS && !context.signal.aborted) {
    sent += 1
    if (await send(context, kind, sent)) requests += 1
  }
  const settled = await context.admin.settle(SETTLE_DEADLINE_MS)
  const work = workBetween(before, await context.readWork(), settled)
  const otherwise =
    requests === sent
      ? []
      : [`${formatCount(sent - requests)} of ${formatQuantity(sent, 'request')} were answered otherwise`]
  return { kind, requests, ...work, notCounted: [...work.notCounted, ...otherwise] }
}

/** Whether it was answered as its kind is. */
async function send({ url }: ProbeContext, kind: RequestKind, index: number): Promise<boolean> {
  try {
    const response = await fetch(url + (kind === 'read' ? ROUTES.sale(SKU) : ROUTES.orders(SKU)), {
      ...(kind !== 'read' && buyOf(kind, index)),
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    })
    return isAnswerOf(kind, response.status, await response.json())
  } catch {
    return false
  }
}

/** A replay is the sold request once more. */
function buyOf(kind: Exclude<RequestKind, 'read'>, index: number): RequestInit {
  const buyer = `${kind === 'soldOut' ? 'late' : 'probe'}-${index}`
  return {
    method: 'POST',
    headers: { 'content-type': 'application/json', [IDEMPOTENCY_KEY_HEADER]: `${SKU}-${buyer}` },
    body: JSON.stringify({ userId: buyer, quantity: 1 }),
  }
}

function isAnswerOf(kind: RequestKind, status: number, body: unknown): boolean {
  switch (kind) {
    case 'sold':
      return status === 201
    case 'soldOut':
      return (body as ProblemDocument).code === 'SOLD_OUT'
    case 'replayed':
      return status === 200 && (body as BuyResponseBody).replayed
    case 'read':
      return status === 200
  }
}
