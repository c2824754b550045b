/** The written form of what arrives: steps, their rates, and staircases of them. */
import * as z from 'zod'
import { formatCount, parseDurationMs } from '../core/units.ts'
import { SCENARIO_DEFAULTS, SCENARIO_LIMITS } from './limits.ts'
import { duration, durationError, mapping, wholeNumber } from '../core/document/schema-parts.ts'
import { planRates, plannedRequests } from './staircase.ts'

export const arrivals = z
  .enum(['uniform', 'poisson'], { error: 'must be uniform or poisson' })
  .describe('uniform: evenly spaced. poisson: independent buyers, in random gaps with the same mean rate.')

const STEP_DURATION = [SCENARIO_LIMITS.stepDurationMs.min, SCENARIO_LIMITS.stepDurationMs.max, '5s or 250ms'] as const
const stepDuration = duration(...STEP_DURATION).describe(
  'How long arrivals keep coming, with its unit: 5s, 250ms, 1.5m.',
)

function rate(): z.ZodNumber {
  const max = SCENARIO_LIMITS.arrivalRatePerSec
  const error = `must be a number above 0 and at most ${formatCount(max)} (requests per second)`
  // A rate that is wrong says nothing about the number of requests: `abort` keeps the checks on the step from it.
  return z.number({ error }).gt(0, { error, abort: true }).max(max, { error, abort: true })
}

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

function connections(): z.ZodNumber {
  return wholeNumber('connections', 1, SCENARIO_LIMITS.maxInFlight)
}

const replayError = 'must be the path of a file of times'

/** What a step may ask for; exactly one of them, or connections without any. */
const LOADS = ['rate', 'ramp', 'spike', 'replay'] as const

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
  connections: connections()
    .optional()
    .describe(
      `For engines of the closed model (--engine autocannon): so many connections, each sending its next request when its answer came. The rate, ${formatCount(SCENARIO_DEFAULTS.closedRatePerSec)} unless given, is then the most that is planned.`,
    ),
  duration: stepDuration.optional(),
  arrivals: arrivals.optional(),
})
  .superRefine((step, context) => {
    const issue = (path: string, message: string): void =>
      context.addIssue({ code: 'custom', path: path === '' ? [] : [path], message })
    const given = LOADS.filter((key) => step[key] !== undefined)
    if (given.length === 0 && step.connections === undefined)
      issue('rate', 'must be a number of requests per second (or ramp, spike, replay or connections in its place)')
    if (given.length > 1) issue('', `needs one of ${LOADS.join(', ')}, and not several`)
    if (given.length > 1 || (given.length === 0 && step.connections === undefined)) return
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
      { required: ['connections', 'duration'], not: { anyOf: LOADS.map((load) => ({ required: [load] })) } },
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

interface WrittenLoad {
  readonly rate?: number | undefined
  readonly ramp?: { readonly from: number; readonly to: number } | undefined
  readonly spike?: { readonly requests: number } | undefined
  readonly connections?: unknown
}

/** HTTP requests per second, over the whole step. */
export function meanRateOf({ rate, ramp, spike, connections }: WrittenLoad, durationMs: number): number {
  if (ramp !== undefined) return (ramp.from + ramp.to) / 2
  if (spike !== undefined) return (spike.requests / durationMs) * 1_000
  return rate ?? (connections === undefined ? 0 : SCENARIO_DEFAULTS.closedRatePerSec)
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

const connectionCountsError = 'must be a list of numbers of connections, such as [16, 64, 256]'

const manySteps = mapping('a mapping with staircase or connections', {
  staircase: staircase.optional().describe('Steps whose rate rises from one to the next.'),
  connections: z
    .array(connections(), { error: connectionCountsError })
    .min(1, { error: connectionCountsError })
    .max(SCENARIO_LIMITS.steps, { error: `must have at most ${formatCount(SCENARIO_LIMITS.steps)} steps` })
    .optional()
    .describe('For engines of the closed model (--engine autocannon): a step for each number of connections.'),
  duration: stepDuration.optional().describe('Of each step with connections.'),
  rate: rate()
    .optional()
    .describe(
      `Of each step with connections: so many requests per second are planned at most. Default: ${formatCount(SCENARIO_DEFAULTS.closedRatePerSec)}.`,
    ),
})
  .superRefine((steps, context) => {
    const { staircase, connections, duration } = steps
    if ((staircase === undefined) === (connections === undefined)) {
      context.addIssue({ code: 'custom', message: 'needs either staircase or connections, and not both' })
    } else if (staircase !== undefined) {
      for (const key of ['duration', 'rate'] as const) {
        if (steps[key] === undefined) continue
        context.addIssue({ code: 'custom', path: [key], message: 'says nothing beside staircase, which has its own' })
      }
    } else if (duration === undefined) {
      context.addIssue({ code: 'custom', path: ['duration'], message: durationError(...STEP_DURATION) })
    } else {
      refuseHugeSteps([meanRateOf(steps, 0)], duration, context)
    }
  })
  .meta({
    oneOf: [{ required: ['staircase'] }, { required: ['connections', 'duration'] }],
  })

export const steps = z
  .union(
    [
      z
        .array(step)
        .min(1, { error: 'must have at least one step' })
        .max(SCENARIO_LIMITS.steps, { error: `must have at most ${formatCount(SCENARIO_LIMITS.steps)} steps` }),
      manySteps,
    ],
    { error: 'must be a list of steps, or a mapping with staircase or connections' },
  )
  .describe('What arrives, step after step. Each step is a sale of its own and is judged by itself.')

/** Every number of connections that is written, and where. */
export function connectionCounts(
  written: z.infer<typeof steps>,
): { readonly path: (string | number)[]; readonly connections: number }[] {
  if (!Array.isArray(written)) {
    return (written.connections ?? []).map((connections, i) => ({ path: ['steps', 'connections', i], connections }))
  }
  return written.flatMap(({ connections }, i) =>
    connections === undefined ? [] : [{ path: ['steps', i, 'connections'], connections }],
  )
}
