/**
 * The written form of a scenario: what a YAML file may hold, key by key. Validation, error messages and the JSON Schema
 * for editors all come from here. It only judges: `resolve.ts` makes the values of it.
 *
 * A message that begins with "must" says what was expected; what was found is appended by `schema-problems.ts`.
 */
import * as z from 'zod'
import { formatCount, formatMs, parseDurationMs } from '../core/units.ts'
import { MAX_QUANTITY, MAX_STOCK } from '../core/wire.ts'
import { SCENARIO_DEFAULTS, SCENARIO_LIMITS } from './limits.ts'
import { skuProblem } from './sku-names.ts'
import { planRates, plannedRequests } from './staircase.ts'
import { parseThreshold } from './threshold-expression.ts'

/** A mapping that refuses keys it doesn't know: zod's message then lists the known ones, for a guess. */
function mapping<Shape extends z.ZodRawShape>(expected: string, shape: Shape): z.ZodObject<Shape, z.core.$strict> {
  const known = Object.keys(shape).join(',')
  return z.strictObject(shape, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? known : `must be ${expected}`),
  })
}

function wholeNumber(of: string, min: number, max: number): z.ZodNumber {
  const error = `must be a whole number from ${formatCount(min)} to ${formatCount(max)} (${of})`
  return z.int({ error }).min(min, { error }).max(max, { error })
}

function rate(): z.ZodNumber {
  const max = SCENARIO_LIMITS.arrivalRatePerSec
  const error = `must be a number above 0 and at most ${formatCount(max)} (requests per second)`
  // A rate that is wrong says nothing about the number of requests: `abort` keeps the checks on the step from it.
  return z.number({ error }).gt(0, { error, abort: true }).max(max, { error, abort: true })
}

function duration(min: number, max: number, examples: string): z.ZodString {
  const error = durationError(min, max, examples)
  return z
    .string({ error })
    .regex(/^\d+(\.\d+)?\s*(us|ms|s|m|h)$/, { error, abort: true })
    .refine((text) => inBounds(parseDurationMs(text), min, max), { error, abort: true })
}

function durationError(min: number, max: number, examples: string): string {
  return `must be a duration from ${spell(min)} to ${spell(max)} with its unit, such as ${examples}`
}

function spell(ms: number): string {
  return ms >= 3_600_000 ? `${ms / 3_600_000}h` : formatMs(ms).replace(/\.0+(?=m?s$)/, '')
}

function inBounds(value: number | null, min: number, max: number): boolean {
  return value !== null && value >= min && value <= max
}

/** A number from 0 to 1, or a percentage. */
function share(of: string, { zero }: { readonly zero: boolean }) {
  const error = `must be a share from ${zero ? '0% to' : 'above 0% to'} 100% (${of}), such as 50% or 0.5`
  const number = z.number({ error }).max(1, { error })
  return z.union(
    [
      zero ? number.min(0, { error }) : number.gt(0, { error }),
      z
        .string({ error })
        .regex(/^\d+(\.\d+)?\s*%$/, { error, abort: true })
        .refine((text) => inBounds(Number.parseFloat(text), zero ? 0 : Number.MIN_VALUE, 100), { error }),
    ],
    { error },
  )
}

const arrivals = z
  .enum(['uniform', 'poisson'], { error: 'must be uniform or poisson' })
  .describe('uniform: evenly spaced. poisson: independent buyers, in random gaps with the same mean rate.')

const STEP_DURATION = [SCENARIO_LIMITS.stepDurationMs.min, SCENARIO_LIMITS.stepDurationMs.max, '5s or 250ms'] as const
const stepDuration = duration(...STEP_DURATION).describe(
  'How long arrivals keep coming, with its unit: 5s, 250ms, 1.5m.',
)

function rateOrNone(): z.ZodNumber {
  const max = SCENARIO_LIMITS.arrivalRatePerSec
  const error = `must be a number from 0 to ${formatCount(max)} (requests per second)`
  return z.number({ error }).min(0, { error, abort: true }).max(max, { error, abort: true })
}

const ramp = mapping('a mapping with from and to', {
  from: rateOrNone().describe('Rate at the start of the step, requests per second.'),
  to: rateOrNone().describe('Rate at its end.'),
}).refine(({ from, to }) => from + to > 0, { error: 'needs a rate above 0 at one of its ends' })

const spike = mapping('a mapping with requests', {
  requests: wholeNumber('requests', 1, SCENARIO_LIMITS.requestsPerStep).describe('HTTP requests of the whole step.'),
  decay: duration(1, SCENARIO_LIMITS.stepDurationMs.max, '2s or 500ms')
    .optional()
    .describe('After so long the rate is 1/e (37 %) of the peak. Default: a fifth of the duration.'),
})

const replayError = 'must be the path of a file of times'

const step = mapping('a mapping with rate and duration', {
  rate: rate().optional().describe('HTTP requests per second; a double click is two of them.'),
  ramp: ramp.optional().describe('In place of rate: a rate that rises, or falls, linearly over the step.'),
  spike: spike
    .optional()
    .describe(
      'In place of rate: everyone at the stroke of the hour. So many requests, most of them at the start, decaying exponentially over the step.',
    ),
  replay: z
    .string({ error: replayError })
    .min(1, { error: replayError })
    .optional()
    .describe(
      'In place of rate and duration: a file of arrival times, one a line, in ms since the start of the step. Relative to this file.',
    ),
  duration: stepDuration.optional(),
  arrivals: arrivals.optional(),
})
  .superRefine((step, context) => {
    const issue = (path: string, message: string): void =>
      context.addIssue({ code: 'custom', path: path === '' ? [] : [path], message })
    const given = LOADS.filter((key) => step[key] !== undefined)
    if (given.length === 0)
      issue('rate', 'must be a number of requests per second (or ramp, spike or replay in its place)')
    if (given.length > 1) issue('', `needs one of ${LOADS.join(', ')}, and not several`)
    if (given.length !== 1) return
    if (step.replay !== undefined) {
      for (const key of ['duration', 'arrivals'] as const) {
        if (step[key] !== undefined) issue(key, 'says nothing beside replay, which has its own times')
      }
    } else if (step.duration === undefined) {
      issue('duration', durationError(...STEP_DURATION))
    } else {
      const meanRate = meanRateOf(step, parseDurationMs(step.duration) ?? 0)
      // A rate of nothing was refused where it stands.
      if (meanRate > 0) refuseHugeSteps([meanRate], step.duration, context)
    }
  })
  .meta({
    oneOf: [
      { required: ['rate', 'duration'] },
      { required: ['ramp', 'duration'] },
      { required: ['spike', 'duration'] },
      { required: ['replay'] },
    ],
  })

const staircase = mapping('a mapping with from, to, duration and either double or by', {
  from: rate().describe('Rate of the first step, requests per second.'),
  to: rate().describe('Rate of the last step, requests per second.'),
  double: z
    .literal(true, { error: 'must be true (or left out, with by in its place)' })
    .optional()
    .describe('Each step has twice the rate of the one before.'),
  by: rate().optional().describe('Each step has so many requests per second more than the one before.'),
  every: wholeNumber('steps', 2, SCENARIO_LIMITS.steps)
    .optional()
    .describe('Only the first step, each so-manyth and the last are run; with full: true, all.'),
  duration: stepDuration,
  arrivals: arrivals.optional(),
})
  .superRefine((staircase, context) => {
    if ((staircase.double === undefined) === (staircase.by === undefined)) {
      context.addIssue({ code: 'custom', message: 'needs either double: true or by: a number, and not both' })
      return
    }
    const rates = planRates(staircase)
    if (rates.ok) refuseHugeSteps(rates.value, staircase.duration, context)
    else context.addIssue({ code: 'custom', path: ['to'], message: rates.sentence })
  })
  .meta({ oneOf: [{ required: ['double'] }, { required: ['by'] }] })

/** What a step may ask for; exactly one of them. */
const LOADS = ['rate', 'ramp', 'spike', 'replay'] as const

interface WrittenLoad {
  readonly rate?: number | undefined
  readonly ramp?: { readonly from: number; readonly to: number } | undefined
  readonly spike?: { readonly requests: number } | undefined
}

/** HTTP requests per second, over the whole step. */
export function meanRateOf({ rate, ramp, spike }: WrittenLoad, durationMs: number): number {
  if (ramp !== undefined) return (ramp.from + ramp.to) / 2
  if (spike !== undefined) return (spike.requests / durationMs) * 1_000
  return rate ?? 0
}

function refuseHugeSteps(rates: readonly number[], duration: string, context: z.RefinementCtx): void {
  const most = Math.max(...rates.map((rate) => plannedRequests(rate, parseDurationMs(duration) ?? 0)))
  if (most > SCENARIO_LIMITS.requestsPerStep) {
    const message = `plans ${formatCount(most)} requests in one step; at most ${formatCount(SCENARIO_LIMITS.requestsPerStep)} are possible: lower the rate or the duration`
    context.addIssue({ code: 'custom', message })
  }
  const fewest = Math.min(...rates.map((rate) => plannedRequests(rate, parseDurationMs(duration) ?? 0)))
  if (fewest < 1) {
    context.addIssue({ code: 'custom', message: 'plans no request at all: raise the rate or the duration' })
  }
}

const steps = z
  .union(
    [
      z
        .array(step)
        .min(1, { error: 'must have at least one step' })
        .max(SCENARIO_LIMITS.steps, { error: `must have at most ${formatCount(SCENARIO_LIMITS.steps)} steps` }),
      mapping('a mapping with staircase', {
        staircase: staircase.describe('Steps whose rate rises from one to the next.'),
      }),
    ],
    { error: 'must be a list of steps, or a mapping with staircase' },
  )
  .describe('What arrives, step after step. Each step is a sale of its own and is judged by itself.')

const skuWordError = 'must be a word of letters, digits, dots, hyphens and underscores'
const skuWord = z.string({ error: skuWordError }).regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, { error: skuWordError })
const skuValuesError = `must be a list of words, or a whole number from 1 to ${formatCount(SCENARIO_LIMITS.skus)} (values)`
const skusError = `must be a whole number from 1 to ${formatCount(SCENARIO_LIMITS.skus)} (SKUs), or a mapping of attributes to their values`

const skus = z
  .union(
    [
      wholeNumber('SKUs', 1, SCENARIO_LIMITS.skus),
      z
        .record(
          skuWord,
          z.union(
            [
              wholeNumber('values', 1, SCENARIO_LIMITS.skus),
              z
                .array(skuWord, { error: skuValuesError })
                .min(1, { error: skuValuesError })
                .max(SCENARIO_LIMITS.skus, { error: skuValuesError }),
            ],
            { error: skuValuesError },
          ),
          { error: skusError },
        )
        .refine((attributes) => Object.keys(attributes).length > 0, { error: skusError, abort: true })
        .refine((attributes) => Object.keys(attributes).length <= SCENARIO_LIMITS.skuAttributes, {
          error: `must have at most ${SCENARIO_LIMITS.skuAttributes} attributes`,
          abort: true,
        })
        .meta({ minProperties: 1, maxProperties: SCENARIO_LIMITS.skuAttributes }),
    ],
    { error: skusError },
  )
  .describe(
    'What each step sells: so many SKUs, or a matrix, such as {flavour: [cherry, lemon], size: [small, large], batch: 3}. Each SKU of each step is a sale of its own. Left out: one.',
  )

const skewError = `must be a number from 0 to ${SCENARIO_LIMITS.skew} (the exponent of Zipf's law)`

const sale = mapping('a mapping with stock or sellThrough', {
  stock: wholeNumber('units', 1, MAX_STOCK)
    .optional()
    .describe('Units that the sale of each SKU of each step opens with.'),
  sellThrough: share('of the units asked for', { zero: false })
    .optional()
    .describe('Units that each of these sales opens with, as a share of the units its buyers ask for: 50% or 0.5.'),
  perUserLimit: wholeNumber('units', 1, MAX_STOCK)
    .optional()
    .describe('Units of one SKU that one user may have. Left out: no limit.'),
  skus: skus.optional(),
  skew: z
    .number({ error: skewError })
    .min(0, { error: skewError })
    .max(SCENARIO_LIMITS.skew, { error: skewError })
    .optional()
    .describe(
      "How unevenly SKUs are asked for, the first most: by Zipf's law, rank k in proportion to 1 / k^skew. Default: 0, all alike.",
    ),
  opensAfter: duration(SCENARIO_LIMITS.stepDurationMs.min, SCENARIO_LIMITS.stepDurationMs.max, '3s or 500ms')
    .optional()
    .describe(
      'The sale of each step opens so long after its first moment: who comes before is early. Left out: it is open.',
    ),
  closesAfter: duration(SCENARIO_LIMITS.stepDurationMs.min, SCENARIO_LIMITS.stepDurationMs.max, '8s or 2m')
    .optional()
    .describe("Likewise when it closes: who comes after is late. Left out: not before the step's end."),
})
  .superRefine((sale, context) => {
    if ((sale.stock === undefined) === (sale.sellThrough === undefined)) {
      context.addIssue({ code: 'custom', message: 'needs either stock or sellThrough, and not both' })
    }
    const skuTrouble = sale.skus === undefined ? null : skuProblem(sale.skus)
    if (skuTrouble !== null) context.addIssue({ code: 'custom', path: ['skus'], message: skuTrouble })
    if (sale.skew !== undefined && sale.skus === undefined) {
      context.addIssue({ code: 'custom', path: ['skew'], message: 'says nothing without skus' })
    }
    const [opensAfterMs, closesAfterMs] = [sale.opensAfter, sale.closesAfter].map((text) => parseDurationMs(text ?? ''))
    if (typeof opensAfterMs === 'number' && typeof closesAfterMs === 'number' && closesAfterMs <= opensAfterMs) {
      context.addIssue({ code: 'custom', path: ['closesAfter'], message: 'must be later than opensAfter' })
    }
  })
  .meta({ oneOf: [{ required: ['stock'] }, { required: ['sellThrough'] }] })
  .describe('What is sold.')

const quantityError = `must be a whole number from 1 to ${formatCount(MAX_QUANTITY)} (units), or a mapping of such numbers to weights`
const weightError = `must be a weight: a number above 0 and at most ${formatCount(SCENARIO_LIMITS.quantityWeight)}`

const quantity = z
  .union(
    [
      wholeNumber('units', 1, MAX_QUANTITY),
      z
        .record(
          z
            .string()
            .regex(/^[1-9]\d*$/)
            .refine((key) => Number(key) <= MAX_QUANTITY),
          z
            .number({ error: weightError })
            .gt(0, { error: weightError })
            .max(SCENARIO_LIMITS.quantityWeight, { error: weightError }),
          { error: quantityError },
        )
        .refine((weights) => Object.keys(weights).length > 0, { error: quantityError })
        .meta({ minProperties: 1 }),
    ],
    { error: quantityError },
  )
  .describe('Units of one order: a number, or a mapping of numbers to weights, such as {1: 80, 2: 15, 4: 5}.')

const retries = mapping('a mapping with share, delay or attempts', {
  share: share('of the buyers', { zero: true })
    .optional()
    .describe(
      'Share of the buyers who ask again, with the same request, when refused or left without an answer. Default: 100%.',
    ),
  delay: duration(SCENARIO_LIMITS.retryDelayMs.min, SCENARIO_LIMITS.retryDelayMs.max, '500ms or 2s')
    .optional()
    .describe(
      `Mean time until they do; each waits from half to one and a half times as long. Default: ${SCENARIO_DEFAULTS.retryDelayMs}ms.`,
    ),
  attempts: wholeNumber('attempts of one buyer', 2, SCENARIO_LIMITS.attempts)
    .optional()
    .describe(`Attempts of one buyer at most, the first included. Default: ${SCENARIO_DEFAULTS.retryAttempts}.`),
}).describe("Buyers who ask again. Their retries come on top of the planned requests, until the step's end.")

const bots = mapping('a mapping with share and users', {
  share: share('of the buys', { zero: true }).describe('Share of the buys that are made by few users.'),
  users: wholeNumber('users', 1, SCENARIO_LIMITS.bots).describe('So many users, beside the population.'),
}).describe('Few users who press as often as many: each press is a request of its own.')

const buyers = mapping('a mapping', {
  population: wholeNumber('users', 1, SCENARIO_LIMITS.population)
    .optional()
    .describe(
      `Distinct users that buyers are drawn from. Left out: ${SCENARIO_DEFAULTS.usersPerRequest} for each request of the largest step, so that few come twice.`,
    ),
  quantity: quantity.optional(),
  doubleClicks: share('of the buyers', { zero: true })
    .optional()
    .describe('Share of the buyers who press twice: the same request, sent twice at once.'),
  reads: share('of the requests', { zero: true })
    .optional()
    .describe('Share of the requests that only look at the stock.'),
  retries: retries.optional(),
  bots: bots.optional(),
}).describe('Who comes, and what they do.')

const threshold = z.string({ error: 'must be an expression such as p99 < 42ms' }).superRefine((expression, context) => {
  const parsed = parseThreshold(expression)
  if (!parsed.ok) context.addIssue({ code: 'custom', message: parsed.sentence })
})

const extendsError = 'must be the name of a shipped scenario, or a path'

export const scenarioSchema = mapping('a mapping with name, sale and steps', {
  extends: z
    .string({ error: extendsError })
    .min(1, { error: extendsError })
    .optional()
    .describe('A scenario that this one changes: the name of a shipped one, or a path relative to this file.'),
  name: z
    .string({ error: 'must be a word' })
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/, {
      error: 'must be up to 63 letters, digits, dots, hyphens and underscores, beginning with a letter or a digit',
    })
    .describe('Names the run and its folder.'),
  description: z
    .string({ error: 'must be a text' })
    .max(2_000, { error: 'must have at most 2,000 characters' })
    .optional()
    .describe('What this scenario is good for.'),
  seed: wholeNumber('the start of the random numbers', 0, SCENARIO_LIMITS.seed)
    .optional()
    .describe('Same seed: same arrivals, same buyers, same quantities. Default: 1.'),
  sale,
  buyers: buyers.optional(),
  arrivals: arrivals.optional(),
  steps,
  full: z
    .boolean({ error: 'must be true or false' })
    .optional()
    .describe('Run all steps of a staircase, those too that its "every" passes over. Default: false.'),
  maxInFlight: wholeNumber('requests', 1, SCENARIO_LIMITS.maxInFlight)
    .optional()
    .describe(
      `Requests in flight at most; an arrival beyond is dropped and counted. Default: ${SCENARIO_DEFAULTS.maxInFlight}.`,
    ),
  timeout: duration(SCENARIO_LIMITS.timeoutMs.min, SCENARIO_LIMITS.timeoutMs.max, '2s or 800ms')
    .optional()
    .describe(`A request without an answer for so long is given up. Default: ${SCENARIO_DEFAULTS.timeoutMs / 1000}s.`),
  thresholds: z
    .array(threshold, { error: 'must be a list of expressions such as p99 < 42ms' })
    .max(SCENARIO_LIMITS.thresholds, { error: `must have at most ${SCENARIO_LIMITS.thresholds} thresholds` })
    .optional()
    .describe(
      `What each step has to reach: p99 < 42ms, errorRate < 0.1%. With "step 3:" or "whole:" in front, that step or all together. "${SCENARIO_DEFAULTS.achieved}" holds unless a threshold on achieved is given.`,
    ),
})

export type WrittenScenario = z.infer<typeof scenarioSchema>
