/**
 * The one table of what a threshold can be about. The parser, the evaluation and the documentation read it.
 */
import type { LoadFigures, TimeFigures } from '../core/run-record.ts'

export type MetricUnit = 'ms' | 'share' | 'perSecond' | 'count'

/** What thresholds are held against: one step, or all steps together. */
export interface Measured {
  /** Of a step, or of several together, which have no sell-out of their own. */
  readonly figures: Omit<LoadFigures, 'beforeSellOut' | 'afterSellOut'>
  /** Units left when the sale was over and settled; null when that is not known. */
  readonly unsold: number | null
}

export interface Metric {
  readonly unit: MetricUnit
  readonly meaning: string
  /** In `unit`; null when there is no sample. */
  readonly measure: (measured: Measured) => number | null
  /** Read from the stores after the load, which no late generator changes. */
  readonly ofStores?: true
  /** A share of the offered load, which the closed model hasn't. */
  readonly ofOffered?: true
  /** For times: which figure of which distribution. */
  readonly time?: { readonly of: 'response' | 'service'; readonly figure: TimeFigure }
}

export type TimeFigure = Exclude<keyof TimeFigures, 'count'>

/** Quantiles need samples; the mean and the maximum hold for any number of them. */
export const QUANTILES: Readonly<Partial<Record<TimeFigure, number>>> = {
  p50: 0.5,
  p90: 0.9,
  p95: 0.95,
  p99: 0.99,
  p999: 0.999,
}

const TIME_FIGURES: Readonly<Record<TimeFigure, string>> = {
  mean: 'mean',
  p50: 'median',
  p90: '90th percentile',
  p95: '95th percentile',
  p99: '99th percentile',
  p999: '99.9th percentile',
  max: 'longest',
}

const LOAD_METRICS: Readonly<Record<string, Metric>> = {
  achieved: {
    unit: 'share',
    meaning: 'achieved load as a share of the offered load',
    measure: ({ figures }) => shareOf(figures.achievedRatePerSec, figures.offeredRatePerSec ?? 0),
    ofOffered: true,
  },
  achievedRate: {
    unit: 'perSecond',
    meaning: 'definite answers per second: sold, sold out, limit reached, stock shown, not open',
    measure: ({ figures }) => figures.achievedRatePerSec,
  },
  errorRate: {
    unit: 'share',
    meaning: 'requests refused, unanswered or dropped, as a share of those planned',
    measure: ({ figures }) => (figures.arrivals === 0 ? null : figures.errorRate),
  },
  sold: count('buy requests answered with an order (both halves of a double click count)', 'sold'),
  soldOut: count('buy requests answered "sold out"', 'soldOut'),
  limitReached: count("buy requests answered that the user's limit is reached", 'limitReached'),
  shown: count('stock reads that were answered', 'shown'),
  refused: count('requests that were surely not served: busy, or an error without effect', 'refused'),
  unknown: count('requests whose effect is unknown: timeouts, cut connections', 'unknown'),
  dropped: count('requests that were never sent, because too many were in flight', 'dropped'),
  unsold: {
    unit: 'count',
    meaning: 'units left when the sale was over',
    measure: ({ unsold }) => unsold,
    ofStores: true,
  },
}

export const METRICS: Readonly<Record<string, Metric>> = {
  ...timeMetrics('', 'response'),
  ...timeMetrics('service.', 'service'),
  ...LOAD_METRICS,
}

function timeMetrics(prefix: string, of: 'response' | 'service'): Record<string, Metric> {
  const metrics: Record<string, Metric> = {}
  for (const [figure, words] of Object.entries(TIME_FIGURES) as [TimeFigure, string][]) {
    metrics[prefix + figure] = {
      unit: 'ms',
      meaning: `${words} ${of} time`,
      measure: ({ figures }) => (of === 'response' ? figures.responseMs : figures.serviceMs)[figure],
      time: { of, figure },
    }
  }
  return metrics
}

function count(meaning: string, outcome: keyof LoadFigures['outcomes']): Metric {
  return { unit: 'count', meaning, measure: ({ figures }) => figures.outcomes[outcome] }
}

function shareOf(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole
}
