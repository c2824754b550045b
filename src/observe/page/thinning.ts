/**
 * Fewer points of a series that grows for hours. They are counts since the start, so that a point left out costs only
 * detail: what lies between two that stay is as true as before. Runs in the server and in the page.
 */

export interface Dated {
  /** ms since 1970. */
  readonly atMs: number
}

/** At most `most` of them (2 or more), about evenly spread over the time, the first and the last among them. */
export function thinned<Point extends Dated>(points: readonly Point[], most: number): Point[] {
  if (points.length <= most) return [...points]
  const first = points[0]!
  const last = points.at(-1)!
  const gapMs = (last.atMs - first.atMs) / (most - 1)
  const kept = [first]
  for (const point of points.slice(1, -1)) {
    const isFarEnough = point.atMs - kept.at(-1)!.atMs >= gapMs
    if (isFarEnough && kept.length < most - 1) kept.push(point)
  }
  return [...kept, last]
}
