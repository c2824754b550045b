/**
 * Service demand: what one request of each kind takes from each resource, from trials with different mixes of them. The
 * utilisation law says U = sum over kinds of X D, and what is in use when nobody asks (Denning & Buzen, The Operational
 * Analysis of Queueing Network Models, ACM Computing Surveys 10, 1978); D comes by least squares. What no trial
 * tells apart is said, not guessed. Pure.
 */
import type { Demand } from '../core/capacity-record.ts'
import type { Random } from '../core/random.ts'
import { quantile } from '../core/statistics/estimate.ts'
import { REQUEST_KINDS, type RequestKind } from '../core/work-record.ts'
import { nonNegativeLeastSquares, unexplainedShare } from './least-squares.ts'

export interface DemandTrial {
  readonly seconds: number
  readonly requests: Readonly<Record<RequestKind, number>>
  readonly cpuSeconds: Readonly<Record<string, number>>
}

export interface FittedDemand {
  readonly perRequest: Readonly<Record<RequestKind, Demand | null>>
  readonly idleCores: number
  readonly perMixedRequest: Demand
}

/** The columns of the model that trials can tell apart. */
export interface DemandColumns {
  readonly kinds: readonly RequestKind[]
  /** All kinds in one column. */
  readonly together: boolean
  readonly withIdle: boolean
  /** A sentence each. */
  readonly doubts: readonly string[]
}

/** Of a column that others explain to this share, nothing can be said. */
const LEAST_UNEXPLAINED = 0.002
/** Fewer than this share of a trial's requests don't show. */
const LEAST_SHARE = 0.01
/** Cores that clocks of the operating system can't see: 10 ms in some seconds. */
const CLOCK_CORES = 0.005
const RESAMPLES = 400
/** Beyond one a column, so that something is left to judge the fit by. */
const SPARE_TRIALS = 2
/** Share of the requests whose cost may hide in the figures of others. */
const MOST_UNTOLD = 0.15
const ONE_RATE = 'all trials had about one rate: what is in use when nobody asks is counted to the requests'

const KIND_WORDS: Readonly<Record<RequestKind, string>> = {
  sold: 'sold orders',
  soldOut: '"sold out" answers',
  replayed: 'repeated requests',
  read: 'reads',
}

export function columnsOf(trials: readonly DemandTrial[]): DemandColumns {
  const seen = REQUEST_KINDS.filter((kind) => trials.some((trial) => shareOf(trial, kind) >= LEAST_SHARE))
  const all: DemandColumns = { kinds: seen, together: false, withIdle: true, doubts: [] }
  if (trials.length < seen.length + SPARE_TRIALS) return together(trials, all)
  const withIdle = isTold(trials, all, seen.length)
  const doubts = withIdle ? [] : [ONE_RATE]
  let columns: DemandColumns = { ...all, withIdle, doubts }
  // The rarest kinds give way first: what they cost is then in the figures of the others.
  for (const kind of seen.toSorted((a, b) => countOf(trials, a) - countOf(trials, b))) {
    if (columns.kinds.length === 1 || isTold(trials, columns, columns.kinds.indexOf(kind))) continue
    doubts.push(`${KIND_WORDS[kind]} were too steady a share of all requests to tell what they cost by themselves`)
    columns = { ...columns, kinds: columns.kinds.filter((other) => other !== kind) }
  }
  const mix = mixOf(trials)
  const untold = seen.filter((kind) => !columns.kinds.includes(kind)).reduce((sum, kind) => sum + mix[kind], 0)
  return untold > MOST_UNTOLD ? together(trials, all) : columns
}

/** One column for requests of any kind: where most can't be told apart, the figures of the rest would hold theirs. */
function together(trials: readonly DemandTrial[], all: DemandColumns): DemandColumns {
  const doubts =
    all.kinds.length > 1
      ? ['trials were too few, or too much alike, to tell what each kind of request costs by itself']
      : []
  const columns: DemandColumns = { ...all, together: true, doubts }
  if (trials.length > SPARE_TRIALS && isTold(trials, columns, 1)) return columns
  return { ...columns, withIdle: false, doubts: [...doubts, ONE_RATE] }
}

/** One resource's demands. `mix`: shares of the requests for which the mixed demand is wanted. */
export function fitDemand(
  trials: readonly DemandTrial[],
  resource: string,
  { columns, mix, random }: FitTerms,
): FittedDemand | null {
  const measured = trials.filter(({ cpuSeconds }) => cpuSeconds[resource] !== undefined)
  const costs = columns.together ? Math.min(1, columns.kinds.length) : columns.kinds.length
  const width = costs + (columns.withIdle ? 1 : 0)
  if (measured.length <= width || costs === 0) return null
  const design = measured.map((trial) => rowOf(trial, columns))
  const usage = measured.map(({ cpuSeconds, seconds }) => cpuSeconds[resource]! / seconds)
  const fit = (values: readonly number[]): number[] =>
    // Clocks and machines are off by a share of what they show: rows are weighed by it.
    nonNegativeLeastSquares({
      rows: design.map((row, index) => row.map((cell) => cell / weightOf(usage[index]!))),
      values: values.map((value, index) => value / weightOf(usage[index]!)),
    })
  const best = fit(usage)
  const fitted = design.map((row) => dot(row, best))
  const inflation = Math.sqrt(measured.length / (measured.length - width))
  const errors = usage.map((value, index) => ((value - fitted[index]!) / weightOf(value)) * inflation)
  const drawn = Array.from({ length: RESAMPLES }, () =>
    fit(fitted.map((value, index) => value + errors[random.below(errors.length)]! * weightOf(usage[index]!))),
  )
  const demandOf = (of: (coefficients: readonly number[]) => number): Demand => {
    const values = drawn.map(of)
    return { seconds: of(best), low: quantile(values, 0.025), high: quantile(values, 0.975) }
  }
  const perRequest = Object.fromEntries(
    REQUEST_KINDS.map((kind) => {
      const column = columns.together && columns.kinds.length > 1 ? -1 : columns.kinds.indexOf(kind)
      return [kind, column === -1 ? null : demandOf((coefficients) => coefficients[column]!)]
    }),
  ) as Record<RequestKind, Demand | null>
  return {
    perRequest,
    idleCores: columns.withIdle ? best.at(-1)! : 0,
    perMixedRequest: demandOf((coefficients) =>
      columns.together
        ? coefficients[0]!
        : columns.kinds.reduce((total, kind, column) => total + mix[kind] * coefficients[column]!, 0),
    ),
  }
}

export interface FitTerms {
  readonly columns: DemandColumns
  readonly mix: Readonly<Record<RequestKind, number>>
  readonly random: Random
}

/** Shares of all requests of these trials. */
export function mixOf(trials: readonly DemandTrial[]): Record<RequestKind, number> {
  const total = REQUEST_KINDS.reduce((sum, kind) => sum + countOf(trials, kind), 0)
  return Object.fromEntries(
    REQUEST_KINDS.map((kind) => [kind, total === 0 ? 0 : countOf(trials, kind) / total]),
  ) as Record<RequestKind, number>
}

function isTold(trials: readonly DemandTrial[], columns: DemandColumns, column: number): boolean {
  // By shares of the trial's own size, so that no busy trial hides the others.
  const rows = trials.map((trial) => {
    const size = REQUEST_KINDS.reduce((sum, kind) => sum + trial.requests[kind] / trial.seconds, 0)
    return rowOf(trial, columns).map((cell) => (size === 0 ? 0 : cell / size))
  })
  return rows.length > 0 && unexplainedShare(rows, column) >= LEAST_UNEXPLAINED
}

/** Requests per second of each kind, or of all, and 1 for what is in use anyway. */
function rowOf({ requests, seconds }: DemandTrial, { kinds, together: isOne, withIdle }: DemandColumns): number[] {
  const rates = kinds.map((kind) => requests[kind] / seconds)
  return [...(isOne ? [rates.reduce((sum, rate) => sum + rate, 0)] : rates), ...(withIdle ? [1] : [])]
}

function weightOf(cores: number): number {
  return cores + CLOCK_CORES
}

function shareOf({ requests }: DemandTrial, kind: RequestKind): number {
  const total = REQUEST_KINDS.reduce((sum, each) => sum + requests[each], 0)
  return total === 0 ? 0 : requests[kind] / total
}

function countOf(trials: readonly DemandTrial[], kind: RequestKind): number {
  return trials.reduce((sum, { requests }) => sum + requests[kind], 0)
}

function dot(row: readonly number[], coefficients: readonly number[]): number {
  return row.reduce((sum, cell, index) => sum + cell * coefficients[index]!, 0)
}
