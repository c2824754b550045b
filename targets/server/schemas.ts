/**
 * JSON schemas of the routes: what is checked before a strategy sees it, what is written, and what `/openapi.json`
 * says. The statuses of a route are listed here alone; a test compares them with what the server answers.
 */
import {
  ID_PATTERN,
  IDEMPOTENCY_KEY_HEADER,
  MAX_QUANTITY,
  MAX_STOCK,
  PROBLEMS,
  type ProblemCode,
} from '../../src/core/wire.ts'
import { PROBLEM_MEDIA_TYPE } from './problems.ts'

const id = (description: string) => ({ type: 'string', pattern: ID_PATTERN, description })

const problemSchema = {
  type: 'object',
  description: 'RFC 9457 problem document',
  required: ['type', 'title', 'status', 'code', 'effect'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string', enum: Object.keys(PROBLEMS) },
    effect: {
      type: 'string',
      enum: ['none', 'unknown'],
      description: 'none: surely not sold; unknown: it may have sold, or will',
    },
    detail: { type: 'string' },
  },
} as const

/** Of each status that these codes have: the problem document. */
function problems(...codes: readonly ProblemCode[]): Record<string, unknown> {
  const byStatus: Record<string, unknown> = {}
  for (const code of codes) {
    const { status } = PROBLEMS[code]
    const sharing = codes.filter((other) => PROBLEMS[other].status === status)
    byStatus[status] = {
      description: sharing.map((one) => `\`${one}\` ${PROBLEMS[one].title}`).join('; '),
      content: { [PROBLEM_MEDIA_TYPE]: { schema: problemSchema } },
    }
  }
  return byStatus
}

/** ISO 8601 with an offset, such as 2026-11-27T09:00:00.000+01:00. Finer than a millisecond is cut off. */
const moment = (description: string) => ({
  type: ['string', 'null'],
  format: 'date-time',
  maxLength: 40,
  description: `${description}. ISO 8601 with an offset, by the server's clock, to the millisecond`,
})

const skuParams = { type: 'object', required: ['sku'], properties: { sku: id('Stock keeping unit') } } as const

const admin = { tags: ['admin'], security: [{ adminToken: [] }] }

const orderSchema = {
  type: 'object',
  required: ['orderId', 'status', 'replayed'],
  properties: {
    orderId: { type: 'string' },
    status: { type: 'string', enum: ['confirmed'] },
    replayed: { type: 'boolean', description: 'true: this request had its order before' },
  },
} as const

const saleSchema = {
  type: 'object',
  required: ['sku', 'stock'],
  properties: {
    sku: { type: 'string' },
    stock: { type: 'integer', description: 'Units left, as the strategy shows them' },
  },
} as const

/** Also where no body is asked for: one may come all the same. */
const BODY_PROBLEMS = ['INVALID_REQUEST', 'PAYLOAD_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'] as const

export const buySchema = {
  tags: ['sale'],
  summary: 'Buy',
  description: 'Attempts with one Idempotency-Key are one buy: at most one order, and each is answered with it.',
  params: skuParams,
  headers: {
    type: 'object',
    required: [IDEMPOTENCY_KEY_HEADER],
    properties: { [IDEMPOTENCY_KEY_HEADER]: id('Request id') },
  },
  body: {
    type: 'object',
    additionalProperties: false,
    required: ['userId', 'quantity'],
    properties: {
      userId: id('Buyer'),
      quantity: { type: 'integer', minimum: 1, maximum: MAX_QUANTITY, description: 'Units, all or none' },
    },
  },
  response: {
    201: { description: 'Sold', ...orderSchema },
    200: { description: 'Sold before, with the same order', ...orderSchema },
    ...problems(
      ...BODY_PROBLEMS,
      'SALE_NOT_FOUND',
      'SOLD_OUT',
      'LIMIT_EXCEEDED',
      'NOT_OPEN',
      'SALE_CLOSED',
      'IDEMPOTENCY_KEY_REUSED',
      'INTERNAL',
      'BUSY',
      'TIMEOUT',
      'DEPENDENCY_DOWN',
    ),
  },
}

export const showSchema = {
  tags: ['sale'],
  summary: 'The stock of a sale',
  params: skuParams,
  response: {
    200: { description: 'The sale', ...saleSchema },
    ...problems('INVALID_REQUEST', 'SALE_NOT_FOUND', 'INTERNAL', 'BUSY', 'TIMEOUT', 'DEPENDENCY_DOWN'),
  },
}

export const openSchema = {
  ...admin,
  summary: 'Open a sale',
  description:
    'A sale is opened once and never reset: its name would stand for two sales, and no book could be judged.',
  params: skuParams,
  body: {
    type: 'object',
    additionalProperties: false,
    required: ['stock'],
    properties: {
      stock: { type: 'integer', minimum: 0, maximum: MAX_STOCK },
      perUserLimit: { type: ['integer', 'null'], minimum: 1, maximum: MAX_STOCK, description: 'Units per user' },
      opensAt: moment('Nobody buys before. Absent or null: open from the beginning'),
      closesAt: moment('Nobody buys from then on; retries are still answered. Absent or null: open until it is closed'),
    },
  },
  response: {
    201: { description: 'Opened, and known to every instance', ...saleSchema },
    ...problems(...BODY_PROBLEMS, 'UNAUTHORIZED', 'SALE_EXISTS', 'INTERNAL', 'TIMEOUT', 'DEPENDENCY_DOWN'),
  },
}

export const closeSchema = {
  ...admin,
  summary: 'Close a sale',
  description: 'Nothing is sold any more; a retry of a buy that has its order is still answered with it.',
  params: skuParams,
  response: {
    204: { type: 'null', description: 'Closed' },
    ...problems(...BODY_PROBLEMS, 'UNAUTHORIZED', 'SALE_NOT_FOUND', 'INTERNAL', 'TIMEOUT', 'DEPENDENCY_DOWN'),
  },
}

export const settleSchema = {
  ...admin,
  summary: 'Wait until nothing is pending',
  description: 'No request in flight in any instance, queues and delayed work drained.',
  response: {
    200: {
      description: 'Settled',
      type: 'object',
      required: ['settled', 'waitedMs'],
      properties: { settled: { type: 'boolean', enum: [true] }, waitedMs: { type: 'number' } },
    },
    ...problems(...BODY_PROBLEMS, 'UNAUTHORIZED', 'INTERNAL', 'TIMEOUT', 'DEPENDENCY_DOWN'),
  },
}

export const statsSchema = {
  ...admin,
  summary: 'What the server used',
  response: {
    200: {
      description: 'All instances together',
      type: 'object',
      required: ['instances', 'pids', 'cpuSeconds', 'maxRssBytes', 'eventLoopDelayMs', 'work'],
      properties: {
        instances: { type: 'integer' },
        pids: { type: 'array', items: { type: 'integer' } },
        cpuSeconds: { type: 'number', description: 'Since the start' },
        maxRssBytes: { type: 'integer', description: 'Sum of the processes' },
        eventLoopDelayMs: {
          type: ['object', 'null'],
          description: 'Since the last call, of the instance that had the longest',
          required: ['p50', 'p99', 'max'],
          properties: { p50: { type: 'number' }, p99: { type: 'number' }, max: { type: 'number' } },
        },
        work: { type: 'object', additionalProperties: { type: 'number' }, description: "The strategy's own counters" },
      },
    },
    ...problems('UNAUTHORIZED', 'INTERNAL', 'TIMEOUT'),
  },
}

const upSchema = {
  type: 'object',
  required: ['status'],
  properties: { status: { type: 'string', enum: ['up'] } },
} as const

export const healthSchema = {
  tags: ['operation'],
  summary: 'The process runs',
  description:
    "Also tells the server's clock, by which sales open and close, so that others can measure how theirs differs.",
  response: {
    200: {
      description: 'It does',
      ...upSchema,
      required: ['status', 'nowMs'],
      properties: {
        ...upSchema.properties,
        nowMs: { type: 'integer', description: "The server's clock, ms since 1970, rounded down" },
      },
    },
  },
}

export const readySchema = {
  tags: ['operation'],
  summary: 'The stores answer',
  response: {
    200: { description: 'They do', ...upSchema },
    ...problems('INTERNAL', 'BUSY', 'TIMEOUT', 'DEPENDENCY_DOWN'),
  },
}

export const metricsSchema = {
  tags: ['operation'],
  summary: 'Metrics of all instances together, for Prometheus',
  response: {
    200: {
      description: 'OpenMetrics where the client accepts it, else the text exposition format',
      content: {
        'text/plain': { schema: { type: 'string' } },
        'application/openmetrics-text': { schema: { type: 'string' } },
      },
    },
    ...problems('NOT_FOUND', 'INTERNAL', 'TIMEOUT'),
  },
}
