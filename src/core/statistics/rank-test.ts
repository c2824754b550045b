/**
 * Whether two samples differ in place, by ranks alone: an outlier counts as the largest, however large it is, and nothing
 * is assumed of how times are distributed. Two-sided. Pure.
 */
import { normalCdf } from './normal.ts'

export interface RankTest {
  /** Pairs in which the second sample's value is above the first's; ties count half. */
  readonly u: number
  /** How often two samples from one distribution would differ as much or more, either way. */
  readonly pValue: number
}

/** Samples of a block were measured next to one another, and are held against one another alone. */
export interface Block {
  readonly first: readonly number[]
  readonly second: readonly number[]
}

/** Beyond this, for either sample, the normal approximation is as good. */
const LARGEST_EXACT = 20

/**
 * Mann and Whitney (1947). Exact for small samples without ties; else the normal approximation, corrected for ties and for
 * continuity. A p of 1 where there is nothing to compare.
 */
export function mannWhitney(first: readonly number[], second: readonly number[]): RankTest {
  const ranks = midranks([...first, ...second])
  const [n, m] = [first.length, second.length]
  const u = sum(ranks.slice(n)) - (m * (m + 1)) / 2
  if (n === 0 || m === 0) return { u, pValue: 1 }
  const hasTies = new Set(ranks).size < ranks.length
  const isExact = !hasTies && Math.max(n, m) <= LARGEST_EXACT
  return { u, pValue: isExact ? exactPValue(u, n, m) : approximatePValue(u, n, m, ranks) }
}

/**
 * The aligned rank test of Hodges and Lehmann (1962): each block is shifted by its own median, all are ranked together, and
 * the ranks of the second sample are added up. What a machine does from block to block falls out. The p-value is exact,
 * over all ways to deal the ranks of each block to the two samples; `u` is as of Mann and Whitney, of the aligned values.
 */
export function alignedRankTest(blocks: readonly Block[]): RankTest {
  const aligned = blocks.map(alignedBlock)
  const ranks = midranks(aligned.flatMap(({ first, second }) => [...first, ...second]))
  const ways: { readonly count: number; readonly doubled: readonly number[] }[] = []
  let [at, seconds, rankSum] = [0, 0, 0]
  for (const { first, second } of blocks) {
    const own = ranks.slice(at, at + first.length + second.length)
    at += own.length
    seconds += second.length
    rankSum += sum(own.slice(first.length))
    // Ranks of ties end in a half: twice a rank is a whole number.
    ways.push({ count: second.length, doubled: own.map((rank) => rank * 2) })
  }
  return { u: rankSum - (seconds * (seconds + 1)) / 2, pValue: dealtPValue(ways, rankSum * 2) }
}

/**
 * What either test can say at most: the p-value where all of the second sample lie beyond the first's, in every block.
 * Samples without blocks are one.
 */
export function smallestPValue(blocks: readonly Block[]): number {
  const outermost = blocks.reduce((chance, { first, second }) => chance / choices(first.length, second.length), 1)
  return Math.min(1, 2 * outermost)
}

/** Ways to tell so many from so many others. */
function choices(n: number, m: number): number {
  let ways = 1
  for (let i = 1; i <= m; i++) ways = (ways * (n + i)) / i
  return ways
}

/** Each block less its own median. */
export function alignedBlock({ first, second }: Block): Block {
  const sorted = [...first, ...second].sort((a, b) => a - b)
  const half = (sorted.length - 1) / 2
  const middle = ((sorted[Math.floor(half)] ?? 0) + (sorted[Math.ceil(half)] ?? 0)) / 2
  return { first: first.map((value) => value - middle), second: second.map((value) => value - middle) }
}

/** Ranks from 1 in the order of the values; those of ties are shared. */
function midranks(values: readonly number[]): number[] {
  const order = values.map((_, index) => index).sort((a, b) => values[a]! - values[b]!)
  const ranks: number[] = Array.from({ length: values.length })
  for (let start = 0; start < order.length; ) {
    let end = start + 1
    while (end < order.length && values[order[end]!] === values[order[start]!]) end++
    for (let i = start; i < end; i++) ranks[order[i]!] = (start + 1 + end) / 2
    start = end
  }
  return ranks
}

/** Counts the ways to reach each u: the largest value of all is of the first sample, or of the second and above i others. */
function exactPValue(u: number, n: number, m: number): number {
  const ways = Array.from({ length: m + 1 }, () => new Float64Array(n * m + 1))
  for (const row of ways) row[0] = 1
  for (let i = 1; i <= n; i++) {
    for (let j = 1; j <= m; j++) {
      const [row, shorter] = [ways[j]!, ways[j - 1]!]
      for (let value = i; value <= i * j; value++) row[value]! += shorter[value - i]!
    }
  }
  return twoSided(ways[m]!, u)
}

function approximatePValue(u: number, n: number, m: number, ranks: readonly number[]): number {
  const total = n + m
  const tied = new Map<number, number>()
  for (const rank of ranks) tied.set(rank, (tied.get(rank) ?? 0) + 1)
  const ties = sum([...tied.values()].map((count) => count ** 3 - count))
  const variance = ((n * m) / 12) * (total + 1 - ties / (total * (total - 1)))
  if (!(variance > 0)) return 1
  const beyond = Math.max(0, Math.abs(u - (n * m) / 2) - 0.5)
  return Math.min(1, 2 * (1 - normalCdf(beyond / Math.sqrt(variance))))
}

/**
 * Over all ways to choose `count` ranks of each block, how often their sum lies as far out as the one that was seen. As
 * probabilities: of a few hundred blocks there are more ways than a number can hold.
 */
function dealtPValue(
  blocks: readonly { readonly count: number; readonly doubled: readonly number[] }[],
  seen: number,
): number {
  let chances = new Float64Array([1])
  let smallest = 0
  for (const { count, doubled } of blocks) {
    const sums = sumsOf(doubled, count)
    const least = Math.min(...sums)
    const longer = new Float64Array(chances.length + Math.max(...sums) - least)
    for (const extra of sums) {
      for (let value = 0; value < chances.length; value++) {
        longer[value + extra - least]! += chances[value]! / sums.length
      }
    }
    chances = longer
    smallest += least
  }
  return twoSided(chances, seen - smallest)
}

/** Of each way to choose so many of the values. */
function sumsOf(values: readonly number[], count: number): number[] {
  if (count === 0) return [0]
  return values.flatMap((value, index) => sumsOf(values.slice(index + 1), count - 1).map((rest) => rest + value))
}

/** From the number of ways to each value, or their share: twice the smaller tail, the seen value in both. */
function twoSided(ways: Float64Array, seen: number): number {
  const total = sum(ways)
  const below = sum(ways.subarray(0, seen + 1)) / total
  const above = sum(ways.subarray(seen)) / total
  return Math.min(1, 2 * Math.min(below, above))
}

function sum(values: Iterable<number>): number {
  let total = 0
  for (const value of values) total += value
  return total
}
