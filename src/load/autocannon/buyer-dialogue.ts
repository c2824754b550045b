/**
 * What buyers say to the target and what its answers mean: the one place where this engine knows a protocol. Targets
 * with one of their own come in here.
 */
import { fillTemplate, type TemplateValues } from '../../core/fill-template.ts'
import type { RequestTemplate } from '../../core/buyer-protocol.ts'
import { REFERENCE_PROTOCOL } from '../../core/reference-protocol.ts'
import { type AnsweredOutcome, classifyResponse } from '../classify-response.ts'

/** One request of the plan. */
export interface BuyerRequest {
  readonly kind: 'buy' | 'read'
  readonly sku: string
  readonly userId: string
  readonly requestId: string
  readonly quantity: number
}

export interface RenderedRequest {
  readonly method: string
  readonly path: string
  /** The request's own: nobody else holds it. */
  readonly headers: Record<string, string>
  readonly body: string | undefined
}

export interface BuyerDialogue {
  render(request: BuyerRequest): RenderedRequest
  /** `body`: without transfer coding. */
  classify(kind: 'buy' | 'read', status: number, body: Buffer): AnsweredOutcome
}

/** The reference contract, under the target's base path, which has no slash at its end. */
export function referenceDialogue(basePath: string): BuyerDialogue {
  return {
    render: (request) => {
      const template = request.kind === 'buy' ? REFERENCE_PROTOCOL.buy : REFERENCE_PROTOCOL.read!.request
      return renderTemplate(template, basePath, request)
    },
    classify: (kind, status, body) => classifyResponse(kind, status, body, 0, body.length),
  }
}

function renderTemplate(template: RequestTemplate, basePath: string, request: BuyerRequest): RenderedRequest {
  const valueOf: TemplateValues = (name) => valueIn(request, name)
  const headers: Record<string, string> = { 'user-agent': 'doorbuster' }
  for (const { name, value } of template.headers) headers[name] = fillTemplate(value, valueOf)
  return {
    method: template.method,
    path: basePath + fillTemplate(template.path, valueOf),
    headers,
    body: template.body === null ? undefined : fillTemplate(template.body, valueOf),
  }
}

function valueIn(request: BuyerRequest, name: string): string | number {
  switch (name) {
    case 'sku':
    case 'userId':
    case 'requestId':
    case 'quantity':
      return request[name]
    default:
      throw new RangeError(`the reference contract has no placeholder ${name}`)
  }
}
