/** Sends the probe's requests to the reference server, one at a time, by the contract. */
import { type BuyResponseBody, IDEMPOTENCY_KEY_HEADER, type ProblemDocument, ROUTES } from '../core/wire.ts'
import type { RequestKind } from '../core/work-record.ts'
import { PROBED_SKU } from './work-probe.ts'

const ANSWER_WITHIN_MS = 10_000

/** Whether it was answered as its kind is; false also when it was not answered. */
export async function sendProbe(url: string, kind: RequestKind, index: number): Promise<boolean> {
  try {
    const response = await fetch(url + (kind === 'read' ? ROUTES.sale(PROBED_SKU) : ROUTES.orders(PROBED_SKU)), {
      ...(kind !== 'read' && buyOf(kind, index)),
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    })
    return isAnswerOf(kind, response.status, await response.json())
  } catch {
    return false
  }
}

function buyOf(kind: Exclude<RequestKind, 'read'>, index: number): RequestInit {
  const buyer = `${kind === 'soldOut' ? 'late' : 'probe'}-${index}`
  return {
    method: 'POST',
    headers: { 'content-type': 'application/json', [IDEMPOTENCY_KEY_HEADER]: `${PROBED_SKU}-${buyer}` },
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
