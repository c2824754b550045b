/**
 * Holds what was measured against the thresholds of a scenario.
 *
 * Response time counts from the planned moment, so a late generator only adds to it: a threshold that is met in spite of
 * that is met. One that is missed where the generator may be the cause is `unknown`, never a failure of the target; and
 * so is a quantile of fewer samples than it takes to speak of it.
 */
import type { ThresholdResult } from '../core/run-record.ts'
import type { Scenario, Threshold, ThresholdComparison } from '../core/scenario.ts'
import { formatCount, formatMs, formatShare } from '../core/units.ts'
import { type Measured, type Metric, METRICS, type MetricUnit, QUANTILES } from './metrics.ts'

/** Share of the arrivals that has to leave in time; below, the load was another one than planned. */
const ON_TIME_SHARE = 0.99
/** Send lateness (p99) up to this share of a threshold can't have decided it. */
const HARMLESS_LATENESS = 0.1

/** Thresholds of one step: those for each step, and those for this one. `stepIndex` counts from 0. */
export function evaluateStepThresholds(scenario: Scenario, stepIndex: number, measured: Measured): ThresholdResult[] {
  return scenario.thresholds
    .filter(({ scope }) => scope === 'each' || scope === stepIndex)
    .filter((threshold) => !isIdle(threshold, measured))
    .map((threshold) => evaluate(threshold, measured, stepIndex))
}

/** Thresholds over all steps together. `measured` is not read where the scenario has none. */
export function evaluateWholeThresholds(scenario: Scenario, measured: () => Measured): ThresholdResult[] {
  const thresholds = scenario.thresholds.filter(({ scope }) => scope === 'whole')
  if (thresholds.length === 0) return []
  const whole = measured()
  return thresholds
    .filter((threshold) => !isIdle(threshold, whole))
    .map((threshold) => evaluate(threshold, whole, null))
}

function evaluate(threshold: Threshold, measured: Measured, step: number | null): ThresholdResult {
  const metric = METRICS[threshold.metric]
  if (!metric) throw new RangeError(`threshold "${threshold.expression}": there is no metric ${threshold.metric}`)
  const value = metric.measure(measured)
  const base = { expression: threshold.expression, step, metric: threshold.metric, measured: value }
  if (lacksOffer(threshold, measured)) {
    return { ...base, verdict: 'unknown', sentence: `${threshold.metric}: ${NOTHING_OFFERED}` }
  }
  if (value === null) return { ...base, verdict: 'unknown', sentence: `${threshold.metric} could not be measured` }

  const tooFew = sampleShortage(threshold, metric, measured)
  if (tooFew !== null) return { ...base, verdict: 'unknown', sentence: tooFew }

  const sentence = resultSentence(threshold, value, metric.unit)
  if (compares(value, threshold.comparison, threshold.limit)) return { ...base, verdict: 'pass', sentence }
  const excuse = generatorExcuse(threshold, metric, measured.figures)
  if (excuse !== null) return { ...base, verdict: 'unknown', sentence: `${sentence}; ${excuse}` }
  return { ...base, verdict: 'fail', sentence }
}

const NOTHING_OFFERED =
  'in the closed model load is offered as fast as it is answered, so that no share of it can be missed; ask for a rate, such as achieved >= 5000/s'

/** Nobody asks for a share of an offer that isn't there: it holds by default only, or was switched off (`>= 0%`). */
function isIdle(threshold: Threshold, measured: Measured): boolean {
  const { origin, comparison, limit } = threshold
  return lacksOffer(threshold, measured) && (origin === 'default' || (comparison === '>=' && limit === 0))
}

/** A share of what was offered, where nothing was. */
function lacksOffer({ metric }: Threshold, { figures }: Measured): boolean {
  return METRICS[metric]?.ofOffered === true && figures.offeredRatePerSec === null
}

/**
 * Samples that a quantile needs: with fewer, the chance that all of them lie below it is above 1 % (ln 0.01 / ln q;
 * MLPerf LoadGen counts likewise). 459 for p99, 4,603 for p999.
 */
export function samplesNeeded(quantile: number): number {
  return Math.ceil(Math.log(0.01) / Math.log(quantile))
}

/** Samples that a threshold needs; 0: it holds for any number of them. */
export function samplesOf({ metric }: Pick<Threshold, 'metric'>): number {
  const time = METRICS[metric]?.time
  const quantile = time && QUANTILES[time.figure]
  return quantile === undefined ? 0 : samplesNeeded(quantile)
}

function sampleShortage(threshold: Threshold, { time }: Metric, { figures }: Measured): string | null {
  const quantile = time && QUANTILES[time.figure]
  if (!time || quantile === undefined) return null
  const { count } = time.of === 'response' ? figures.responseMs : figures.serviceMs
  const needed = samplesNeeded(quantile)
  if (count >= needed) return null
  return `${threshold.metric} needs ${formatCount(needed)} samples, there were ${formatCount(count)}`
}

/** Why the generator and not the target may have missed the threshold; null if it can't have. */
function generatorExcuse(
  threshold: Threshold,
  { time, ofStores }: Metric,
  figures: Measured['figures'],
): string | null {
  if (ofStores || figures.saturated) return null
  if (figures.onTimeShare < ON_TIME_SHARE) {
    return `but the generator was late: only ${formatShare(figures.onTimeShare)} of the requests left within 50ms of their moment`
  }
  if (time?.of !== 'response') return null
  const service = figures.serviceMs[time.figure]
  const latenessMs = figures.sendLatenessMs.p99
  if (service === null || latenessMs === null) return null
  if (latenessMs <= HARMLESS_LATENESS * threshold.limit) return null
  if (!compares(service, threshold.comparison, threshold.limit)) return null
  return `but the generator was late (p99 ${formatIn('ms', latenessMs)}), and service.${time.figure} was ${formatIn('ms', service)}`
}

function compares(value: number, comparison: ThresholdComparison, limit: number): boolean {
  switch (comparison) {
    case '<':
      return value < limit
    case '<=':
      return value <= limit
    case '>':
      return value > limit
    case '>=':
      return value >= limit
    case '==':
      return value === limit
  }
}

function resultSentence({ metric, comparison, limit }: Threshold, value: number, unit: MetricUnit): string {
  const allowed = formatIn(unit, limit)
  const rounded = formatIn(unit, value)
  // What is rounded to the limit must not read as if it were the limit.
  const shown = rounded === allowed && value !== limit ? formatExactly(unit, value) : rounded
  return `${metric} was ${shown}, allowed ${comparison} ${allowed}`
}

function formatIn(unit: MetricUnit, value: number): string {
  switch (unit) {
    case 'ms':
      return formatMs(value).replace(/\.0+(?=m?s$)/, '')
    case 'share':
      return formatShare(value)
    case 'perSecond':
      return `${formatCount(value)}/s`
    case 'count':
      return formatCount(value)
  }
}

function formatExactly(unit: MetricUnit, value: number): string {
  switch (unit) {
    case 'ms':
      return `${Number(value.toPrecision(8))}ms`
    case 'share':
      return `${Number((value * 100).toPrecision(8))}%`
    case 'perSecond':
      return `${Number(value.toPrecision(8))}/s`
    case 'count':
      return String(value)
  }
}
