/**
 * Condenses the history of a step to what a report draws of it: a few hundred figures, however many requests there were.
 * By the same rules as the figures of the step, so that a chart and a table never disagree. Pure.
 */
import { type HistoryColumns, OUTCOME_CODES } from '../core/history.ts'
import { OUTCOME_KINDS, type OutcomeKind } from '../core/operation.ts'
import { NS_PER_MS } from '../core/units.ts'
import { readArrival } from '../load/arrival.ts'
import { TimeDistribution } from '../load/time-distribution.ts'
import type { Distribution, StepDigest, TimeBucket } from '../report/index.ts'
import { stockBurn, type StockTerms } from './stock-burn.ts'

export interface DigestTerms extends StockTerms {
  /** When the step's plan began, ns since the origin of the history's times. */
  readonly startedAtNs: number
  /** How long it went on. */
  readonly durationMs: number
  readonly bucketMs: number
  readonly timeoutMs: number
}

export interface DigestedStep {
  readonly digest: StepDigest
  /** Units of each sale sold by the end of the step, by what buyers were told. */
  readonly soldByNow: readonly number[]
}

export function digestHistory(history: HistoryColumns, terms: DigestTerms): DigestedStep {
  const { bucketMs } = terms
  const count = Math.max(1, Math.ceil(terms.durationMs / bucketMs - 1e-9))
  const buckets = Array.from({ length: count }, () => new OpenBucket())
  const all = new TimeDistribution()
  const byOutcome = new Map<OutcomeKind, TimeDistribution>()
  const bucketAt = (atNs: number): number => {
    const index = Math.floor((atNs - terms.startedAtNs) / (bucketMs * NS_PER_MS))
    return Math.min(count - 1, Math.max(0, index))
  }
  for (let row = 0; row < history.length; row++) {
    const arrival = readArrival(history, row, terms.timeoutMs * NS_PER_MS)
    const kind = OUTCOME_CODES[arrival.outcome]!
    if (arrival.isRetry) continue
    const bucket = buckets[bucketAt(history.scheduledAtNs[row]!)]!
    bucket.outcomes[kind]++
    if (!arrival.wasSent) continue
    bucket.response.record(arrival.responseNs)
    all.record(arrival.responseNs)
    distributionOf(byOutcome, kind).record(arrival.responseNs)
  }
  const responseByOutcome = Object.fromEntries([...byOutcome].map(([kind, times]) => [kind, distributionPoints(times)]))
  const { curves, soldByNow } = stockBurn(history, terms, bucketAt, count)
  const digest: StepDigest = {
    index: history.stepIndex,
    passedMs: terms.durationMs,
    bucketMs,
    buckets: buckets.map((bucket) => bucket.close()),
    response: distributionPoints(all),
    responseByOutcome,
    stock: curves,
  }
  return { digest, soldByNow }
}

/** How long a step that was cut short went on: to the last that was sent, answered or given up, at most as long as planned. */
export function passedMsOf(
  { length, sentAtNs, completedAtNs }: HistoryColumns,
  { startedAtNs, durationMs }: Pick<DigestTerms, 'startedAtNs' | 'durationMs'>,
): number {
  let lastNs = startedAtNs
  for (let row = 0; row < length; row++) {
    if (sentAtNs[row]! > lastNs) lastNs = sentAtNs[row]!
    if (completedAtNs[row]! > lastNs) lastNs = completedAtNs[row]!
  }
  return Math.min(durationMs, (lastNs - startedAtNs) / NS_PER_MS)
}

class OpenBucket {
  readonly outcomes = Object.fromEntries(OUTCOME_KINDS.map((kind) => [kind, 0])) as Record<OutcomeKind, number>
  readonly response = new TimeDistribution()

  close(): TimeBucket {
    return { outcomes: this.outcomes, p50Ms: this.response.quantileMs(0.5), p99Ms: this.response.quantileMs(0.99) }
  }
}

function distributionOf(all: Map<OutcomeKind, TimeDistribution>, kind: OutcomeKind): TimeDistribution {
  let found = all.get(kind)
  if (found === undefined) {
    found = new TimeDistribution()
    all.set(kind, found)
  }
  return found
}

const HIGHEST_QUANTILE = 0.9999
const POINTS_A_DECADE = 16

/** Those that are quoted in words and tables: a point beside one of them would be another figure. */
const QUOTED_QUANTILES = [0.5, 0.9, 0.99, 0.999, 0.9999]
const SAME_QUANTILE = 1e-9

/** The quoted ones, and others evenly on a scale of 1/(1-q), up to the last that a sample stands for. */
function distributionPoints(times: TimeDistribution): Distribution {
  const most = Math.min(1 / (1 - HIGHEST_QUANTILE), Math.max(1, times.count))
  const last = Math.round(Math.log10(most) * POINTS_A_DECADE)
  const quoted = QUOTED_QUANTILES.filter((quantile) => 1 / (1 - quantile) <= most * (1 + SAME_QUANTILE))
  const even = Array.from({ length: last + 1 }, (_, step) => 1 - 10 ** (-step / POINTS_A_DECADE))
  const between = even.filter((quantile) => quoted.every((one) => Math.abs(one - quantile) > SAME_QUANTILE))
  const quantiles = [...quoted, ...between].toSorted((a, b) => a - b)
  const points = quantiles.map((quantile) => ({ quantile, ms: times.quantileMs(quantile) ?? 0 }))
  return { count: times.count, points: times.count === 0 ? [] : points }
}

const MOST_BUCKETS = 160
const ROUND_MS = [50, 100, 200, 300, 400, 500, 1_000, 2_000, 5_000, 10_000, 15_000, 30_000, 60_000]

/** Requests that a bucket holds at least, on average: percentiles of fewer are noise. */
const LEAST_REQUESTS = 60

/** A round length of buckets for a run of so long steps and so many requests. */
export function bucketMsFor({
  durationMs,
  requests,
}: {
  readonly durationMs: number
  readonly requests: number
}): number {
  const least = Math.max(durationMs / MOST_BUCKETS, (durationMs * LEAST_REQUESTS) / Math.max(1, requests))
  return ROUND_MS.find((ms) => ms >= least) ?? Math.ceil(least / 60_000) * 60_000
}
