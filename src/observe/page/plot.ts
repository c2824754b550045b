/** Where on the picture a value stands: scales, ticks, paths. Pure. */
import type { Chart, Line } from './card.ts'

/** Of the picture, in its own units; it is drawn as wide as the card. */
export const WIDTH = 320
export const HEIGHT = 130
const LEFT = 40
const RIGHT = 6
const TOP = 8
const BOTTOM = 18

export const FRAME = { left: LEFT, right: WIDTH - RIGHT, top: TOP, bottom: HEIGHT - BOTTOM } as const

export interface Plot {
  readonly x: (seconds: number) => number
  readonly y: (value: number) => number
  /** Values at the left. */
  readonly ticks: readonly number[]
  /** Seconds at the bottom. */
  readonly times: readonly number[]
}

export function plotOf({ lines, marks, scale, seconds }: Chart): Plot {
  const points = lines.flatMap((line) => line.points)
  const values = [...points.flatMap(({ y }) => (y === null ? [] : [y])), ...marks.map(({ y }) => y)]
  const lastSecond = Math.max(1, seconds)
  const ticks = scale === 'log' ? logTicks(values) : linearTicks(values)
  const [low, high] = [ticks[0]!, ticks.at(-1)!]
  const shareOf = scale === 'log' ? logShare(low, high) : (value: number) => (value - low) / (high - low)
  return {
    x: (seconds) => FRAME.left + (seconds / lastSecond) * (FRAME.right - FRAME.left),
    y: (value) => FRAME.bottom - Math.min(1, Math.max(0, shareOf(value))) * (FRAME.bottom - FRAME.top),
    ticks,
    times: [0, lastSecond / 2, lastSecond],
  }
}

/** An SVG path, broken where there is no value. A value alone is a dot: a line of no length with round ends. */
export function pathOf({ points }: Line, { x, y }: Plot): string {
  let isOn = false
  let path = ''
  for (const point of points) {
    if (point.y !== null) {
      const place = `${tenth(x(point.x))} ${tenth(y(point.y))}`
      path += isOn ? `L${place}` : `M${place}L${place}`
    }
    isOn = point.y !== null
  }
  return path
}

const MOST_STEPS_OF_TICKS = 4

/** Round values that take in all of them and zero, rising. */
function linearTicks(values: readonly number[]): number[] {
  const high = Math.max(0, ...values)
  const low = Math.min(0, ...values)
  const distance = roundUp((high - low || 1) / MOST_STEPS_OF_TICKS)
  const first = Math.floor(low / distance)
  const last = Math.max(Math.ceil(high / distance), first + 1)
  return Array.from({ length: last - first + 1 }, (_, index) => (first + index) * distance)
}

/** 1, 2 or 5 times a power of ten, at least so much. */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value))
  return [1, 2, 5, 10].map((factor) => factor * power).find((round) => round >= value * (1 - 1e-9))!
}

/** Powers of ten that take in all values above zero, rising. */
function logTicks(values: readonly number[]): number[] {
  const positive = values.filter((value) => value > 0)
  const low = Math.floor(Math.log10(Math.min(...positive, positive.length === 0 ? 0.001 : Infinity)) + 1e-9)
  const high = Math.ceil(Math.log10(Math.max(...positive, 0.01 * Number(positive.length === 0))) - 1e-9)
  return Array.from({ length: Math.max(high, low + 1) - low + 1 }, (_, index) => 10 ** (low + index))
}

function logShare(low: number, high: number): (value: number) => number {
  return (value) => (value <= 0 ? 0 : Math.log10(value / low) / Math.log10(high / low))
}

function tenth(value: number): string {
  return String(Math.round(value * 10) / 10)
}

/** 75 -> "1:15". */
export function clock(seconds: number): string {
  const whole = Math.round(seconds)
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`
}
