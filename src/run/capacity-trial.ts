/**
 * One trial: the scenario at one rate for so long, as a sale of its own. And what its run says: whether the SLO held, what was
 * asked, what it cost. Pure.
 */
import type { CapacityTrial, TrialAnswer } from '../core/capacity-record.ts'
import type { RunRecord, StepRecord, ThresholdResult } from '../core/run-record.ts'
import type { Scenario, Step, Threshold } from '../core/scenario.ts'
import { formatCount, formatShare } from '../core/units.ts'
import { hasUnreadAnswers } from '../core/unread-answers.ts'
import type { RequestKind } from '../core/work-record.ts'
import { planStep, SCENARIO_LIMITS } from '../scenario/index.ts'
import { isGeneratorLate } from './verdict.ts'

export interface TrialTerms {
  readonly number: number
  readonly purpose: CapacityTrial['purpose']
  readonly ratePerSec: number
  readonly durationMs: number
  /** null: the target has a stock of its own. */
  readonly sellThrough: number | null
  readonly readShare: number
  readonly doubleClickShare: number
}

/** What of a scenario all trials share. */
export interface TrialBasis {
  readonly scenario: Scenario
  readonly thresholds: readonly Threshold[]
  /** The step that is tried at other rates: the one with the most requests. */
  readonly step: Step
  readonly sellThrough: number
}

export function trialBasis(scenario: Scenario, thresholds: readonly Threshold[]): TrialBasis {
  const index = scenario.steps.reduce(
    (most, step, at) => (requestsOf(step) > requestsOf(scenario.steps[most]!) ? at : most),
    0,
  )
  return { scenario, thresholds, step: scenario.steps[index]!, sellThrough: sellThroughOf(scenario, index) }
}

/** A share of the units asked for, also where the scenario names units: a longer trial needs as many more. */
function sellThroughOf(scenario: Scenario, stepIndex: number): number {
  const { stock } = scenario.sale
  if (stock.kind === 'sellThrough') return stock.share
  const { initialStock, unitsAskedFor } = planStep(scenario, stepIndex)
  return unitsAskedFor === 0 ? 1 : Math.min(1, initialStock / unitsAskedFor)
}

/** Users grow with the requests, so that as many of them come twice as in the scenario. */
export function trialScenario({ scenario, thresholds, step, sellThrough }: TrialBasis, trial: TrialTerms): Scenario {
  const { ratePerSec, durationMs, readShare, doubleClickShare } = trial
  const tried: Step = { arrivalRatePerSec: ratePerSec, durationMs, arrivals: step.arrivals }
  const growth = requestsOf(tried) / Math.max(1, requestsOf(step))
  const { population, bots } = scenario.buyers
  return {
    ...scenario,
    // Each trial has buyers of its own, and the same ones when it is repeated.
    seed: (scenario.seed + trial.number) % (SCENARIO_LIMITS.seed + 1),
    sale: {
      ...scenario.sale,
      stock: { kind: 'sellThrough', share: trial.sellThrough ?? sellThrough },
      opensAfterMs: null,
      closesAfterMs: null,
    },
    buyers: {
      ...scenario.buyers,
      population: within(population * growth, SCENARIO_LIMITS.population),
      bots: bots === null ? null : { ...bots, users: within(bots.users * growth, SCENARIO_LIMITS.bots) },
      readShare,
      doubleClickShare,
    },
    steps: [tried],
    thresholds,
  }
}

function requestsOf({ arrivalRatePerSec, durationMs }: Step): number {
  return (arrivalRatePerSec * durationMs) / 1_000
}

function within(count: number, most: number): number {
  return Math.max(1, Math.min(most, Math.round(count)))
}

export type TrialPlace = Pick<CapacityTrial, 'directory' | 'machine'>

/** null where the run ended before its step had. */
export function trialOf(
  record: RunRecord,
  terms: TrialTerms,
  { directory, machine }: TrialPlace,
): CapacityTrial | null {
  const step = record.steps[0]
  if (step === undefined || step.interrupted) return null
  const { answer, because } = answerOf(step, record)
  return {
    ...terms,
    directory,
    machine,
    runId: record.runId,
    answer,
    because,
    achievedRatePerSec: step.achievedRatePerSec,
    saturated: step.saturated,
    responseMs: step.responseMs,
    requests: requestsByKind(step),
    cpuSeconds: Object.fromEntries(
      Object.entries(step.resources).map(([resource, { cpuSeconds }]) => [resource, cpuSeconds]),
    ),
    verdict: record.verdict ?? 'inconclusive',
  }
}

interface Answer {
  readonly answer: TrialAnswer
  readonly because: string
}

/** Saturation outranks all else; what can't be judged says nothing of the target. */
function answerOf(step: StepRecord, { checks, thresholds }: RunRecord): Answer {
  if (step.saturated) {
    const rates = `${formatCount(step.achievedRatePerSec)}/s of ${formatCount(step.offeredRatePerSec ?? 0)}/s`
    return { answer: 'bad', because: `saturated at ${rates}` }
  }
  if (hasUnreadAnswers(step)) return { answer: 'none', because: 'nobody could make sense of many answers' }
  if (isGeneratorLate(step)) {
    return { answer: 'none', because: `the generator was late: ${formatShare(step.onTimeShare)} left in time` }
  }
  const failed = thresholds.find(({ verdict }) => verdict === 'fail')
  if (failed !== undefined) return { answer: 'bad', because: failed.sentence }
  const unknown =
    thresholds.find(({ verdict }) => verdict === 'unknown') ?? checks.find(({ verdict }) => verdict === 'unknown')
  if (unknown !== undefined) return { answer: 'none', because: unknown.sentence }
  return { answer: 'good', because: thresholds.map(({ sentence }) => sentence).join('; ') }
}

/** Measured over allowed, of the response-time threshold nearest to its limit; null: there is none. */
export function marginOf(
  trial: CapacityTrial,
  thresholds: readonly Threshold[],
  results: readonly ThresholdResult[],
): number | null {
  const margins = results.flatMap(({ expression, measured }) => {
    const threshold = thresholds.find((one) => one.expression === expression)
    const isCeiling = threshold?.comparison === '<' || threshold?.comparison === '<='
    if (threshold === undefined || !isCeiling || measured === null || measured <= 0 || threshold.limit <= 0) return []
    return [measured / threshold.limit]
  })
  if (margins.length === 0) return null
  const margin = Math.max(...margins)
  // What was dropped has no response time.
  return trial.saturated ? Math.max(margin, SATURATED_MARGIN) : margin
}

const SATURATED_MARGIN = 4

/** What has no answer of its own, such as a dropped request, is none of them. */
function requestsByKind({ outcomes, retries, sales }: StepRecord): Record<RequestKind, number> {
  const answered = (kind: keyof StepRecord['outcomes']): number => outcomes[kind] + retries.outcomes[kind]
  const orders = sales.reduce<number | null>(
    (sum, sale) => (sum === null || sale.orders === null ? null : sum + sale.orders),
    0,
  )
  const sold = Math.min(answered('sold'), orders ?? answered('sold'))
  return {
    sold,
    soldOut: answered('soldOut') + answered('limitReached'),
    replayed: answered('sold') - sold,
    read: answered('shown'),
  }
}
