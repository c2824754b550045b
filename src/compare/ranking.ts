/**
 * Who is before whom. Only those that no check convicted in any regime and that have no fault on purpose are ranked: a sale
 * that went wrong is not made better by being quick. Who meets the SLO comes before who doesn't; then the lower response
 * time.
 *
 * Two can be told apart when the rank test of Mann and Whitney says so at a level of 10 %, two-sided: what it says of two
 * equals is known exactly for any number of runs, where intervals of so few values promise more than they hold. That is no
 * transitive relation, and a ranking needs one: a place belongs to its best, and everyone that can't be told from that
 * best shares it; the first that can opens the next place. So those on one place are no worse than can be told from its
 * best; two at a border may still be too close to be told from one another. Pure.
 */
import type { ContestantResult, Place, ResponseFigure } from '../core/compare-record.ts'
import type { Threshold } from '../core/scenario.ts'
import type { Estimate } from '../core/statistics/estimate.ts'
import { mannWhitney } from '../core/statistics/rank-test.ts'
import { formatMs } from '../core/units.ts'
import { RESPONSE_FIGURES } from './run-values.ts'

/** The first response time that the SLO bounds from above; p99 where it bounds none. */
export function rankingFigure(thresholds: readonly Threshold[]): ResponseFigure {
  const bounded = thresholds
    .filter(({ comparison }) => comparison === '<' || comparison === '<=')
    .map(({ metric }) => RESPONSE_FIGURES.find((figure) => figure === metric))
  return bounded.find((figure) => figure !== undefined) ?? 'p99'
}

interface Ranked {
  readonly name: string
  readonly meetsSlo: boolean
  readonly time: Estimate
}

/** `unranked`: the names that get no place. */
export function placesOf(
  results: readonly ContestantResult[],
  unranked: ReadonlySet<string>,
  figure: ResponseFigure,
): Place[] {
  const ranked = results.flatMap((result) => rankable(result, unranked, figure))
  const byTime = ranked.toSorted((a, b) => a.time.median - b.time.median)
  const groups = [true, false].flatMap((met) => shared(byTime.filter(({ meetsSlo }) => meetsSlo === met)))
  let before = 0
  return groups.map((group) => {
    const place = placeOf(group, before + 1, figure)
    before += group.length
    return place
  })
}

/** How often two equals may be told apart by chance. Three runs of each reach no less, fewer not even that. */
export const LEVEL = 0.1
/** Of each, with which two can be told apart at all. */
export const FEWEST_RUNS = 3

/** By their ranks, which have to point where the medians do. */
export function canBeToldApart(a: Estimate, b: Estimate): boolean {
  const { u, pValue } = mannWhitney(a.values, b.values)
  const even = (a.values.length * b.values.length) / 2
  return pValue <= LEVEL && Math.sign(u - even) === Math.sign(b.median - a.median)
}

function rankable(
  { contestant, verdict, figures, meetsSlo }: ContestantResult,
  unranked: ReadonlySet<string>,
  figure: ResponseFigure,
): Ranked[] {
  const isOut = verdict === 'wrong' || verdict === 'environment' || unranked.has(contestant)
  const time = figures?.responseMs[figure] ?? null
  return isOut || time === null ? [] : [{ name: contestant, meetsSlo, time }]
}

/** Best first; each group with all that can't be told from its first. */
function shared(ranked: readonly Ranked[]): Ranked[][] {
  const groups: Ranked[][] = []
  for (const one of ranked) {
    const group = groups.at(-1)
    if (group !== undefined && !canBeToldApart(group[0]!.time, one.time)) group.push(one)
    else groups.push([one])
  }
  return groups
}

function placeOf(group: readonly Ranked[], place: number, figure: ResponseFigure): Place {
  const times = group.map(({ name, time }) => `${group.length > 1 ? `${name} ` : ''}${timeWords(time)}`)
  return {
    place,
    contestants: group.map(({ name }) => name),
    meetsSlo: group[0]!.meetsSlo,
    because: `${figure} ${times.join(', ')}`,
  }
}

/** "12.1ms (11.8ms to 12.6ms)"; of one run there is nothing to say of an interval. */
export function timeWords({ median: middle, low, high, values }: Estimate): string {
  return values.length === 1 ? formatMs(middle) : `${formatMs(middle)} (${formatMs(low)} to ${formatMs(high)})`
}
