/**
 * When a step has asked for how many requests: the inverse of its cumulative rate. Evenly spaced arrivals are its values
 * at whole numbers; Poisson arrivals of a changing rate are those of a Poisson process of rate 1 sent through it (the
 * inversion method: E. Cinlar, Introduction to Stochastic Processes, 1975). Pure.
 */
import type { Step } from '../core/scenario.ts'

/** ns since the start of the step at which it has asked for `requests`, from 0 to all of them. */
export type Timetable = (requests: number) => number

export function timetableOf({ shape, arrivalRatePerSec, durationMs }: Step): Timetable {
  const gapNs = 1e9 / arrivalRatePerSec
  switch (shape?.kind) {
    case 'ramp':
      return ramp(shape.fromRatePerSec, shape.toRatePerSec, durationMs / 1_000)
    case 'spike':
      return spike((arrivalRatePerSec * durationMs) / 1_000, shape.decayMs, durationMs)
    case 'replay':
      return (requests) => shape.atMs[Math.floor(requests)]! * 1e6
    case undefined:
      return (requests) => requests * gapNs
  }
}

/** The root of from t + growth t^2 / 2 = requests, in the form that loses no digits when the growth is small. */
function ramp(fromPerSec: number, toPerSec: number, seconds: number): Timetable {
  const growth = (toPerSec - fromPerSec) / seconds
  return (requests) => {
    if (requests === 0) return 0
    const rateThen = Math.sqrt(Math.max(0, fromPerSec ** 2 + 2 * growth * requests))
    return ((2 * requests) / (fromPerSec + rateThen)) * 1e9
  }
}

/** The quantile function of an exponential distribution cut off at `durationMs`. */
function spike(total: number, decayMs: number, durationMs: number): Timetable {
  const within = -Math.expm1(-durationMs / decayMs)
  return (requests) => -decayMs * Math.log1p(-(requests / total) * within) * 1e6
}
