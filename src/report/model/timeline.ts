/** All steps of a run on one scale of time under load: what lies between two steps (settling, judging) is left out. */
import { formatCount } from '../../core/units.ts'
import type { Axis, Mark, Point } from './page.ts'
import type { StepDigest, TimeBucket } from './step-digest.ts'

export interface Timeline {
  /** Seconds under load at which each step begins. */
  readonly starts: readonly number[]
  readonly seconds: number
}

export function timelineOf(digests: readonly StepDigest[]): Timeline {
  const starts: number[] = []
  let seconds = 0
  for (const { buckets, bucketMs } of digests) {
    starts.push(seconds)
    seconds += (buckets.length * bucketMs) / 1_000
  }
  return { starts, seconds }
}

export function timeAxis({ seconds }: Timeline): Axis {
  return { label: 'time under load', scale: 'linear', format: clock, min: 0, max: seconds }
}

/** 75 -> "1:15", 2.5 -> "2.5s". */
export function clock(seconds: number): string {
  if (seconds < 60) return `${Number(seconds.toFixed(2))}s`
  const whole = Math.round(seconds)
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`
}

/** A point in the middle of each bucket, and a hole after each step. */
export function bucketPoints(
  digests: readonly StepDigest[],
  { starts }: Timeline,
  valueOf: (bucket: TimeBucket, digest: StepDigest) => number | null,
): Point[] {
  return digests.flatMap((digest, step) => {
    const width = digest.bucketMs / 1_000
    const points = digest.buckets.map((bucket, index) => ({
      x: starts[step]! + (index + 0.5) * width,
      y: valueOf(bucket, digest),
    }))
    return [...points, { x: starts[step]! + digest.buckets.length * width, y: null }]
  })
}

/** Where each step but the first begins. */
export function stepMarks(digests: readonly StepDigest[], { starts }: Timeline): Mark[] {
  return digests
    .map(
      ({ index }, step): Mark => ({
        axis: 'x',
        at: starts[step]!,
        label: `step ${index + 1}`,
        brief: String(index + 1),
        mood: 'plain',
      }),
    )
    .slice(1)
}

const MOST_ROWS = 24

/** About so many of them, evenly spread, for a table that stands beside a chart. */
export function someOf<Item>(items: readonly Item[], most = MOST_ROWS): Item[] {
  if (items.length <= most) return [...items]
  return Array.from({ length: most }, (_, index) => items[Math.round((index * (items.length - 1)) / (most - 1))]!)
}

/** '' where all are shown. */
export function thinnedWords(count: number, most = MOST_ROWS): string {
  return count <= most ? '' : `${most} of ${formatCount(count)} moments; the chart has them all`
}
