/**
 * What the harness asks of a server under test beside the load: open a sale, settle, close, its own counters.
 * None of these calls is made while arrivals are being measured, but for a warm connection they cost nothing.
 */
import { HarnessError } from '../core/errors.ts'
import {
  type HealthResponseBody,
  type OpenSaleBody,
  type ProblemDocument,
  ROUTES,
  type SaleResponseBody,
  type StatsResponseBody,
} from '../core/wire.ts'

const CALL_DEADLINE_MS = 10_000

export class TargetAdmin {
  readonly #url: string
  readonly #token: string

  constructor(url: string, token: string) {
    this.#url = url
    this.#token = token
  }

  /** Returns when every instance sells it. */
  async openSale(sku: string, terms: OpenSaleBody): Promise<void> {
    await drained(this.#call('PUT', ROUTES.sale(sku), terms))
  }

  async closeSale(sku: string): Promise<void> {
    await drained(this.#call('POST', ROUTES.close(sku)))
  }

  /**
   * Waits until nothing is in flight and all queues and delayed work are drained.
   * @returns whether that came to pass within the deadline; false also when the target can't answer any more
   */
  async settle(deadlineMs: number): Promise<boolean> {
    try {
      const response = await this.#send('POST', ROUTES.settle, undefined, deadlineMs)
      return response.ok
    } catch {
      return false
    }
  }

  /** Units left as the target shows them to buyers; null if it doesn't answer. */
  async shownStock(sku: string): Promise<number | null> {
    try {
      const response = await this.#send('GET', ROUTES.sale(sku))
      return response.ok ? ((await response.json()) as SaleResponseBody).stock : null
    } catch {
      return null
    }
  }

  /** What the target's clock shows, ms since 1970, rounded down. Throws HarnessError. */
  async clockMs(): Promise<number> {
    const response = await this.#call('GET', ROUTES.health)
    return ((await response.json()) as HealthResponseBody).nowMs
  }

  /** null if it doesn't answer. */
  async stats(): Promise<StatsResponseBody | null> {
    try {
      const response = await this.#send('GET', ROUTES.stats)
      return response.ok ? ((await response.json()) as StatsResponseBody) : null
    } catch {
      return null
    }
  }

  /** Throws HarnessError unless the answer is a success, whose body is the caller's to read. */
  async #call(method: string, path: string, body?: unknown): Promise<Response> {
    let response: Response
    try {
      response = await this.#send(method, path, body)
    } catch (cause) {
      throw new HarnessError('TARGET_UNREACHABLE', {
        message: `the target at ${this.#url} did not answer ${method} ${path} within ${CALL_DEADLINE_MS / 1000} s`,
        cause,
      })
    }
    if (response.ok) return response
    const problem = (await response.json().catch(() => null)) as ProblemDocument | null
    throw new HarnessError('TARGET_FAILED', {
      message:
        `the target answered ${method} ${path} with ${response.status} ${problem?.code ?? ''} ${problem?.detail ?? ''}`.trimEnd(),
    })
  }

  #send(method: string, path: string, body?: unknown, deadlineMs = CALL_DEADLINE_MS): Promise<Response> {
    return fetch(this.#url + path, {
      method,
      headers: {
        authorization: `Bearer ${this.#token}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(deadlineMs),
    })
  }
}

/** A connection is free for the next call when its answer was read. */
async function drained(call: Promise<Response>): Promise<void> {
  await (await call).arrayBuffer()
}
