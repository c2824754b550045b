/** From where to where an axis goes: round values that take in all that is drawn, marks among it. Pure. */
import type { Axis, Chart } from '../model/page.ts'

export interface Scale {
  readonly min: number
  readonly max: number
  /** Between two labels; null: labelled where the axis says, or at powers of ten. */
  readonly interval: number | null
}

export function scaleOfX({ x, series, marks }: Chart): Scale {
  const marked = marks.flatMap(({ axis, at, until = at }) => (axis === 'x' ? [at, until] : []))
  return scaleOf(x, [...series.flatMap(({ points }) => points.map((point) => point.x)), ...marked])
}

export function scaleOfY({ y, series, marks }: Chart): Scale {
  const marked = marks.flatMap((mark) => (mark.axis === 'y' ? [mark.at] : []))
  return scaleOf(y, [...heightsOf(series), ...marked])
}

/** What is stacked counts by its sum. */
function heightsOf(series: Chart['series']): number[] {
  const sums = new Map<number, number>()
  const heights: number[] = []
  for (const { draw, points } of series) {
    for (const { x, y } of points) {
      if (y === null) continue
      if (draw === 'stack' || draw === 'bars') sums.set(x, (sums.get(x) ?? 0) + y)
      else heights.push(y)
    }
  }
  return [...heights, ...sums.values()]
}

const MOST_INTERVALS = 5
const ALMOST = 1e-9

function scaleOf(axis: Axis, values: readonly number[]): Scale {
  if (axis.scale === 'log') return logScale(axis, values)
  if (axis.min !== undefined && axis.max !== undefined) return { min: axis.min, max: axis.max, interval: null }
  let [low, high] = [axis.min ?? 0, axis.max ?? 0]
  for (const value of values) {
    low = Math.min(low, value)
    high = Math.max(high, value)
  }
  const interval = roundUp((high - low || 1) / MOST_INTERVALS)
  return {
    min: Math.floor(low / interval + ALMOST) * interval,
    max: Math.ceil(high / interval - ALMOST) * interval || interval,
    interval,
  }
}

/** Whole powers of ten. */
function logScale(axis: Axis, values: readonly number[]): Scale {
  let [low, high] = [Number.POSITIVE_INFINITY, 0]
  for (const value of values) {
    if (value <= 0) continue
    low = Math.min(low, value)
    high = Math.max(high, value)
  }
  if (high === 0) [low, high] = [1, 10]
  const min = axis.min ?? 10 ** Math.floor(Math.log10(low) + ALMOST)
  const max = axis.max ?? 10 ** Math.ceil(Math.log10(high) - ALMOST)
  return { min, max: max > min ? max : min * 10, interval: null }
}

/** 1, 2, 2.5 or 5 times a power of ten, at least so much. */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value))
  return [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((round) => round >= value * (1 - ALMOST))!
}
