/**
 * By how much one sample lies above another, and how far that may be off. Pure: randomness is handed in.
 */
import type { Random } from '../random.ts'
import { DrawnShift } from './drawn-shift.ts'
import { type Interval, quantile } from './estimate.ts'
import { normalQuantile, studentQuantile } from './normal.ts'
import { alignedBlock, type Block } from './rank-test.ts'

export interface ShiftOptions {
  readonly random: Random
  readonly confidence: number
  readonly resamples: number
}

/** The median of all differences second - first (Hodges and Lehmann, 1963). Throws RangeError for an empty sample. */
export function hodgesLehmann(first: readonly number[], second: readonly number[]): number {
  if (first.length === 0 || second.length === 0) throw new RangeError('an empty sample has no place')
  const differences = new Float64Array(first.length * second.length)
  let at = 0
  for (const a of first) for (const b of second) differences[at++] = b - a
  return medianInPlace(differences)
}

/** The same of blocks, each shifted by its own median first. */
export function blockShift(blocks: readonly Block[]): number {
  return shiftOfAligned(blocks.map(alignedBlock))
}

/**
 * Percentile bootstrap that draws whole blocks: visits next to one another are alike, and are drawn together (the block
 * bootstrap of Carlstein, 1986). Few blocks make it too narrow: it is expanded as Hesterberg (2015) has it, by
 * sqrt(n / (n - 1)) and by what Student's t is wider than the normal distribution.
 */
export function blockShiftInterval(blocks: readonly Block[], options: ShiftOptions): Interval {
  const shift = DrawnShift.ofBlocks(blocks.map(alignedBlock))
  const drawOne = (): number => {
    const draws = drawCounts(blocks.length, options.random)
    return shift.medianOf(draws, draws)
  }
  return expanded(drawOne, blockShift(blocks), blocks.length, options)
}

/** Of samples that were not interleaved: each is drawn by itself. */
export function shiftInterval(first: readonly number[], second: readonly number[], options: ShiftOptions): Interval {
  const shift = new DrawnShift(
    first.map((value) => [value]),
    second.map((value) => [value]),
  )
  const drawOne = (): number =>
    shift.medianOf(drawCounts(first.length, options.random), drawCounts(second.length, options.random))
  return expanded(drawOne, hodgesLehmann(first, second), Math.min(first.length, second.length), options)
}

/**
 * Shifts that noise alone makes: in each block one value of each sample changes sides, so that what the samples differ in
 * falls out, and what is left is A against A in the same interleaving. Blocks of other sizes than two and two are left out.
 */
export function noiseOfBlocks(blocks: readonly Block[], { random, resamples }: ShiftOptions): number[] {
  const pairs = blocks.filter(({ first, second }) => first.length === 2 && second.length === 2)
  if (pairs.length === 0) return []
  const shift = blockShift(pairs)
  const alike = pairs.map(({ first, second }): Block => ({ first, second: second.map((value) => value - shift) }))
  return Array.from({ length: resamples }, () => blockShift(alike.map((block) => crossed(block, random))))
}

/** The same of samples that were not interleaved: less their own medians, dealt anew. */
export function noiseOfSamples(
  first: readonly number[],
  second: readonly number[],
  { random, resamples }: ShiftOptions,
): number[] {
  const centred = [first, second].flatMap((sample) => {
    const middle = quantile(sample, 0.5)
    return sample.map((value) => value - middle)
  })
  return Array.from({ length: resamples }, () => {
    const dealt = shuffled(centred, random)
    return hodgesLehmann(dealt.slice(0, first.length), dealt.slice(first.length))
  })
}

function shiftOfAligned(aligned: readonly Block[]): number {
  return hodgesLehmann(
    aligned.flatMap(({ first }) => first),
    aligned.flatMap(({ second }) => second),
  )
}

function crossed({ first, second }: Block, random: Random): Block {
  const [i, j] = [random.below(2), random.below(2)]
  return { first: [first[i]!, second[j]!], second: [first[1 - i]!, second[1 - j]!] }
}

/** How often each of so many comes up when as many are drawn with replacement. */
function drawCounts(count: number, random: Random): Uint16Array {
  const draws = new Uint16Array(count)
  for (let i = 0; i < count; i++) draws[random.below(count)]!++
  return draws
}

function expanded(draw: () => number, middle: number, n: number, { resamples, confidence }: ShiftOptions): Interval {
  const drawn = Array.from({ length: resamples }, draw)
  const tail = (1 - confidence) / 2
  const freedom = Math.max(1, n - 1)
  const factor = (Math.sqrt(n / freedom) * studentQuantile(1 - tail, freedom)) / normalQuantile(1 - tail)
  return {
    low: middle - (middle - quantile(drawn, tail)) * factor,
    high: middle + (quantile(drawn, 1 - tail) - middle) * factor,
  }
}

/** Fisher and Yates. */
function shuffled(values: readonly number[], random: Random): number[] {
  const dealt = [...values]
  for (let i = dealt.length - 1; i > 0; i--) {
    const j = random.below(i + 1)
    ;[dealt[i], dealt[j]] = [dealt[j]!, dealt[i]!]
  }
  return dealt
}

/** Hoare's FIND (1961): it is asked thousands of times, and sorting would take most of a gate's time. */
function medianInPlace(values: Float64Array): number {
  const upper = select(values, values.length >> 1)
  if (values.length % 2 === 1) return upper
  let lower = Number.NEGATIVE_INFINITY
  for (let i = 0; i < values.length >> 1; i++) lower = Math.max(lower, values[i]!)
  return (lower + upper) / 2
}

/** The k-th smallest from 0; what is smaller stands before it afterwards. */
function select(values: Float64Array, k: number): number {
  let [left, right] = [0, values.length - 1]
  while (left < right) {
    const pivot = values[(left + right) >> 1]!
    let [i, j] = [left, right]
    while (i <= j) {
      while (values[i]! < pivot) i++
      while (values[j]! > pivot) j--
      if (i <= j) {
        const held = values[i]!
        values[i++] = values[j]!
        values[j--] = held
      }
    }
    if (k <= j) right = j
    else if (k >= i) left = i
    else break
  }
  return values[k]!
}
