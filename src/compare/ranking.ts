/**
 * Who is before whom. Only those that no check convicted and that have no fault on purpose are ranked: a sale that went
 * wrong is not made better by being quick. Who meets the SLO comes before who doesn't; then the lower response time.
 *
 * Two can be told apart when the interval of the difference of their medians (bootstrap) does not hold 0. That is no
 * transitive relation, and a ranking needs one: a place belongs to its best, and everyone that can't be told from that
 * best shares it; the first that can opens the next place. So those on one place are no worse than can be told from its
 * best; two at a border may still be too close to be told from one another. Pure.
 */
import type { ContestantResult, Place, ResponseFigure } from '../core/compare-record.ts'
import type { Random } from '../core/random.ts'
import type { Threshold } from '../core/scenario.ts'
import { bootstrapInterval, type Estimate, median } from '../core/statistics/estimate.ts'
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

/** `builtWrong`: whose names are never ranked. */
export function placesOf(
  results: readonly ContestantResult[],
  builtWrong: ReadonlySet<string>,
  figure: ResponseFigure,
  random: Random,
): Place[] {
  const ranked = results.flatMap((result) => rankable(result, builtWrong, figure))
  const byTime = ranked.toSorted((a, b) => a.time.median - b.time.median)
  const groups = [true, false].flatMap((met) =>
    shared(
      byTime.filter(({ meetsSlo }) => meetsSlo === met),
      random,
    ),
  )
  let before = 0
  return groups.map((group) => {
    const place = placeOf(group, before + 1, figure)
    before += group.length
    return place
  })
}

export function canBeToldApart(a: Estimate, b: Estimate, random: Random): boolean {
  const { low, high } = bootstrapInterval((x, y) => median(x) - median(y), [a.values, b.values], { random })
  return low > 0 || high < 0
}

function rankable(
  { contestant, verdict, figures, meetsSlo }: ContestantResult,
  builtWrong: ReadonlySet<string>,
  figure: ResponseFigure,
): Ranked[] {
  const isOut = verdict === 'wrong' || verdict === 'environment' || builtWrong.has(contestant)
  const time = figures?.responseMs[figure] ?? null
  return isOut || time === null ? [] : [{ name: contestant, meetsSlo, time }]
}

/** Best first; each group with all that can't be told from its first. */
function shared(ranked: readonly Ranked[], random: Random): Ranked[][] {
  const groups: Ranked[][] = []
  for (const one of ranked) {
    const group = groups.at(-1)
    if (group !== undefined && !canBeToldApart(group[0]!.time, one.time, random)) group.push(one)
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
