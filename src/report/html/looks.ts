/**
 * How figures are told apart: each look has a colour of the page's, dashes for a line and a pattern for an area, so that
 * none needs its colour. Outcomes look the same wherever they are drawn.
 */
import type { Look } from '../model/page.ts'

interface Appearance {
  /** Variable of the page's style that holds its colour. */
  readonly color: string
  /** Lengths of dashes and gaps; empty: a whole line. */
  readonly dashes: readonly number[]
  /** What is drawn over its colour in a square of eight. */
  readonly pattern: string
  readonly symbol: 'circle' | 'diamond' | 'rect' | 'triangle'
}

const RISING = 'M-2 2L2 -2M0 8L8 0M6 10L10 6'
const FALLING = 'M-2 6L2 10M0 0L8 8M6 -2L10 2'
const LEVEL = 'M0 4L8 4'
const UPRIGHT = 'M4 0L4 8'
const CROSSED = 'M0 4L8 4M4 0L4 8'
const DOTTED = 'M2 2L3 2M6 6L7 6'

const APPEARANCES: Readonly<Record<Look, Appearance>> = {
  sold: { color: '--sold', dashes: [], pattern: '', symbol: 'circle' },
  soldOut: { color: '--sold-out', dashes: [7, 3], pattern: RISING, symbol: 'rect' },
  limitReached: { color: '--limit-reached', dashes: [2, 3], pattern: DOTTED, symbol: 'triangle' },
  refused: { color: '--refused', dashes: [9, 3, 2, 3], pattern: FALLING, symbol: 'diamond' },
  shown: { color: '--shown', dashes: [4, 2], pattern: LEVEL, symbol: 'circle' },
  unknown: { color: '--unknown', dashes: [1, 2], pattern: CROSSED, symbol: 'triangle' },
  dropped: { color: '--dropped', dashes: [12, 3], pattern: UPRIGHT, symbol: 'rect' },
  'line-0': { color: '--line-0', dashes: [], pattern: '', symbol: 'circle' },
  'line-1': { color: '--line-1', dashes: [6, 3], pattern: RISING, symbol: 'rect' },
  'line-2': { color: '--line-2', dashes: [2, 3], pattern: DOTTED, symbol: 'triangle' },
  'line-3': { color: '--line-3', dashes: [8, 3, 2, 3], pattern: FALLING, symbol: 'diamond' },
  'line-4': { color: '--line-4', dashes: [12, 3], pattern: LEVEL, symbol: 'circle' },
  'line-5': { color: '--line-5', dashes: [1, 2], pattern: CROSSED, symbol: 'rect' },
}

export function appearanceOf(look: Look): Appearance {
  return APPEARANCES[look]
}

/** Its colour, for a line. */
export function strokeOf(look: Look): string {
  return `var(${APPEARANCES[look].color})`
}

/** Its colour with its pattern, for an area. */
export function fillOf(look: Look): string {
  return `url(#fill-${look})`
}

/** The patterns that {@link fillOf} names: once in the page. */
export function patternDefinitions(): string {
  const patterns = (Object.entries(APPEARANCES) as [Look, Appearance][]).map(([look, { color, pattern }]) => {
    const ground = `<rect width="8" height="8" style="fill:var(${color})"/>`
    const lines = pattern === '' ? '' : `<path d="${pattern}" class="over"/>`
    return `<pattern id="fill-${look}" width="8" height="8" patternUnits="userSpaceOnUse">${ground}${lines}</pattern>`
  })
  return `<svg class="definitions" width="0" height="0" aria-hidden="true" focusable="false"><defs>${patterns.join('')}</defs></svg>`
}

/** What stands for it in a legend. */
export function swatch(look: Look, as: 'line' | 'area' | 'dot'): string {
  const { dashes, symbol } = APPEARANCES[look]
  const drawn = {
    line: `<path d="M0 5L24 5" style="stroke:${strokeOf(look)};stroke-width:2.5;stroke-dasharray:${dashes.join(' ') || 'none'}"/>`,
    area: `<rect width="24" height="10" fill="${fillOf(look)}"/>`,
    dot: SYMBOLS[symbol](strokeOf(look)),
  }[as]
  return `<svg class="swatch" viewBox="0 0 24 10" width="24" height="10" aria-hidden="true" focusable="false">${drawn}</svg>`
}

const SYMBOLS: Readonly<Record<Appearance['symbol'], (color: string) => string>> = {
  circle: (color) => `<circle cx="12" cy="5" r="4" style="fill:${color}"/>`,
  diamond: (color) => `<path d="M12 0L17 5L12 10L7 5Z" style="fill:${color}"/>`,
  rect: (color) => `<rect x="8" y="1" width="8" height="8" style="fill:${color}"/>`,
  triangle: (color) => `<path d="M12 0L17 9L7 9Z" style="fill:${color}"/>`,
}
