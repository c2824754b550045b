/**
 * The HTTP face of one instance: routes, checks, and every answer that can be given. It holds no state of a sale, and
 * logs nothing per request.
 */
import type { Socket } from 'node:net'
import fastifySwagger from '@fastify/swagger'
import { fastify, type FastifyError, type FastifyInstance, type FastifyReply } from 'fastify'
import {
  IDEMPOTENCY_KEY_HEADER,
  type BuyRequestBody,
  type BuyResponseBody,
  type HealthResponseBody,
  type OpenSaleBody,
  type ProblemCode,
  type SaleResponseBody,
  type SettleResponseBody,
} from '../../src/core/wire.ts'
import type { Attempt, BuyRequest, StartedStrategy } from '../strategies/strategy.ts'
import type { Admission } from './admission.ts'
import { createAuthorization } from './authorization.ts'
import type { Administration } from './coordinator.ts'
import { CONTENT_TYPES, formatFor } from './exposition.ts'
import { CallFailure } from './instance-calls.ts'
import type { LostReplies } from './lost-replies.ts'
import type { Refusals, ServerMetrics } from './metrics.ts'
import type { SaleAnswer, SaleHours } from './opening-hours.ts'
import { problemDocument, PROBLEM_MEDIA_TYPE, sendProblem } from './problems.ts'
import * as schemas from './schemas.ts'

export interface AppOptions {
  readonly strategy: Pick<StartedStrategy, 'stock' | 'probe'>
  /** Buys as buyers make them: within the opening hours. */
  readonly sale: { buy(request: BuyRequest, attempt: Attempt): Promise<SaleAnswer> }
  readonly admission: Admission
  readonly administration: Administration
  /** null: nothing is counted, and there is no `/metrics`. */
  readonly metrics: ServerMetrics | null
  readonly lostReplies: LostReplies
  readonly adminToken: string
}

/** A buy's body has some 60 bytes. */
const BODY_LIMIT_BYTES = 4_096
/** Longer than any pause between the steps of a run, so that kept connections are not closed under the load. */
const KEEP_ALIVE_MS = 120_000

/** A request that is not whole by then is given up. */
const RECEIVE_DEADLINE_MS = 10_000

interface SaleParams {
  readonly sku: string
}

const REFUSALS = {
  soldOut: 'SOLD_OUT',
  limitExceeded: 'LIMIT_EXCEEDED',
  keyReused: 'IDEMPOTENCY_KEY_REUSED',
  saleNotFound: 'SALE_NOT_FOUND',
  saleClosed: 'SALE_CLOSED',
  notOpen: 'NOT_OPEN',
  busy: 'BUSY',
} as const satisfies Record<Exclude<SaleAnswer['kind'], 'sold'>, ProblemCode>

export async function createApp(options: AppOptions): Promise<FastifyInstance> {
  const refusals = options.metrics?.refusals ?? null
  const app = fastify({
    logger: false,
    bodyLimit: BODY_LIMIT_BYTES,
    keepAliveTimeout: KEEP_ALIVE_MS,
    requestTimeout: RECEIVE_DEADLINE_MS,
    forceCloseConnections: 'idle',
    // A request that still comes on an open connection while the server closes is answered by `Admission`.
    return503OnClosing: false,
    routerOptions: { maxParamLength: 64 },
    exposeHeadRoutes: false,
    // What is not asked for is refused: nothing is turned into a number, nothing taken out.
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false, allowUnionTypes: true } },
    frameworkErrors: (error, _request, reply) => answerError(error, reply),
    clientErrorHandler: (error, socket) => answerMalformed(error, socket, refusals),
  })
  app.decorate('refusals', refusals)
  app.removeContentTypeParser('text/plain')
  app.setErrorHandler((error: FastifyError, _request, reply) => answerError(error, reply))
  app.setNotFoundHandler((_request, reply) => sendProblem(reply, 'NOT_FOUND'))
  await app.register(fastifySwagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Doorbuster reference server', version: '1', description: 'One flash sale under test.' },
      components: { securitySchemes: { adminToken: { type: 'http', scheme: 'bearer' } } },
    },
  })
  addSaleRoutes(app, options)
  addAdminRoutes(app, options)
  addOperationRoutes(app, options)
  return app
}

function addSaleRoutes(app: FastifyInstance, { strategy, sale, admission, metrics, lostReplies }: AppOptions): void {
  app.post<{ Params: SaleParams; Body: BuyRequestBody }>(
    '/v1/sales/:sku/orders',
    { schema: schemas.buySchema },
    (request, reply) => {
      const beganAtMs = performance.now()
      const buy = {
        sku: request.params.sku,
        userId: request.body.userId,
        requestId: request.headers[IDEMPOTENCY_KEY_HEADER] as string,
        quantity: request.body.quantity,
      }
      admission.run(
        reply,
        (attempt) => sale.buy(buy, attempt),
        (answered, result) => {
          if (!lostReplies.takes(answered)) answerBuy(answered, result)
        },
        metrics === null ? undefined : (result) => metrics.buyEnded(buy, result, beganAtMs),
      )
    },
  )
  app.get<{ Params: SaleParams }>('/v1/sales/:sku', { schema: schemas.showSchema }, (request, reply) => {
    const { sku } = request.params
    admission.run(
      reply,
      () => strategy.stock(sku),
      (answered, stock) => {
        if (stock === null) sendProblem(answered, 'SALE_NOT_FOUND')
        else answered.send({ sku, stock } satisfies SaleResponseBody)
      },
    )
  })
}

function answerBuy(reply: FastifyReply, result: SaleAnswer): void {
  if (result.kind !== 'sold') return sendProblem(reply, REFUSALS[result.kind])
  const { orderId, replayed } = result
  reply.code(replayed ? 200 : 201).send({ orderId, status: 'confirmed', replayed } satisfies BuyResponseBody)
}

function addAdminRoutes(app: FastifyInstance, { administration, adminToken }: AppOptions): void {
  const onRequest = createAuthorization(adminToken)
  app.put<{ Params: SaleParams; Body: OpenSaleBody }>(
    '/v1/sales/:sku',
    { schema: schemas.openSchema, onRequest },
    async (request, reply) => {
      const { sku } = request.params
      const { stock, perUserLimit } = request.body
      const hours = hoursOf(request.body)
      if (typeof hours === 'string') {
        sendProblem(reply, 'INVALID_REQUEST', 'none', hours)
        return reply
      }
      const opened = await administration.open({ terms: { sku, stock, perUserLimit: perUserLimit ?? null }, hours })
      if (opened === 'exists') sendProblem(reply, 'SALE_EXISTS')
      else reply.code(201).send({ sku, stock } satisfies SaleResponseBody)
      return reply
    },
  )
  app.post<{ Params: SaleParams }>(
    '/v1/admin/sales/:sku/close',
    { schema: schemas.closeSchema, onRequest },
    async (request, reply) => {
      if (await administration.close(request.params.sku)) reply.code(204).send()
      else sendProblem(reply, 'SALE_NOT_FOUND')
      return reply
    },
  )
  app.post('/v1/admin/settle', { schema: schemas.settleSchema, onRequest }, async () => {
    const beganAtMs = performance.now()
    await administration.settle()
    return { settled: true, waitedMs: performance.now() - beganAtMs } satisfies SettleResponseBody
  })
  app.get('/v1/admin/stats', { schema: schemas.statsSchema, onRequest }, () => administration.stats())
}

/** Or what is wrong with them. */
function hoursOf({ opensAt, closesAt }: OpenSaleBody): SaleHours | string {
  const opensAtMs = momentOf(opensAt)
  const closesAtMs = momentOf(closesAt)
  // A leap second has the right form, and is no moment that this clock knows.
  if (Number.isNaN(opensAtMs) || Number.isNaN(closesAtMs)) return 'opensAt and closesAt must be moments'
  if (opensAtMs !== null && closesAtMs !== null && closesAtMs <= opensAtMs) return 'closesAt must be after opensAt'
  return { opensAtMs, closesAtMs }
}

function momentOf(text: string | null | undefined): number | null {
  return text === null || text === undefined ? null : Date.parse(text)
}

function addOperationRoutes(app: FastifyInstance, { strategy, admission, administration, metrics }: AppOptions): void {
  app.get('/healthz', { schema: schemas.healthSchema }, (_request, reply) => {
    reply.send({ status: 'up', nowMs: Date.now() } satisfies HealthResponseBody)
  })
  app.get('/readyz', { schema: schemas.readySchema }, (_request, reply) => {
    admission.run(
      reply,
      () => strategy.probe(),
      (answered) => {
        answered.send({ status: 'up' })
      },
    )
  })
  app.get('/metrics', { schema: schemas.metricsSchema }, async (request, reply) => {
    if (metrics === null) {
      sendProblem(reply, 'NOT_FOUND', 'none', 'this server was started with --no-metrics')
      return reply
    }
    const format = formatFor(request.headers.accept)
    const text = await administration.metrics(format)
    return reply.header('content-type', CONTENT_TYPES[format]).send(text)
  })
  app.get('/openapi.json', { schema: { hide: true } }, (_request, reply) => {
    reply.send(app.swagger())
  })
}

const CODES_OF_FRAMEWORK_ERRORS: Readonly<Record<string, ProblemCode>> = {
  FST_ERR_VALIDATION: 'INVALID_REQUEST',
  FST_ERR_CTP_BODY_TOO_LARGE: 'PAYLOAD_TOO_LARGE',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'UNSUPPORTED_MEDIA_TYPE',
}

function answerError(error: FastifyError, reply: FastifyReply): void {
  if (error instanceof CallFailure) {
    const { code, effect, detail } = error.problem
    return sendProblem(reply, code, effect, detail)
  }
  const status = error.statusCode ?? 500
  const code = CODES_OF_FRAMEWORK_ERRORS[error.code] ?? (status < 500 ? 'INVALID_REQUEST' : 'INTERNAL')
  // What went wrong inside is nobody's business outside.
  if (code === 'INTERNAL') sendProblem(reply, code)
  else sendProblem(reply, code, 'none', error.message)
}

/** Bytes that are no HTTP request: there is no reply object yet. */
function answerMalformed(error: Error & { code?: string }, socket: Socket, refusals: Refusals | null): void {
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) {
    socket.destroy()
    return
  }
  if (refusals !== null) refusals.INVALID_REQUEST += 1
  const body = JSON.stringify(problemDocument('INVALID_REQUEST', 'none', 'not an HTTP request'))
  const headers = `content-type: ${PROBLEM_MEDIA_TYPE}\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close`
  socket.end(`HTTP/1.1 400 Bad Request\r\n${headers}\r\n\r\n${body}`)
}
