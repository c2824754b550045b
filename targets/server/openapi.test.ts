/**
 * The published document and the server say the same: each documented status is one that the server was seen to give,
 * and no other was seen.
 */
import { Ajv2020 } from 'ajv/dist/2020.js'
import type { InjectOptions } from 'fastify'
import { describe, expect, it } from 'vitest'
import { ROUTES } from '../../src/core/wire.ts'
import { StoreFailure } from '../storage/store-failure.ts'
import type { BuyResult } from '../strategies/strategy.ts'
import { CallFailure } from './instance-calls.ts'
import { AUTHORIZED, BUY, OPEN, type TestAppOptions, testApp } from './testing/test-app.ts'

interface OpenApi {
  readonly paths: Record<string, Record<string, { responses: Record<string, { content?: Content }> }>>
}
type Content = Record<string, { schema: object }>

const never = new Promise<never>(() => {})
const down = async (): Promise<never> => {
  throw new StoreFailure('postgres', 'unknown', new Error('gone'))
}
const broken = async (): Promise<never> => {
  throw new Error('a bug')
}
const failedCall = (code: 'TIMEOUT' | 'DEPENDENCY_DOWN') => async (): Promise<never> => {
  throw new CallFailure({ code, effect: 'unknown', detail: 'late' })
}
const answers = (result: BuyResult): TestAppOptions => ({ script: { buy: async () => result } })
const show: InjectOptions = { method: 'GET', url: '/v1/sales/sku-1' }
const close: InjectOptions = { method: 'POST', url: '/v1/admin/sales/sku-1/close', headers: AUTHORIZED }
const settle: InjectOptions = { method: 'POST', url: '/v1/admin/settle', headers: AUTHORIZED }
const stats: InjectOptions = { method: 'GET', url: '/v1/admin/stats', headers: AUTHORIZED }
const openMetrics: InjectOptions = { method: 'GET', headers: { accept: 'application/openmetrics-text' } }
const withoutToken = (request: InjectOptions): InjectOptions => ({
  ...request,
  headers: { 'content-type': 'application/json' },
})
const tooLong = { x: 'x'.repeat(5_000) }
const asText = (request: InjectOptions): InjectOptions => ({
  ...request,
  headers: { ...request.headers, 'content-type': 'text/plain' },
})

/** Requests that bring out every status of a route. */
const PROVOKED: readonly (readonly [path: string, method: string, request: InjectOptions, options?: TestAppOptions])[] =
  [
    ['/v1/sales/{sku}/orders', 'post', BUY],
    ['/v1/sales/{sku}/orders', 'post', BUY, answers({ kind: 'sold', orderId: 'o', replayed: true })],
    ['/v1/sales/{sku}/orders', 'post', BUY, answers({ kind: 'soldOut' })],
    ['/v1/sales/{sku}/orders', 'post', BUY, answers({ kind: 'saleNotFound' })],
    ['/v1/sales/{sku}/orders', 'post', BUY, answers({ kind: 'keyReused' })],
    ['/v1/sales/{sku}/orders', 'post', BUY, answers({ kind: 'busy' })],
    ['/v1/sales/{sku}/orders', 'post', BUY, { script: { buy: broken } }],
    ['/v1/sales/{sku}/orders', 'post', { ...BUY, payload: '{}' }],
    ['/v1/sales/{sku}/orders', 'post', { ...BUY, payload: tooLong }],
    ['/v1/sales/{sku}/orders', 'post', asText(BUY)],
    ['/v1/sales/{sku}', 'get', show],
    ['/v1/sales/{sku}', 'get', { ...show, url: '/v1/sales/a%20b' }],
    ['/v1/sales/{sku}', 'get', show, { script: { stock: async () => null } }],
    ['/v1/sales/{sku}', 'get', show, { script: { stock: broken } }],
    ['/v1/sales/{sku}', 'get', show, { script: { stock: () => never }, limits: { requestTimeoutMs: 5 } }],
    ['/v1/sales/{sku}', 'put', OPEN],
    ['/v1/sales/{sku}', 'put', { ...OPEN, payload: '{}' }],
    ['/v1/sales/{sku}', 'put', { ...OPEN, payload: tooLong }],
    ['/v1/sales/{sku}', 'put', asText(OPEN)],
    ['/v1/sales/{sku}', 'put', withoutToken(OPEN)],
    ['/v1/sales/{sku}', 'put', OPEN, { administration: { open: async () => 'exists' } }],
    ['/v1/sales/{sku}', 'put', OPEN, { administration: { open: broken } }],
    ['/v1/sales/{sku}', 'put', OPEN, { administration: { open: failedCall('DEPENDENCY_DOWN') } }],
    ['/v1/admin/sales/{sku}/close', 'post', close],
    ['/v1/admin/sales/{sku}/close', 'post', { ...close, url: '/v1/admin/sales/a%20b/close' }],
    ['/v1/admin/sales/{sku}/close', 'post', withoutToken({ ...close, payload: '{}' })],
    ['/v1/admin/sales/{sku}/close', 'post', { ...close, payload: tooLong }],
    ['/v1/admin/sales/{sku}/close', 'post', { ...asText(close), payload: 'x' }],
    ['/v1/admin/sales/{sku}/close', 'post', close, { administration: { close: async () => false } }],
    ['/v1/admin/sales/{sku}/close', 'post', close, { administration: { close: broken } }],
    ['/v1/admin/sales/{sku}/close', 'post', close, { administration: { close: failedCall('DEPENDENCY_DOWN') } }],
    ['/v1/admin/settle', 'post', settle],
    ['/v1/admin/settle', 'post', { method: 'POST', url: '/v1/admin/settle' }],
    ['/v1/admin/settle', 'post', { ...settle, headers: { ...AUTHORIZED, 'content-type': 'application/json' } }],
    ['/v1/admin/settle', 'post', { ...settle, payload: tooLong }],
    ['/v1/admin/settle', 'post', { ...asText(settle), payload: 'x' }],
    ['/v1/admin/settle', 'post', settle, { administration: { settle: broken } }],
    ['/v1/admin/settle', 'post', settle, { administration: { settle: failedCall('TIMEOUT') } }],
    ['/v1/admin/stats', 'get', stats],
    ['/v1/admin/stats', 'get', { method: 'GET', url: '/v1/admin/stats' }],
    ['/v1/admin/stats', 'get', stats, { administration: { stats: broken } }],
    ['/v1/admin/stats', 'get', stats, { administration: { stats: failedCall('TIMEOUT') } }],
    ['/healthz', 'get', { method: 'GET', url: '/healthz' }],
    ['/readyz', 'get', { method: 'GET', url: '/readyz' }],
    ['/readyz', 'get', { method: 'GET', url: '/readyz' }, { script: { probe: down } }],
    ['/readyz', 'get', { method: 'GET', url: '/readyz' }, { script: { probe: broken } }],
    ['/metrics', 'get', { method: 'GET', url: '/metrics' }],
    ['/metrics', 'get', { ...openMetrics, url: '/metrics' }],
    ['/metrics', 'get', { method: 'GET', url: '/metrics' }, { metrics: null }],
    ['/metrics', 'get', { method: 'GET', url: '/metrics' }, { administration: { metrics: broken } }],
    ['/metrics', 'get', { method: 'GET', url: '/metrics' }, { administration: { metrics: failedCall('TIMEOUT') } }],
  ]

async function publishedDocument(): Promise<OpenApi> {
  const { app } = await testApp()
  const response = await app.inject({ method: 'GET', url: ROUTES.openapi })
  await app.close()
  return response.json<OpenApi>()
}

function documented(document: OpenApi): string[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, { responses }]) =>
      Object.keys(responses).map((status) => `${method} ${path} ${status}`),
    ),
  )
}

describe('/openapi.json', () => {
  it('documents the answers that the server gives, all of them and no others', async () => {
    const document = await publishedDocument()
    const ajv = new Ajv2020({ strict: false })
    const seen = new Set<string>()
    for (const [path, method, request, options] of PROVOKED) {
      const { app } = await testApp(options)
      const response = await app.inject(request)
      await app.close()
      const answer = `${method} ${path} ${response.statusCode}`
      seen.add(answer)
      const content = document.paths[path]?.[method]?.responses[response.statusCode]?.content
      const mediaType = String(response.headers['content-type'] ?? '').split(';')[0]!
      if (response.body === '') continue
      const schema = content?.[mediaType]?.schema
      expect(schema, `${answer} ${mediaType}`).toBeDefined()
      const body: unknown = mediaType.endsWith('json') ? response.json() : response.body
      expect(ajv.validate(schema!, body), `${answer} ${response.body} ${ajv.errorsText()}`).toBe(true)
    }
    expect([...seen].sort()).toEqual(documented(document).sort())
  })

  it('documents every route of the wire contract', async () => {
    const { paths } = await publishedDocument()
    const { openapi: _itself, ...routes } = ROUTES
    const contract = Object.values(routes).map((route) => (typeof route === 'string' ? route : route('{sku}')))
    expect(Object.keys(paths).sort()).toEqual(contract.sort())
  })
})
