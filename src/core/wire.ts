/**
 * The HTTP contract between a buyer (the load engine), the harness (admin calls) and a server under test.
 */

/** Header that makes attempts one buy. */
export const IDEMPOTENCY_KEY_HEADER = 'idempotency-key'
/** `Authorization: Bearer <token>` on admin calls. */
export const ADMIN_TOKEN_ENV = 'DOORBUSTER_ADMIN_TOKEN'
/** How a target process is told of its stores. */
export const TARGET_ENV = {
  databaseUrl: 'DATABASE_URL',
  /** Postgres schema to work in; the target makes its tables there. */
  databaseSchema: 'DOORBUSTER_DATABASE_SCHEMA',
  /** on | off */
  synchronousCommit: 'DOORBUSTER_SYNCHRONOUS_COMMIT',
  redisUrl: 'REDIS_URL',
  /** Prefix of every key, e.g. `db:1f2e:`. */
  redisKeyPrefix: 'DOORBUSTER_REDIS_KEY_PREFIX',
} as const

export const ID_PATTERN = '^[A-Za-z0-9_.:-]{1,64}$'
export const MAX_QUANTITY = 1_000
export const MAX_STOCK = 1_000_000_000

export const ROUTES = {
  orders: (sku: string): string => `/v1/sales/${sku}/orders`,
  sale: (sku: string): string => `/v1/sales/${sku}`,
  settle: '/v1/admin/settle',
  close: (sku: string): string => `/v1/admin/sales/${sku}/close`,
  stats: '/v1/admin/stats',
  health: '/healthz',
  ready: '/readyz',
  metrics: '/metrics',
  openapi: '/openapi.json',
} as const

export interface BuyRequestBody {
  readonly userId: string
  readonly quantity: number
}

/** 201 (new) or 200 (replay). */
export interface BuyResponseBody {
  readonly orderId: string
  readonly status: 'confirmed'
  readonly replayed: boolean
}

/** `PUT /v1/sales/{sku}`: 201. */
export interface OpenSaleBody {
  readonly stock: number
  /** null or absent: no limit. */
  readonly perUserLimit?: number | null
  /** ISO 8601 with an offset, to the millisecond, by the server's clock; null or absent: open from the beginning. */
  readonly opensAt?: string | null
  /** Likewise; null or absent: open until it is closed. */
  readonly closesAt?: string | null
}

/** `GET /v1/sales/{sku}`: 200. */
export interface SaleResponseBody {
  readonly sku: string
  /** Units left, as this strategy shows them. */
  readonly stock: number
}

/** `GET /healthz`: 200. */
export interface HealthResponseBody {
  readonly status: 'up'
  /** The server's clock, ms since 1970, rounded down. */
  readonly nowMs: number
}

/** `POST /v1/admin/settle`: 200 when nothing is pending any more, 503 TIMEOUT past the deadline. */
export interface SettleResponseBody {
  readonly settled: true
  readonly waitedMs: number
}

/** `GET /v1/admin/stats`: what the target used since the last call, all instances together. */
export interface StatsResponseBody {
  readonly instances: number
  readonly pids: readonly number[]
  /** Since the target started. */
  readonly cpuSeconds: number
  readonly maxRssBytes: number
  /** Since the last call; null if there is no sample. */
  readonly eventLoopDelayMs: { readonly p50: number; readonly p99: number; readonly max: number } | null
  /** Strategy's own counters since the target started: retries, batches, cacheHits, ... */
  readonly work: Readonly<Record<string, number>>
}

/**
 * Every error code of the contract: its status, and what it says about the request's effect by default.
 * `none`: surely not sold. `unknown`: it may have sold.
 */
export const PROBLEMS = {
  INVALID_REQUEST: { status: 400, effect: 'none', title: 'The request is not valid' },
  UNAUTHORIZED: { status: 401, effect: 'none', title: 'The admin token is missing or wrong' },
  NOT_FOUND: { status: 404, effect: 'none', title: 'There is no such route' },
  SALE_NOT_FOUND: { status: 404, effect: 'none', title: 'There is no such sale' },
  SOLD_OUT: { status: 409, effect: 'none', title: 'Sold out' },
  LIMIT_EXCEEDED: { status: 409, effect: 'none', title: "The user's limit is reached" },
  /** Outside the sale's opening hours. */
  NOT_OPEN: { status: 409, effect: 'none', title: 'The sale is not open' },
  SALE_CLOSED: { status: 409, effect: 'none', title: 'The sale is closed' },
  /** Opening a sale that was opened before: it is never reset, so that one name never stands for two sales. */
  SALE_EXISTS: { status: 409, effect: 'none', title: 'The sale was opened before' },
  PAYLOAD_TOO_LARGE: { status: 413, effect: 'none', title: 'The request body is too large' },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, effect: 'none', title: 'The request body is not JSON' },
  IDEMPOTENCY_KEY_REUSED: { status: 422, effect: 'none', title: 'This idempotency key was used for another request' },
  TOO_MANY_REQUESTS: { status: 429, effect: 'none', title: 'Too many requests' },
  INTERNAL: { status: 500, effect: 'unknown', title: 'The server failed' },
  BUSY: { status: 503, effect: 'none', title: 'The server is busy; try again' },
  TIMEOUT: { status: 503, effect: 'unknown', title: 'The request took too long' },
  DEPENDENCY_DOWN: { status: 503, effect: 'unknown', title: 'A store does not answer' },
} as const satisfies Record<string, { status: number; effect: 'none' | 'unknown'; title: string }>

export type ProblemCode = keyof typeof PROBLEMS

/** RFC 9457, `application/problem+json`. */
export interface ProblemDocument {
  /** `urn:doorbuster:problem:<code in lower case with hyphens>` */
  readonly type: string
  readonly title: string
  readonly status: number
  readonly code: string
  readonly effect: 'none' | 'unknown'
  readonly detail?: string
}

/** The one line of JSON that the server prints on stdout when it takes requests. */
export interface TargetReadyLine {
  readonly ready: true
  readonly url: string
  readonly strategy: string
  readonly instances: number
  readonly pid: number
}
