/** What every trial of a search for capacity has to meet: as it was asked for, or as the scenario has it, or p99 < 100ms. */
import type { CapacityRecord } from '../core/capacity-record.ts'
import { HarnessError } from '../core/errors.ts'
import type { Scenario, Threshold } from '../core/scenario.ts'
import { METRICS, parseThreshold, samplesOf } from '../scenario/index.ts'

const DEFAULT_SLO = 'p99 < 100ms'
/** As in every run that says nothing else: a load that isn't reached isn't met. */
const LEAST_ACHIEVED = 'achieved >= 99%'
/** For means, too. */
const FEWEST_SAMPLES = 100

export interface Slo {
  readonly thresholds: readonly Threshold[]
  readonly from: CapacityRecord['sloFrom']
  /** Requests that a trial needs. */
  readonly samples: number
}

/** `expressions`: of `--slo`; empty: not given. Throws HarnessError USAGE. */
export function chooseSlo(expressions: readonly string[], scenario: Scenario): Slo {
  const given = expressions.map((expression) => parsed(expression, 'option'))
  const ofScenario = scenario.thresholds
    .filter(({ origin, scope }) => origin !== 'default' && typeof scope !== 'number')
    .filter(isOfTimesOrErrors)
    .map((threshold): Threshold => ({ ...threshold, scope: 'each' }))
  const [asked, from]: [readonly Threshold[], Slo['from']] =
    given.length > 0
      ? [given, 'option']
      : ofScenario.some(isOfTimes)
        ? [ofScenario, 'scenario']
        : [[parsed(DEFAULT_SLO, 'default')], 'default']
  const saysAchieved = asked.some(({ metric }) => metric === 'achieved')
  const thresholds = saysAchieved ? asked : [...asked, parsed(LEAST_ACHIEVED, 'default')]
  return { thresholds, from, samples: Math.max(FEWEST_SAMPLES, ...thresholds.map(samplesOf)) }
}

function parsed(expression: string, origin: Threshold['origin']): Threshold {
  const parse = parseThreshold(expression)
  if (!parse.ok) throw new HarnessError('USAGE', { message: `--slo ${parse.sentence}` })
  const { threshold } = parse
  if (typeof threshold.scope === 'number') {
    throw new HarnessError('USAGE', { message: `--slo ${JSON.stringify(expression)}: each trial has one step` })
  }
  const unit = METRICS[threshold.metric]?.unit
  if (unit === 'ms' || unit === 'share') return { ...threshold, scope: 'each', origin }
  throw new HarnessError('USAGE', {
    message: `--slo ${JSON.stringify(expression)}: ${threshold.metric} changes with the rate itself, so that no rate can be searched for by it`,
    hint: "Ask for a response time or a share: --slo 'p99 < 42ms', --slo 'errorRate < 0.1%'.",
  })
}

function isOfTimes({ metric }: Threshold): boolean {
  return METRICS[metric]?.unit === 'ms'
}

function isOfTimesOrErrors(threshold: Threshold): boolean {
  return isOfTimes(threshold) || threshold.metric === 'errorRate'
}
