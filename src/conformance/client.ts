/** A buyer and an administrator over HTTP, for the conformance suite: every answer is a value. */
import { IDEMPOTENCY_KEY_HEADER, type OpenSaleBody, ROUTES } from '../core/wire.ts'

export interface BuyCall {
  readonly requestId: string
  readonly userId: string
  readonly quantity: number
}

export interface Answer {
  readonly status: number
  /** Empty when the body was. */
  readonly body: Readonly<Record<string, unknown>>
}

/** Longer than the server lets settling take. */
const CALL_DEADLINE_MS = 35_000

export class ConformanceClient {
  readonly #url: string
  readonly #adminToken: string

  constructor(url: string, adminToken: string) {
    this.#url = url
    this.#adminToken = adminToken
  }

  buy(sku: string, { requestId, userId, quantity }: BuyCall): Promise<Answer> {
    return this.#call('POST', ROUTES.orders(sku), { userId, quantity }, { [IDEMPOTENCY_KEY_HEADER]: requestId })
  }

  show(sku: string): Promise<Answer> {
    return this.#call('GET', ROUTES.sale(sku), undefined, {})
  }

  open(sku: string, terms: OpenSaleBody): Promise<Answer> {
    return this.#administer('PUT', ROUTES.sale(sku), terms)
  }

  close(sku: string): Promise<Answer> {
    return this.#administer('POST', ROUTES.close(sku))
  }

  settle(): Promise<Answer> {
    return this.#administer('POST', ROUTES.settle)
  }

  #administer(method: string, path: string, body?: unknown): Promise<Answer> {
    return this.#call(method, path, body, { authorization: `Bearer ${this.#adminToken}` })
  }

  async #call(method: string, path: string, body: unknown, headers: Record<string, string>): Promise<Answer> {
    const hasBody = body !== undefined
    const response = await fetch(this.#url + path, {
      method,
      headers: { ...headers, ...(hasBody && { 'content-type': 'application/json' }) },
      ...(hasBody && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(CALL_DEADLINE_MS),
    })
    const text = await response.text()
    return { status: response.status, body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>) }
  }
}
