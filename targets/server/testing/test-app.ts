/** The HTTP face of an instance over a scripted strategy, asked without a socket. */
import type { FastifyInstance, InjectOptions } from 'fastify'
import type { ProblemDocument } from '../../../src/core/wire.ts'
import { Admission, type AdmissionLimits } from '../admission.ts'
import { type AppOptions, createApp } from '../app.ts'
import type { Administration } from '../coordinator.ts'
import { LostReplies } from '../lost-replies.ts'
import { ServerMetrics } from '../metrics.ts'
import { StrategyMeter } from '../strategy-meter.ts'
import { type Script, scriptedStrategy } from './scripted-strategy.ts'

const TOKEN = 'the-token-of-this-test'
export const AUTHORIZED = { authorization: `Bearer ${TOKEN}` }

const ADMINISTRATION: Administration = {
  open: async () => 'opened',
  close: async () => true,
  settle: async () => null,
  stats: async () => ({
    instances: 1,
    pids: [1],
    cpuSeconds: 0.5,
    maxRssBytes: 1024,
    eventLoopDelayMs: null,
    work: {},
  }),
  metrics: async () => '# EOF\n',
}

export interface TestAppOptions {
  readonly script?: Partial<Script>
  /** In place of the script's: with the opening hours. */
  readonly buy?: AppOptions['sale']['buy']
  readonly administration?: Partial<Administration>
  readonly limits?: Partial<AdmissionLimits>
  readonly lostReplies?: LostReplies
  /** null: turned off. */
  readonly metrics?: ServerMetrics | null
}

export interface TestApp {
  readonly app: FastifyInstance
  readonly admission: Admission
  readonly metrics: ServerMetrics | null
}

export async function testApp(options: TestAppOptions = {}): Promise<TestApp> {
  const strategy = scriptedStrategy(options.script)
  const admission = new Admission({ maxInFlight: 100, requestTimeoutMs: 10_000, ...options.limits })
  const metrics = options.metrics === undefined ? metricsOf(strategy, admission) : options.metrics
  const app = await createApp({
    strategy,
    sale: { buy: options.buy ?? strategy.buy },
    admission,
    administration: { ...ADMINISTRATION, ...options.administration },
    metrics,
    lostReplies: options.lostReplies ?? new LostReplies(0),
    adminToken: TOKEN,
  })
  await app.ready()
  return { app, admission, metrics }
}

function metricsOf({ stock }: Script, admission: Admission): ServerMetrics {
  const inFlight = (): number => admission.inFlight
  return new ServerMetrics({ meter: new StrategyMeter(), inFlight, counters: () => ({}), stock })
}

export const BUY: InjectOptions = {
  method: 'POST',
  url: '/v1/sales/sku-1/orders',
  headers: { 'idempotency-key': 'request-1', 'content-type': 'application/json' },
  payload: JSON.stringify({ userId: 'u1', quantity: 1 }),
}

export const OPEN: InjectOptions = {
  method: 'PUT',
  url: '/v1/sales/sku-1',
  headers: { ...AUTHORIZED, 'content-type': 'application/json' },
  payload: JSON.stringify({ stock: 5, perUserLimit: 2 }),
}

interface Told {
  readonly status: number
  readonly code: string
  readonly effect: string
}

/** Status, code and effect of a problem document, and an error if the answer is none. */
export async function problemOf(app: FastifyInstance, request: InjectOptions): Promise<Told> {
  const response = await app.inject(request)
  if (!String(response.headers['content-type']).startsWith('application/problem+json'))
    throw new Error(`no problem: ${response.body}`)
  const problem = response.json<ProblemDocument>()
  if (problem.status !== response.statusCode) throw new Error(`${problem.status} in ${response.statusCode}`)
  return { status: response.statusCode, code: problem.code, effect: problem.effect }
}
