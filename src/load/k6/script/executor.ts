/**
 * How k6 is to begin a step's requests: its own executors, and the moments ("slots") at which they begin an iteration,
 * by the formulas of their source (lib/executor/constant_arrival_rate.go and ramping_arrival_rate.go of k6 1.8; the same
 * in 2.x). k6 doesn't say for which slot an iteration was begun, so that whoever reads its history has to know them. Pure.
 */
import type { Step, StepPlan } from '../../../core/scenario.ts'
import { rateAt } from '../../../core/step-rate.ts'

export interface ConstantArrivalRate {
  readonly executor: 'constant-arrival-rate'
  readonly rate: number
  readonly timeUnit: string
  readonly duration: string
}

export interface RampingArrivalRate {
  readonly executor: 'ramping-arrival-rate'
  readonly startRate: number
  readonly timeUnit: string
  readonly stages: readonly RampStage[]
}

interface RampStage {
  readonly duration: string
  readonly target: number
}

export interface K6Executor {
  readonly options: ConstantArrivalRate | RampingArrivalRate
  /** When the executor ends, waiting for open iterations apart, ms after its start. */
  readonly lengthMs: number
  /** ns after the executor's start at which it begins the iterations, the first `count` of them at most. */
  readonly slots: (count: number) => Float64Array
}

/** Pieces that a curve is made of. */
const CURVE_PIECES = 32
/** What a replay is binned by; long ones more coarsely. */
const BIN_MS = 100
const MOST_BINS = 1_000
/** Requests beyond the plan for which a changing rate goes on, so that rounding takes none away. */
const SPARE_REQUESTS = 3
/** k6 takes whole numbers per time unit: with this one, rates are exact to a thousandth per second. */
const FINE_UNIT_SECONDS = 1_000

/** Poisson arrivals become even ones: k6 has no others. */
export function executorOf({ step, length, atNs }: Pick<StepPlan, 'step' | 'length' | 'atNs'>): K6Executor {
  switch (step.shape?.kind) {
    case undefined:
      return constant(step, length)
    case 'ramp':
      return ramping(step, length, [0, step.durationMs], (atMs) => rateAt(step, atMs))
    case 'spike':
      return ramping(step, length, spikeKnots(step.durationMs, step.shape.decayMs), (atMs) => rateAt(step, atMs))
    case 'replay':
      return replay(step, length, atNs)
  }
}

function constant({ arrivalRatePerSec, durationMs }: Step, length: number): K6Executor {
  const isWhole =
    Number.isInteger(arrivalRatePerSec) && Math.abs((arrivalRatePerSec * durationMs) / 1_000 - length) < 1e-6
  // So many in the time of the step is exact whatever the rate, and holds for a plan of any length.
  const rate = isWhole ? arrivalRatePerSec : Math.max(1, length)
  const unitMs = isWhole ? 1_000 : durationMs
  const periodNs = Math.trunc((unitMs * 1e6) / rate)
  return {
    options: {
      executor: 'constant-arrival-rate',
      rate,
      timeUnit: k6Duration(unitMs),
      duration: k6Duration(durationMs),
    },
    lengthMs: durationMs,
    slots: (count) => Float64Array.from({ length: count }, (_, index) => index * periodNs),
  }
}

interface Knot {
  readonly durationMs: number
  readonly targetPerSec: number
}

/** Linear from knot to knot, with the area, and so the number of requests, of the plan. */
function ramping(step: Step, length: number, knotsMs: readonly number[], rate: (atMs: number) => number): K6Executor {
  const rates = knotsMs.map(rate)
  const area = knotsMs.slice(1).reduce((sum, atMs, index) => {
    return sum + ((rates[index]! + rates[index + 1]!) / 2) * ((atMs - knotsMs[index]!) / 1_000)
  }, 0)
  const scale = area === 0 ? 1 : length / area
  const stages = knotsMs.slice(1).map((atMs, index): Knot => {
    return { durationMs: atMs - knotsMs[index]!, targetPerSec: rates[index + 1]! * scale }
  })
  return rampingArrivalRate(rates[0]! * scale, [...stages, ...spare(step)])
}

/** Closer to one another where the curve is steep. */
function spikeKnots(durationMs: number, decayMs: number): number[] {
  const within = -Math.expm1(-durationMs / decayMs)
  return Array.from({ length: CURVE_PIECES + 1 }, (_, index) =>
    index === CURVE_PIECES ? durationMs : -decayMs * Math.log1p((-index / CURVE_PIECES) * within),
  )
}

/** The same rate within each bin. */
function replay(step: Step, length: number, atNs: Float64Array): K6Executor {
  const bins = Math.min(MOST_BINS, Math.max(1, Math.round(step.durationMs / BIN_MS)))
  const binMs = step.durationMs / bins
  const counts = new Float64Array(bins)
  for (let row = 0; row < length; row++) {
    counts[Math.min(counts.length - 1, Math.floor(atNs[row]! / 1e6 / binMs))]!++
  }
  const stages = [...counts].flatMap((count): Knot[] => {
    const targetPerSec = (count * 1_000) / binMs
    return [
      { durationMs: 0, targetPerSec },
      { durationMs: binMs, targetPerSec },
    ]
  })
  return rampingArrivalRate(stages[0]!.targetPerSec, [...stages.slice(1), ...spare(step)])
}

function spare({ arrivalRatePerSec }: Step): Knot[] {
  return [
    { durationMs: 0, targetPerSec: arrivalRatePerSec },
    { durationMs: Math.ceil((SPARE_REQUESTS * 1_000) / arrivalRatePerSec), targetPerSec: arrivalRatePerSec },
  ]
}

function rampingArrivalRate(startPerSec: number, knots: readonly Knot[]): K6Executor {
  const isWhole = [startPerSec, ...knots.map(({ targetPerSec }) => targetPerSec)].every(Number.isInteger)
  const unitSeconds = isWhole ? 1 : FINE_UNIT_SECONDS
  const startRate = Math.round(startPerSec * unitSeconds)
  const stages = knots.map(({ durationMs, targetPerSec }) => ({
    durationNs: Math.round(durationMs * 1e6),
    target: Math.round(targetPerSec * unitSeconds),
  }))
  return {
    options: {
      executor: 'ramping-arrival-rate',
      startRate,
      timeUnit: k6Duration(unitSeconds * 1_000),
      stages: stages.map(({ durationNs, target }) => ({ duration: k6Duration(durationNs / 1e6), target })),
    },
    lengthMs: stages.reduce((sum, { durationNs }) => sum + durationNs, 0) / 1e6,
    slots: (count) => rampingSlots(startRate, unitSeconds * 1e9, stages, count),
  }
}

/** RampingArrivalRateConfig.cal: request i (from 1) begins when the area under the curve of rates has reached i. */
function rampingSlots(
  startRate: number,
  unitNs: number,
  stages: readonly { readonly durationNs: number; readonly target: number }[],
  count: number,
): Float64Array {
  const slots = new Float64Array(count)
  let from = startRate / unitNs
  let [stageStartNs, doneSoFar, end, index] = [0, 0, 0, 0]
  for (const { durationNs, target } of stages) {
    const to = target / unitNs
    end += durationNs * ((to - from) / 2 + from)
    for (; index + 1 <= end && index < count; index++) {
      slots[index] = stageStartNs + Math.trunc(timeWithin(from, to, durationNs, index + 1 - doneSoFar))
    }
    doneSoFar = end
    from = to
    stageStartNs += durationNs
  }
  return slots.slice(0, index)
}

function timeWithin(from: number, to: number, durationNs: number, requests: number): number {
  if (from === to) return requests / to
  const root = Math.sqrt(Math.max(0, durationNs * (from * from * durationNs + 2 * requests * (to - from))))
  return (from * durationNs - root) / (from - to)
}

/** As Go reads a duration. */
export function k6Duration(ms: number): string {
  return ms > 0 && ms % 1_000 === 0 ? `${ms / 1_000}s` : `${Number(ms.toFixed(6))}ms`
}
