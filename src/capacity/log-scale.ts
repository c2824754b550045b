/** Rates on a logarithmic scale: what lies between two of them, and whether they are near. Whole requests per second. */

/** The rate in the middle; null: there is no whole one between. */
export function gapBetween(lower: number, upper: number): number | null {
  const middle = Math.round(Math.sqrt(lower * upper))
  if (middle > lower && middle < upper) return middle
  return lower + 1 < upper ? lower + 1 : null
}

/** Whether the distance is at most the share of the lower one, or there is no whole rate between. */
export function isWithin(lower: number, upper: number, share: number): boolean {
  return upper <= lower * (1 + share) || gapBetween(lower, upper) === null
}
