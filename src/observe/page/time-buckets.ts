/** Percentiles from histograms whose counts only rise: of what was added between two looks, never averages of others. */
import { TIME_BOUNDS_SECONDS, type TimeHistogram } from '../../core/telemetry.ts'

/** How many in each bucket, one more than bounds. */
export type BucketCounts = readonly number[]

/** Of all outcomes together. */
export function bucketsOf(byOutcome: Readonly<Partial<Record<string, TimeHistogram>>>): BucketCounts {
  const sums = Array.from({ length: TIME_BOUNDS_SECONDS.length + 1 }, () => 0)
  for (const histogram of Object.values(byOutcome)) {
    for (const index of sums.keys()) sums[index]! += histogram?.counts[index] ?? 0
  }
  return sums
}

/** What the later has more than the earlier; where it has less, as after a correction, nothing. */
export function bucketsBetween(earlier: BucketCounts, later: BucketCounts): BucketCounts {
  return later.map((count, index) => Math.max(0, count - (earlier[index] ?? 0)))
}

/**
 * Seconds; null without a sample. `q` from 0 to 1. Interpolated within the bucket as Prometheus' histogram_quantile does:
 * what is beyond the last bound counts as the last bound.
 */
export function quantileSeconds(counts: BucketCounts, q: number): number | null {
  const total = counts.reduce((sum, count) => sum + count, 0)
  if (total === 0) return null
  const rank = q * total
  let below = 0
  for (const [index, upper] of TIME_BOUNDS_SECONDS.entries()) {
    const count = counts[index] ?? 0
    if (count > 0 && below + count >= rank) {
      const lower = TIME_BOUNDS_SECONDS[index - 1] ?? 0
      return lower + (upper - lower) * ((rank - below) / count)
    }
    below += count
  }
  return TIME_BOUNDS_SECONDS.at(-1)!
}
