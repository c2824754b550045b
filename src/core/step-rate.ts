/** What a step asks for at which moment. Pure. */
import type { Step } from './scenario.ts'

const REPLAY_WINDOW_MS = 1_000

/** HTTP requests per second, `atMs` after the start of the step; of a replay, the mean over the step. */
export function rateAt(step: Step, atMs: number): number {
  const { shape, arrivalRatePerSec, durationMs } = step
  switch (shape?.kind) {
    case 'ramp':
      return shape.fromRatePerSec + ((shape.toRatePerSec - shape.fromRatePerSec) * atMs) / durationMs
    case 'spike':
      return spikePeakPerSec(arrivalRatePerSec, durationMs, shape.decayMs) * Math.exp(-atMs / shape.decayMs)
    case 'replay':
    case undefined:
      return arrivalRatePerSec
  }
}

/** The highest rate of the step; of a replay, that of its busiest second. */
export function peakRatePerSec(step: Step): number {
  const { shape } = step
  switch (shape?.kind) {
    case 'ramp':
      return Math.max(shape.fromRatePerSec, shape.toRatePerSec)
    case 'spike':
      return rateAt(step, 0)
    case 'replay':
      return busiestSecond(shape.atMs, step)
    case undefined:
      return step.arrivalRatePerSec
  }
}

/**
 * N arrivals whose density is that of an exponential distribution cut off at the duration T:
 * N / (tau (1 - e^(-T/tau))) at the start.
 */
function spikePeakPerSec(meanRatePerSec: number, durationMs: number, decayMs: number): number {
  return (meanRatePerSec * durationMs) / (decayMs * -Math.expm1(-durationMs / decayMs))
}

function busiestSecond(atMs: readonly number[], { durationMs, arrivalRatePerSec }: Step): number {
  if (durationMs <= REPLAY_WINDOW_MS) return arrivalRatePerSec
  let most = 0
  let from = 0
  for (let to = 0; to < atMs.length; to++) {
    while (atMs[to]! - atMs[from]! >= REPLAY_WINDOW_MS) from++
    most = Math.max(most, to - from + 1)
  }
  return most
}
