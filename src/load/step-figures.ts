/**
 * What the load of a step came to: a pure function of its history, so that a stored run has the figures of the live one.
 *
 * Achieved load is counted in a window of the step's length that starts one median response time after the step: what a
 * queue still answers long after the arrivals ended was not achieved. Response time counts from the planned moment, so
 * that a stall is seen by everyone who would have stood in it; a request without an answer counts as the time-out or
 * more, so that a target can't look fast by not answering.
 *
 * In the closed model nothing waits to be sent: the rate is what was answered, over the time that the step took.
 *
 * Retries are outside the plan, and so outside every figure but their own. "Not open" is refused, and yet an answer that
 * tells a buyer how things stand, as "sold out" does: it was achieved, and is no error. (Whether it was true is asked
 * elsewhere.)
 */
import { STILL_QUEUED } from '../core/buyer-protocol.ts'
import { type HistoryColumns, KIND_CODES, OUTCOME_CODES } from '../core/history.ts'
import { OUTCOME_KINDS, type OutcomeKind } from '../core/operation.ts'
import type { LoadFigures, LoadModel, RegimeFigures, TimeFigures } from '../core/run-record.ts'
import type { Step } from '../core/scenario.ts'
import { formatCount, NS_PER_MS } from '../core/units.ts'
import { ACHIEVED_KINDS, codeOf, isAchieved, isRetry, NOT_SENT, readArrival } from './arrival.ts'
import { TimeDistribution } from './time-distribution.ts'

export interface MeasuredStep {
  readonly step: Step
  readonly model: LoadModel
  /** When the step's plan began, ns since the origin of the history's times. */
  readonly startedAtNs: number
}

export interface StepMeasurement {
  readonly figures: LoadFigures
  /** What figures over several steps are made of. */
  readonly distributions: StepDistributions
}

interface StepDistributions {
  readonly response: TimeDistribution
  readonly service: TimeDistribution
  readonly sendLateness: TimeDistribution
}

/** Figures of several steps together have no sell-out of their own. */
export type WholeFigures = Omit<LoadFigures, 'beforeSellOut' | 'afterSellOut'>

const ON_TIME_NS = 50 * NS_PER_MS
const ACHIEVED_SHARE = 0.99

/** Answers that say that the target could not keep up; dropping at the bound says so too. */
const OVERLOAD_CODES: ReadonlySet<string> = new Set([
  'BUSY',
  'TIMEOUT',
  'CONNECT_TIMEOUT',
  'TOO_MANY_REQUESTS',
  'HTTP_429',
  STILL_QUEUED,
])
/** Reason of a drop that is not the bound on requests in flight: the run was stopped. */
const INTERRUPTED = 'INTERRUPTED'

const SOLD_OUT = OUTCOME_CODES.indexOf('soldOut')
const REFUSED = OUTCOME_CODES.indexOf('refused')
const UNKNOWN = OUTCOME_CODES.indexOf('unknown')
const DROPPED = OUTCOME_CODES.indexOf('dropped')
const BUY = KIND_CODES.indexOf('buy')

export function loadFigures(
  history: HistoryColumns,
  measured: MeasuredStep,
  options: { readonly timeoutMs: number },
): LoadFigures {
  return measureStep(history, measured, options).figures
}

/** `timeoutMs`: what a request without an answer counts as, at least. */
export function measureStep(
  history: HistoryColumns,
  { step, model, startedAtNs }: MeasuredStep,
  { timeoutMs }: { readonly timeoutMs: number },
): StepMeasurement {
  const soldOutAtNs = firstSoldOut(history)
  const rows = readRows(history, soldOutAtNs, timeoutMs * NS_PER_MS)
  const response = sumOf([...rows.before, ...rows.after])
  const isClosed = model === 'closed'
  const window = isClosed ? closedWindow(history, step, startedAtNs) : achievedWindow(step, startedAtNs, response)
  const achieved = countAchieved(history, window, soldOutAtNs)

  const arrivals = sumOfCounts(rows.counts)
  const durationMs = isClosed ? (window.toNs - startedAtNs) / NS_PER_MS : step.durationMs
  const perSec = (count: number): number => (durationMs === 0 ? 0 : (count * 1_000) / durationMs)
  const errors = rows.counts[REFUSED]! + rows.counts[UNKNOWN]! + rows.counts[DROPPED]! - rows.notOpen
  const outcomes = countsByKind(rows.counts)
  const figures: LoadFigures = {
    offeredRatePerSec: isClosed ? null : perSec(arrivals),
    achievedRatePerSec: perSec(achieved.before + achieved.after),
    durationMs,
    arrivals,
    sent: rows.sent,
    completed: ACHIEVED_KINDS.reduce((sum, kind) => sum + outcomes[kind], 0) + rows.notOpen,
    dropped: outcomes.dropped,
    errorRate: arrivals === 0 ? 0 : errors / arrivals,
    outcomes,
    errorCodes: Object.fromEntries([...rows.errorCodes].toSorted(([, a], [, b]) => b - a)),
    saturated: !isClosed && isSaturated(rows, achieved.before + achieved.after, arrivals, errors),
    onTimeShare: arrivals === 0 ? 1 : rows.onTime / arrivals,
    responseMs: response.figures(),
    serviceMs: rows.service.figures(),
    responseMsByOutcome: byOutcome(rows),
    ...regimes(rows, achieved, window, startedAtNs, soldOutAtNs),
    sendLatenessMs: rows.sendLateness.figures(),
    retries: { made: sumOfCounts(rows.retries), outcomes: countsByKind(rows.retries) },
  }
  return { figures, distributions: { response, service: rows.service, sendLateness: rows.sendLateness } }
}

/** The figures of several steps together: counts are added, rates are over the time of all, quantiles over all samples. */
export function wholeFigures(steps: readonly StepMeasurement[]): WholeFigures {
  const figures = steps.map((step) => step.figures)
  const total = (of: (one: LoadFigures) => number): number => figures.reduce((sum, one) => sum + of(one), 0)
  const arrivals = total((one) => one.arrivals)
  const durationMs = total((one) => one.durationMs)
  const perSec = (of: (one: LoadFigures) => number): number =>
    durationMs === 0 ? 0 : total((one) => of(one) * one.durationMs) / durationMs
  const perArrival = (of: (one: LoadFigures) => number, ofNothing: number): number =>
    arrivals === 0 ? ofNothing : total((one) => of(one) * one.arrivals) / arrivals
  const outcomes = countsByKind(OUTCOME_CODES.map((kind) => total((one) => one.outcomes[kind])))
  const errorCodes = new Map<string, number>()
  for (const [code, count] of figures.flatMap((one) => Object.entries(one.errorCodes))) {
    errorCodes.set(code, (errorCodes.get(code) ?? 0) + count)
  }
  const together = (of: keyof StepDistributions): TimeFigures =>
    sumOf(steps.map((step) => step.distributions[of])).figures()
  return {
    offeredRatePerSec: figures.some((one) => one.offeredRatePerSec === null)
      ? null
      : perSec((one) => one.offeredRatePerSec ?? 0),
    achievedRatePerSec: perSec((one) => one.achievedRatePerSec),
    durationMs,
    arrivals,
    sent: total((one) => one.sent),
    completed: total((one) => one.completed),
    dropped: outcomes.dropped,
    errorRate: perArrival((one) => one.errorRate, 0),
    outcomes,
    errorCodes: Object.fromEntries([...errorCodes].toSorted(([, a], [, b]) => b - a)),
    saturated: figures.some((one) => one.saturated),
    onTimeShare: perArrival((one) => one.onTimeShare, 1),
    responseMs: together('response'),
    serviceMs: together('service'),
    responseMsByOutcome: {},
    sendLatenessMs: together('sendLateness'),
    retries: {
      made: total((one) => one.retries.made),
      outcomes: countsByKind(OUTCOME_CODES.map((kind) => total((one) => one.retries.outcomes[kind]))),
    },
  }
}

/** "target saturated at 1,340/s of 12,800/s" */
export function saturationSentence(figures: Pick<LoadFigures, 'achievedRatePerSec' | 'offeredRatePerSec'>): string {
  return `target saturated at ${formatCount(figures.achievedRatePerSec)}/s of ${formatCount(figures.offeredRatePerSec ?? 0)}/s`
}

interface Rows {
  /** By outcome; undefined where nothing had it. Response times of arrivals before and after the sell-out. */
  readonly before: (TimeDistribution | undefined)[]
  readonly after: (TimeDistribution | undefined)[]
  readonly service: TimeDistribution
  readonly sendLateness: TimeDistribution
  /** By outcome. */
  readonly counts: number[]
  /** Likewise of retries. */
  readonly retries: number[]
  readonly errorCodes: Map<string, number>
  /** Answers that the sale was not open. */
  notOpen: number
  arrivalsBefore: number
  sent: number
  /** Sent, or dropped at the bound, in time. */
  onTime: number
  overloaded: number
}

function readRows(history: HistoryColumns, soldOutAtNs: number, timeoutNs: number): Rows {
  const rows: Rows = {
    before: [],
    after: [],
    service: new TimeDistribution(),
    sendLateness: new TimeDistribution(),
    counts: OUTCOME_CODES.map(() => 0),
    retries: OUTCOME_CODES.map(() => 0),
    errorCodes: new Map(),
    notOpen: 0,
    arrivalsBefore: 0,
    sent: 0,
    onTime: 0,
    overloaded: 0,
  }
  for (let row = 0; row < history.length; row++) readRow(rows, history, row, soldOutAtNs, timeoutNs)
  return rows
}

function readRow(rows: Rows, history: HistoryColumns, row: number, soldOutAtNs: number, timeoutNs: number): void {
  const { outcome, isError, wasSent, ...arrival } = readArrival(history, row, timeoutNs)
  if (arrival.isRetry) {
    rows.retries[outcome]!++
    return
  }
  const isBefore = history.scheduledAtNs[row]! < soldOutAtNs
  rows.counts[outcome]!++
  if (isBefore) rows.arrivalsBefore++
  const code = isError ? codeOf(history, row, wasSent) : ''
  if (arrival.isNotOpen) rows.notOpen++
  if (isError) rows.errorCodes.set(code, (rows.errorCodes.get(code) ?? 0) + 1)

  if (!wasSent) {
    const atBound = outcome === DROPPED && code !== INTERRUPTED && code !== NOT_SENT
    if (atBound) rows.overloaded++
    // A refused connect left on time, too.
    if (atBound || outcome === REFUSED) rows.onTime++
    return
  }
  rows.sent++
  if (isError && OVERLOAD_CODES.has(code)) rows.overloaded++
  if (arrival.latenessNs <= ON_TIME_NS) rows.onTime++
  rows.sendLateness.record(arrival.latenessNs)
  rows.service.record(arrival.serviceNs)
  const regime = isBefore ? rows.before : rows.after
  regime[outcome] ??= new TimeDistribution()
  regime[outcome].record(arrival.responseNs)
}

function sumOfCounts(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0)
}

/** When the first buyer was told "sold out", ns; Infinity when none was. */
function firstSoldOut(history: HistoryColumns): number {
  let first = Number.POSITIVE_INFINITY
  for (let row = 0; row < history.length; row++) {
    if (history.outcome[row] !== SOLD_OUT || history.kind[row] !== BUY) continue
    if (history.completedAtNs[row]! < first) first = history.completedAtNs[row]!
  }
  return first
}

interface Window {
  readonly fromNs: number
  readonly toNs: number
}

/**
 * One median response time after the step, as long as the step, and one mean gap between arrivals wider at either end:
 * n evenly spaced arrivals have n gaps only with one of the ends, and a request at the edge is not lost load.
 * Where the rate changes, answers count from the step's beginning: a spike has most of its arrivals there, and those
 * answered faster than the median are not lost load either.
 */
function achievedWindow(step: Step, startedAtNs: number, response: TimeDistribution): Window {
  const medianNs = (response.quantileMs(0.5) ?? 0) * NS_PER_MS
  const gapNs = 1e9 / step.arrivalRatePerSec
  const startNs = startedAtNs + medianNs
  return {
    fromNs: step.shape === undefined ? startNs - gapNs : startedAtNs,
    toNs: startNs + step.durationMs * NS_PER_MS + gapNs,
  }
}

/**
 * The closed model: from the step's start to the last answer, or the last request that was given up, at most as long as
 * the step. What is in flight at that moment was not achieved within it: so many requests were in flight all along.
 */
function closedWindow(history: HistoryColumns, { durationMs }: Step, startedAtNs: number): Window {
  let lastNs = startedAtNs
  for (let row = 0; row < history.length; row++) {
    const completedAtNs = history.completedAtNs[row]!
    if (completedAtNs > lastNs) lastNs = completedAtNs
    else if (history.sentAtNs[row]! > lastNs) lastNs = history.sentAtNs[row]!
  }
  return { fromNs: startedAtNs, toNs: Math.min(lastNs, startedAtNs + durationMs * NS_PER_MS) }
}

interface Achieved {
  /** Answers until the sell-out, and from then on. */
  readonly before: number
  readonly after: number
}

function countAchieved(history: HistoryColumns, { fromNs, toNs }: Window, soldOutAtNs: number): Achieved {
  let before = 0
  let after = 0
  for (let row = 0; row < history.length; row++) {
    const completedAtNs = history.completedAtNs[row]!
    if (!isAchieved(history, row) || isRetry(history, row)) continue
    if (!(completedAtNs >= fromNs && completedAtNs <= toNs)) continue
    if (completedAtNs < soldOutAtNs) before++
    else after++
  }
  return { before, after }
}

/** Less than was offered, and most of what failed failed because the target could not keep up. */
function isSaturated({ overloaded }: Rows, achieved: number, arrivals: number, errors: number): boolean {
  return achieved < ACHIEVED_SHARE * arrivals && overloaded > 0 && overloaded * 2 >= errors
}

function regimes(
  rows: Rows,
  achieved: Achieved,
  window: Window,
  startedAtNs: number,
  soldOutAtNs: number,
): Pick<LoadFigures, 'beforeSellOut' | 'afterSellOut'> {
  if (soldOutAtNs === Number.POSITIVE_INFINITY) return { beforeSellOut: null, afterSellOut: null }
  const arrivals = sumOfCounts(rows.counts)
  const regime = (times: Rows['before'], count: number, answers: number, lengthNs: number): RegimeFigures => ({
    arrivals: count,
    achievedRatePerSec: lengthNs > 0 ? (answers * 1e9) / lengthNs : 0,
    responseMs: sumOf(times).figures(),
  })
  return {
    beforeSellOut: regime(rows.before, rows.arrivalsBefore, achieved.before, soldOutAtNs - startedAtNs),
    afterSellOut: regime(rows.after, arrivals - rows.arrivalsBefore, achieved.after, window.toNs - soldOutAtNs),
  }
}

function byOutcome(rows: Rows): Partial<Record<OutcomeKind, TimeFigures>> {
  const figures: Partial<Record<OutcomeKind, TimeFigures>> = {}
  for (const [index, kind] of OUTCOME_CODES.entries()) {
    const times = sumOf([rows.before[index], rows.after[index]])
    if (times.count > 0) figures[kind] = times.figures()
  }
  return figures
}

function countsByKind(counts: readonly number[]): Record<OutcomeKind, number> {
  const byKind = Object.fromEntries(OUTCOME_KINDS.map((kind) => [kind, 0])) as Record<OutcomeKind, number>
  for (const [index, kind] of OUTCOME_CODES.entries()) byKind[kind] = counts[index] ?? 0
  return byKind
}

function sumOf(distributions: readonly (TimeDistribution | undefined)[]): TimeDistribution {
  const sum = new TimeDistribution()
  for (const distribution of distributions) if (distribution) sum.add(distribution)
  return sum
}
