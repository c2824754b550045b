/**
 * The schema of `capacity.json` (`doorbuster.capacity/1`), for reading it back and, as JSON Schema, for everybody else. What it
 * shares with `run.json` is taken from there. Tests hold it against the type CapacityRecord and against
 * schemas/capacity.schema.json.
 */
import { z } from 'zod'
import { CAPACITY_SCHEMA } from '../core/capacity-record.ts'
import { CHECK_NAMES, type CheckName } from '../core/check.ts'
import { machineSchema } from './machine-schema.ts'
import { runRecordSchema } from './run-schema.ts'

const run = runRecordSchema.shape
const verdict = run.verdict.unwrap()
const times = run.steps.element.shape.responseMs
const share = z.number().min(0).max(1)
const count = z.int().nonnegative()
const rate = z.number().nonnegative()
const words = z.string()

const interval = z.object({ low: z.number(), high: z.number() })
/** JSON has no infinity: null stands for it. */
const open = z
  .number()
  .nullable()
  .transform((value) => value ?? Number.POSITIVE_INFINITY)
const demand = interval.extend({ seconds: z.number() }).meta({ id: 'demand', description: 'CPU seconds a request.' })
const ofEachKind = <T extends z.ZodType>(schema: T) =>
  z.object({ sold: schema, soldOut: schema, replayed: schema, read: schema })

const phase = z.object({
  trialMs: z.number().positive(),
  durationSumMs: z.number().positive().describe('Of trials at one load, which it takes to decide it.'),
  width: z.number().positive().describe('Of the interval at which the next phase begins, as a share.'),
})

const trial = z.object({
  number: z.int().positive(),
  purpose: z.enum(['search', 'demand', 'prediction']),
  directory: z.string().describe('Of its run, beside this file.'),
  runId: z.string(),
  machine: machineSchema,
  ratePerSec: rate,
  durationMs: z.number().positive(),
  sellThrough: z.number().nullable().describe("Stock as a share of the units asked for; null: the target's own stock."),
  readShare: share,
  doubleClickShare: share,
  answer: z.enum(['good', 'bad', 'none']).describe('none: it says nothing of the target.'),
  because: words,
  achievedRatePerSec: rate,
  saturated: z.boolean(),
  responseMs: times,
  requests: ofEachKind(count).describe('Answers by what they cost the target.'),
  cpuSeconds: z.record(z.string(), z.number()).describe('By who used them.'),
  verdict,
})

const nullableRate = rate.nullable()

const capacity = z.object({
  lowerRatePerSec: nullableRate.describe('The SLO holds up to here; null: at no rate that was tried.'),
  upperRatePerSec: nullableRate.describe("It doesn't from here on; null: nothing was tried that it didn't hold at."),
  relevantLowerRatePerSec: nullableRate,
  relevantUpperRatePerSec: nullableRate,
  conditionalThroughputPerSec: nullableRate.describe(
    'Definite answers a second in half of the trials or more at the relevant lower bound (RFC 9971).',
  ),
  trialMs: z.number().describe('Length of the trials that decided.'),
  ended: z.enum(['precise', 'cap', 'no-answer', 'floor', 'budget', 'interrupted', 'wrong', 'environment']),
})

const resource = z.object({
  resource: z.string(),
  cores: z.number(),
  coresBecause: words,
  perRequest: ofEachKind(demand.nullable()),
  idleCores: z.number(),
  perMixedRequest: demand,
  secondsAtCapacity: z.number().nullable(),
  ceiling: interval.extend({ ratePerSec: rate }).nullable().describe('null: it uses nothing.'),
})

const model = z.object({
  resources: z.array(resource).describe('In the order of their ceilings, the lowest first.'),
  machine: z.object({ cores: z.number(), ceilingRatePerSec: nullableRate }),
  mix: ofEachKind(z.number()).describe('Shares of the requests of the scenario, of 1 together.'),
  bottleneck: z.object({
    resource: z.string().nullable(),
    second: z.string().nullable(),
    sentence: words,
    utilisation: z.record(z.string(), z.number()),
  }),
  trials: count,
  doubts: z.array(words),
})

const scalability = z.discriminatedUnion('fitted', [
  z.object({ fitted: z.literal(false), because: words }),
  z.object({
    fitted: z.literal(true),
    perRequestInFlightPerSec: z.number(),
    contention: z.number(),
    coherency: z.number(),
    peak: z.object({ inFlight: z.number(), ratePerSec: rate }).nullable(),
    worstResidual: z.number(),
    levels: count,
  }),
])

const plan = z.object({
  ratePerSec: rate,
  stock: count,
  readShare: share,
  durationMs: z.number().positive(),
  headroom: share,
  expected: z.object({ sold: z.number(), refused: z.number(), reads: z.number() }),
  soldOutAfterMs: z.number().nullable(),
  instances: interval.extend({ needed: z.number() }).nullable(),
  resources: z.array(
    z.object({ resource: z.string(), cores: z.number(), utilisation: interval.extend({ share: z.number() }) }),
  ),
  breaksFirst: z.object({ resource: z.string(), atRatePerSec: rate, interval }).nullable(),
  assumptions: z.array(words),
})

const prediction = z.object({
  lowLoadShare: z.number(),
  saturation: z.object({
    predictedPerSec: interval,
    resource: z.string(),
    measuredAtLeastPerSec: nullableRate,
    measuredBelowPerSec: nullableRate,
  }),
  response: z.object({
    ratePerSec: rate,
    predictedMeanMs: z.object({ low: open, high: open }).describe('null: it would be saturated.'),
    measuredMeanMs: z.number().nullable(),
  }),
})

export const capacityRecordSchema = z.object({
  schema: z.literal(CAPACITY_SCHEMA),
  capacityId: z.string(),
  status: run.status,
  startedAt: run.startedAt,
  finishedAt: run.finishedAt,
  command: z.array(z.string()).exactOptional().describe('As it was called: words behind "doorbuster capacity".'),
  scenario: run.scenario,
  seed: run.seed,
  target: run.target.nullable().describe('null until the first trial has started.'),
  environment: run.environment.nullable(),
  slo: z.array(z.string()).describe('What a trial has to meet, as threshold expressions.'),
  sloFrom: z.enum(['option', 'scenario', 'default']),
  budgetMs: z.number().positive(),
  search: z.object({ fromRatePerSec: rate, toRatePerSec: rate, precision: z.number(), phases: z.array(phase).min(1) }),
  trials: z.array(trial),
  capacity: capacity.nullable().describe('null: no trial of the search has been made.'),
  knee: z.object({ ratePerSec: rate, responseMs: z.number() }).nullable(),
  demand: model.nullable().describe('null: too few trials to tell demands.'),
  scalability,
  plan: plan.nullable(),
  prediction: prediction.nullable(),
  wrong: z
    .object({
      trial: z.int().positive(),
      ratePerSec: rate,
      check: z.enum(CHECK_NAMES as readonly [CheckName, ...CheckName[]]),
      sentence: words,
    })
    .nullable()
    .describe('The first failed check of all trials; null: none failed.'),
  notes: z.array(words),
  verdict: run.verdict,
  exitCode: run.exitCode,
})

/** What schemas/capacity.schema.json holds: draft 7, which every tool reads. */
export function capacityJsonSchema(): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(capacityRecordSchema, { target: 'draft-7', io: 'input' })
  return {
    $schema,
    title: 'Doorbuster capacity',
    description: 'capacity.json: how much a target carries within an SLO, what it costs, and what a sale would need.',
    ...schema,
  }
}
