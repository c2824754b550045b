/**
 * The wall clock against the run's. k6's clock is the machine's wall clock with the digits of nanoseconds (its source
 * subtracts `time.Now().UnixNano()` of the start), of which JavaScript shows whole milliseconds; the run's clock is
 * monotonic. Both are compared at moments when the wall clock turns to its next millisecond.
 */

/** A value is somewhere from `low` to `high`. */
export interface Interval {
  readonly low: number
  readonly high: number
}

/** `process.hrtime` and `Date.now`, or what stands for them in a test. */
export interface Clocks {
  /** ns since the origin. */
  readonly nowNs: () => number
  /** Whole ms since 1970. */
  readonly wallMs: () => number
}

/** Looks that find no edge: the wall clock stands still. */
const MOST_LOOKS = 10_000_000

/** Edges looked at: whoever is interrupted at one of them learns little from it. */
const EDGES = 4

/** Run's clock minus wall clock, ns. Spins for some milliseconds. */
export function measureOffsetNs(clocks: Clocks): Interval {
  const offsets = Array.from({ length: EDGES }, () => offsetAtEdgeNs(clocks))
  return intersection(offsets) ?? hull(offsets)
}

function offsetAtEdgeNs({ nowNs, wallMs }: Clocks): Interval {
  let before = nowNs()
  const first = wallMs()
  for (let look = 0; look < MOST_LOOKS; look++) {
    const from = before
    before = nowNs()
    const wall = wallMs()
    if (wall !== first) return { low: from - wall * 1e6, high: nowNs() - wall * 1e6 }
  }
  throw new RangeError('the wall clock stands still')
}

/** What all of them allow; null: they contradict one another. */
export function intersection(intervals: readonly Interval[]): Interval | null {
  const low = Math.max(...intervals.map((one) => one.low))
  const high = Math.min(...intervals.map((one) => one.high))
  return low <= high ? { low, high } : null
}

/** What any of them allows. */
export function hull(intervals: readonly Interval[]): Interval {
  return { low: Math.min(...intervals.map((one) => one.low)), high: Math.max(...intervals.map((one) => one.high)) }
}

export function middleOf({ low, high }: Interval): number {
  return (low + high) / 2
}

export function errorOf({ low, high }: Interval): number {
  return (high - low) / 2
}

/** 0 where they touch. */
export function gapBetween(one: Interval, other: Interval): number {
  return Math.max(0, other.low - one.high, one.low - other.high)
}
