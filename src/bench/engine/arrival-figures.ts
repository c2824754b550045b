/** Figures of the bench: how bursty arrivals were at the server, and medians. Pure. */

/** Cells left out at the start and at the end of a run, where a generator gets going and winds down. */
const MARGIN_CELLS = 20

/** Variance / mean of the counts; 1 for Poisson arrivals, 0 for even ones. NaN for too short a run. */
export function burstiness(cells: readonly number[]): number {
  const first = cells.findIndex((count) => count > 0)
  const last = cells.findLastIndex((count) => count > 0)
  const counts = cells.slice(first + MARGIN_CELLS, last - MARGIN_CELLS)
  if (first < 0 || counts.length < 2) return Number.NaN
  const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length
  const variance = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / (counts.length - 1)
  return variance / mean
}

/** NaN without a value. */
export function median(values: readonly number[]): number {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  if (sorted.length === 0) return Number.NaN
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}
