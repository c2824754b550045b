/**
 * The schema of `run.json` (`doorbuster.run/1`), for reading it back and, as JSON Schema, for everybody else. Tests hold it
 * against the type RunRecord and against schemas/run.schema.json.
 * Members that a later version adds are let through, so that old readers go on reading; a changed meaning gets a new name.
 */
import { z } from 'zod'
import { CHECK_NAMES, type CheckName } from '../core/check.ts'
import { OUTCOME_KINDS, type OutcomeKind } from '../core/operation.ts'
import { RUN_SCHEMA } from '../core/run-record.ts'
import { probedWorkSchema, workSchema } from './work-schema.ts'

const count = z.int().nonnegative()
const share = z.number().min(0).max(1)
const index = count.describe('From 0.')
const moment = z.string().describe('ISO 8601, UTC.')
const verdict = z
  .enum(['passed', 'wrong', 'missed', 'inconclusive', 'environment', 'interrupted'])
  .describe('How it ended; the exit codes stand in the documentation.')

const readsPromise = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('linearizable') }),
  z.object({ kind: z.literal('stale'), maxAgeMs: z.number().nonnegative() }),
  z.object({ kind: z.literal('advisory') }),
])

const promise = z.object({ reads: readsPromise, sellsThrough: z.boolean() })

const threshold = z.object({
  expression: z.string().describe('As written: "p99 < 42ms".'),
  metric: z.string(),
  comparison: z.enum(['<', '<=', '>', '>=', '==']),
  limit: z.number().describe('ms for times, 0..1 for shares, else a count.'),
  scope: z.union([index, z.literal('each'), z.literal('whole')]),
  origin: z.enum(['scenario', 'default', 'option']),
})

const scenario = z
  .object({
    name: z.string(),
    description: z.string(),
    seed: z.int().nonnegative(),
    sale: z.object({
      stock: z.discriminatedUnion('kind', [
        z.object({ kind: z.literal('units'), units: count }),
        z.object({ kind: z.literal('sellThrough'), share: z.number().nonnegative() }),
      ]),
      perUserLimit: count.nullable(),
      opensAfterMs: z.number().positive().nullable(),
      closesAfterMs: z.number().positive().nullable(),
      skus: z.object({ names: z.array(z.string()), skew: z.number().nonnegative() }).nullable(),
    }),
    buyers: z.object({
      population: count,
      quantities: z.array(z.object({ quantity: count, weight: z.number().nonnegative() })),
      doubleClickShare: share,
      readShare: share,
      retries: z.object({ share, delayMs: z.number().positive(), mostAttempts: count }).nullable(),
      bots: z.object({ share, users: count }).nullable(),
    }),
    steps: z
      .array(
        z.object({
          arrivalRatePerSec: z.number().positive(),
          durationMs: z.number().positive(),
          arrivals: z.enum(['uniform', 'poisson']),
          shape: z
            .discriminatedUnion('kind', [
              z.object({
                kind: z.literal('ramp'),
                fromRatePerSec: z.number().nonnegative(),
                toRatePerSec: z.number().nonnegative(),
              }),
              z.object({ kind: z.literal('spike'), decayMs: z.number().positive() }),
              z.object({ kind: z.literal('replay'), file: z.string(), atMs: z.array(z.number().nonnegative()) }),
            ])
            .exactOptional()
            .describe('How the rate runs over the step; absent: it is the same all along.'),
          connections: count.exactOptional().describe('Of the closed model; absent: not said.'),
        }),
      )
      .min(1),
    maxInFlight: count,
    timeoutMs: z.number().positive(),
    thresholds: z.array(threshold),
  })
  .describe('The scenario as it ran, every default filled in: enough to run it again.')

const milliseconds = z.number().nullable()
const times = z
  .object({
    count,
    mean: milliseconds,
    p50: milliseconds,
    p90: milliseconds,
    p95: milliseconds,
    p99: milliseconds,
    p999: milliseconds,
    max: milliseconds,
  })
  .meta({ id: 'times', description: 'ms; null without a sample.' })

const regime = z.object({ arrivals: count, achievedRatePerSec: z.number(), responseMs: times }).meta({ id: 'regime' })

/** A member for each of `keys`. */
function membersOf<Key extends string, Schema extends z.ZodType>(
  keys: readonly Key[],
  schema: Schema,
): Record<Key, Schema> {
  return Object.fromEntries(keys.map((key) => [key, schema])) as Record<Key, Schema>
}

const checkName = z.enum(CHECK_NAMES as readonly [CheckName, ...CheckName[]])
const outcomeCounts = z.object(membersOf<OutcomeKind, typeof count>(OUTCOME_KINDS, count))

const resources = z.object({
  cpuSeconds: z.number(),
  maxRssBytes: z.number(),
  eventLoopDelayMs: z.object({ p50: z.number(), p99: z.number(), max: z.number() }).nullable().exactOptional(),
})

const step = z.object({
  index,
  startedAtNs: z.number().describe('When its plan began, ns since the origin of the times in its history.'),
  interrupted: z.boolean().describe('Cut short: its thresholds were not judged.'),
  offeredRatePerSec: z.number().nullable().describe('null: closed model, as fast as answered.'),
  achievedRatePerSec: z.number().describe('Definite answers a second.'),
  durationMs: z.number(),
  arrivals: count.describe('Planned requests; in the closed model, those that were reached.'),
  sent: count,
  completed: count,
  dropped: count.describe('Never sent: the bound on requests in flight was reached.'),
  errorRate: share,
  outcomes: outcomeCounts,
  errorCodes: z.record(z.string(), count),
  saturated: z.boolean(),
  onTimeShare: share,
  responseMs: times.describe('ms from the planned moment to the answer.'),
  serviceMs: times.describe('ms from the send to the answer.'),
  responseMsByOutcome: z.object(membersOf(OUTCOME_KINDS, times.exactOptional())),
  beforeSellOut: regime.nullable(),
  afterSellOut: regime.nullable(),
  sendLatenessMs: times,
  retries: z
    .object({ made: count, outcomes: outcomeCounts })
    .describe("Attempts beyond a buyer's first: no arrivals, and in no other figure."),
  connections: z.object({ opened: count, reused: count, reset: count }),
  generatorPauses: z
    .object({ count, totalMs: z.number(), maxMs: z.number() })
    .describe('Garbage collection in the generator.'),
  notUnderstood: z.array(z.string()).describe('A few answers that nobody could make sense of; they count as unknown.'),
  clockErrorMs: z.number().nonnegative().describe('The times of its history are true to so much.'),
  notes: z.array(z.string()).describe('What a reader of the figures has to know of how they came about.'),
  work: workSchema.describe('What target and stores did for it, until the target had settled.'),
  resources: z
    .record(z.string(), resources.meta({ id: 'resources' }))
    .describe('Who used what: target, postgres, redis, generator, or by the names of the descriptor.'),
  sales: z
    .array(
      z.object({
        sku: z.string(),
        initial: z.number(),
        remaining: z.number().nullable(),
        sold: z.number().nullable().describe('Units in the ledger; null when it could not be read.'),
        orders: count.nullable(),
        settled: z.boolean(),
        hours: z
          .object({
            opensAtNs: z.number().nullable(),
            closesAtNs: z.number().nullable(),
            errorMs: z.number().nonnegative(),
          })
          .nullable()
          .describe("When it was open, ns since the origin of the history's times; null: always."),
        takenAt: moment.nullable(),
        earlierOrders: count
          .exactOptional()
          .describe('Orders that stood in the ledger before the first arrival, and are left out. Absent: none.'),
      }),
    )
    .min(1),
  live: z
    .object({
      firstViolation: z
        .object({
          check: checkName,
          sku: z.string(),
          sentence: z.string(),
          seenAtNs: z.number(),
        })
        .nullable(),
      looks: count,
      tookMs: z.number().nonnegative().describe('No less than the CPU time of it.'),
    })
    .describe('What was seen of it while it went on; the verdict never rests on it.'),
  targetClock: z
    .object({ offsetMs: z.number(), errorMs: z.number().nonnegative() })
    .nullable()
    .describe("The target's clock minus the harness's; null where no sale had opening hours."),
  verdict,
})

const outcome = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('sold'), orderId: z.string().nullable() }),
  z.object({ kind: z.literal('soldOut') }),
  z.object({ kind: z.literal('limitReached') }),
  z.object({ kind: z.literal('refused'), code: z.string() }),
  z.object({ kind: z.literal('shown'), stock: z.number() }),
  z.object({ kind: z.literal('unknown'), code: z.string() }),
  z.object({ kind: z.literal('dropped'), reason: z.string() }),
])

const operation = z.object({
  seq: count,
  stepIndex: index,
  sku: z.string(),
  kind: z.enum(['buy', 'read']),
  userId: z.string().nullable(),
  requestId: z.string().nullable(),
  attempt: count,
  quantity: count,
  scheduledAtNs: z.number(),
  sentAtNs: z.number().nullable(),
  completedAtNs: z.number().nullable(),
  outcome,
})

const check = z.object({
  check: checkName,
  step: index,
  sku: z.string(),
  verdict: z.enum(['pass', 'fail', 'unknown', 'not-checked']),
  measured: z.number().nullable(),
  allowed: z.number().nullable(),
  unit: z.string(),
  sentence: z.string(),
  details: z.record(z.string(), z.number()),
  evidence: z.array(z.object({ sentence: z.string(), operations: z.array(operation) })),
})

const thresholdResult = z.object({
  expression: z.string(),
  step: index.nullable().describe('null: over all steps together.'),
  metric: z.string(),
  measured: z.number().nullable(),
  verdict: z.enum(['pass', 'fail', 'unknown']),
  sentence: z.string(),
})

const service = z
  .object({ provider: z.string(), version: z.string(), settings: z.record(z.string(), z.string()) })
  .exactOptional()

export const runRecordSchema = z.object({
  schema: z.literal(RUN_SCHEMA),
  runId: z.string(),
  status: z.enum(['running', 'complete', 'interrupted']),
  writer: z
    .object({ pid: z.int(), startedAtTicks: z.string().nullable() })
    .describe('The process that writes this file: a running record whose process is gone is incomplete.'),
  startedAt: moment,
  finishedAt: moment.nullable(),
  scenario,
  seed: z.int().nonnegative(),
  command: z
    .array(z.string())
    .exactOptional()
    .describe('As it was called: words behind "doorbuster run", without what changes nothing of the sale.'),
  target: z.discriminatedUnion('kind', [
    z.object({
      kind: z.literal('strategy'),
      strategy: z.string(),
      summary: z.string(),
      control: z.boolean().describe('Built to be wrong.'),
      instances: count,
      promise,
      durableWhen: z.string(),
      module: z.string().exactOptional().describe("File of a strategy that is not one of the server's own."),
      lostReplyShare: share.exactOptional().describe('Of order requests: answers that were cut off on purpose.'),
      handicap: z.string().exactOptional().describe('What it did on purpose beyond its strategy: cpu=10%, statement.'),
    }),
    z.object({
      kind: z.literal('service').describe("A service of the user's own."),
      name: z.string(),
      summary: z.string(),
      url: z.string(),
      promise,
      soldMeans: z.enum(['paid', 'reserved', 'queued']).describe('What a "sold" answer means to the buyer.'),
      shared: z.boolean().describe('Others sold from the same stock meanwhile.'),
      perUserLimit: z
        .union([z.int().positive(), z.literal('untold')])
        .exactOptional()
        .describe(
          "Units that it promises one user at most, whatever the scenario says; untold: nobody told it of the scenario's limit, and none is judged. Absent: the scenario's.",
        ),
      salePerStep: z
        .boolean()
        .describe('Each step was a sale of its own; else all are one, and each is judged with those before it.'),
    }),
  ]),
  engine: z.object({ name: z.string(), version: z.string(), model: z.enum(['open', 'closed']), workers: count }),
  environment: z.object({
    cpuModel: z.string(),
    cores: count,
    memoryBytes: z.number(),
    os: z.string(),
    node: z.string(),
    doorbuster: z.string(),
    services: z.object({ postgres: service, redis: service }),
  }),
  workAnOrder: z
    .array(probedWorkSchema)
    .nullable()
    .describe('What one request of each kind costs, with one in flight; null: nobody asked (--work).'),
  steps: z.array(step),
  checks: z.array(check),
  thresholds: z.array(thresholdResult),
  verdict: verdict.nullable().describe('null while running.'),
  exitCode: z.int().nullable(),
  endedBy: z
    .enum(['interrupted', 'environment', 'fail-fast'])
    .nullable()
    .describe('What ended the run before its last step.'),
  endedEarly: z.string().nullable().describe('The same in a sentence.'),
})

/** What schemas/run.schema.json holds: draft 7, which every tool reads. */
export function runJsonSchema(): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(runRecordSchema, { target: 'draft-7', io: 'input' })
  return {
    $schema,
    title: 'Doorbuster run',
    description:
      'run.json: everything about one run that is not a row of its history or its ledger. See docs/results.md.',
    ...schema,
  }
}
