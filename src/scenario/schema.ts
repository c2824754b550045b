/**
 * The written form of a scenario: what a YAML file may hold, key by key. Validation, error messages and the JSON Schema
 * for editors all come from here. It only judges: `resolve.ts` makes the values of it.
 *
 * A message that begins with "must" says what was expected; what was found is appended by `schema-problems.ts`.
 */
import * as z from 'zod'
import { formatCount, parseDurationMs } from '../core/units.ts'
import { MAX_QUANTITY, MAX_STOCK } from '../core/wire.ts'
import { SCENARIO_DEFAULTS, SCENARIO_LIMITS } from './limits.ts'
import { skuProblem } from './sku-names.ts'
import { duration, mapping, share, wholeNumber } from '../core/document/schema-parts.ts'
import { arrivals, connectionCounts, steps } from './schema-steps.ts'
import { parseThreshold } from './threshold-expression.ts'

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
}).superRefine(({ full, steps, maxInFlight = SCENARIO_DEFAULTS.maxInFlight }, context) => {
  for (const { path, connections } of connectionCounts(steps)) {
    if (connections <= maxInFlight) continue
    context.addIssue({
      code: 'custom',
      path,
      message: `must be at most maxInFlight, which is ${formatCount(maxInFlight)}`,
    })
  }
  if (full === undefined || (!Array.isArray(steps) && steps.staircase?.every !== undefined)) return
  const message = 'says nothing without a staircase of which "every" runs only some steps'
  context.addIssue({ code: 'custom', path: ['full'], message })
})

export type WrittenScenario = z.infer<typeof scenarioSchema>
