/**
 * What the target's clock says, in terms of the run's own: the target tells its time, and was asked some time between a
 * send and a receipt, so that each answer bounds when, on the run's clock, the target's began to count. (What NTP does,
 * with bounds in place of estimates.)
 */
import type { ClockFigures } from '../core/run-record.ts'

/** Bounds of what the target's clock showed at the origin of the run's times, ms since 1970. */
export interface ClockBounds {
  readonly least: number
  readonly most: number
}

/** One answer: the target's clock, rounded down to ms, was `toldMs` somewhere between two moments of the run. */
export interface ClockSample {
  readonly askedAtNs: number
  readonly toldMs: number
  readonly answeredAtNs: number
}

const SAMPLES = 12

/** `ask` resolves to the target's clock, ms since 1970, rounded down; `now` is in ns since the run's origin. */
export async function readTargetClock(ask: () => Promise<number>, now: () => number): Promise<ClockBounds> {
  const samples: ClockSample[] = []
  for (let i = 0; i < SAMPLES; i++) {
    const askedAtNs = now()
    const toldMs = await ask()
    samples.push({ askedAtNs, toldMs, answeredAtNs: now() })
  }
  return clockBounds(samples)
}

/** What all samples agree on; where they don't, since a clock was set in between, what any of them allows. */
export function clockBounds(samples: readonly ClockSample[]): ClockBounds {
  const each = samples.map(({ askedAtNs, toldMs, answeredAtNs }) => ({
    least: toldMs - answeredAtNs / 1e6,
    most: toldMs + 1 - askedAtNs / 1e6,
  }))
  const agreed = {
    least: Math.max(...each.map(({ least }) => least)),
    most: Math.min(...each.map(({ most }) => most)),
  }
  return agreed.least <= agreed.most ? agreed : eitherOf(each)
}

/** For whatever happened between two readings. */
export function eitherOf(bounds: readonly ClockBounds[]): ClockBounds {
  return {
    least: Math.min(...bounds.map(({ least }) => least)),
    most: Math.max(...bounds.map(({ most }) => most)),
  }
}

export function middleOf({ least, most }: ClockBounds): number {
  return (least + most) / 2
}

export function errorMsOf({ least, most }: ClockBounds): number {
  return (most - least) / 2
}

/** `harnessMs`: the harness's own clock, ms since 1970, when the run's showed `atNs`. */
export function clockFigures(bounds: ClockBounds, harnessMs: number, atNs: number): ClockFigures {
  return { offsetMs: middleOf(bounds) - (harnessMs - atNs / 1e6), errorMs: errorMsOf(bounds) }
}
