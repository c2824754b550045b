/** A comparison in words that every format shares: its headline, and each figure of a contestant as a text. */
import {
  type CompareRecord,
  type Contestant,
  type ContestantResult,
  neverRanked,
  type Regime,
  regimeName,
  regimesWrong,
  type ResponseFigure,
} from '../core/compare-record.ts'
import type { RunVerdict } from '../core/exit-codes.ts'
import { formatReadsPromise } from '../core/promise.ts'
import type { Estimate } from '../core/statistics/estimate.ts'
import { formatCount, formatMs, formatQuantity, formatShare } from '../core/units.ts'
import type { ProbedWork } from '../core/work-record.ts'
import type { Headline } from './headline.ts'

const NOTHING = '-'

/** Of a comparison that has ended, or so far. */
export function compareHeadline(record: CompareRecord): Headline {
  const { verdict } = record
  const size = sizeOf(record)
  switch (verdict) {
    case null:
      return { verdict: 'inconclusive', word: 'NOT ENDED', rest: `: as of now; ${size}` }
    case 'wrong':
      return { verdict, word: 'WRONG', rest: `: ${wrongNames(record).join(', ')}; ${size}` }
    case 'interrupted':
      return { verdict, word: 'INTERRUPTED', rest: `: what was measured until then stands below; ${size}` }
    case 'environment':
      return { verdict, word: 'NOT ALL COULD RUN', rest: `: ${missingNames(record).join(', ')}; ${size}` }
    case 'missed':
      return {
        verdict,
        word: 'SLO NOT MET',
        rest: ` by anybody${missedWhere(record)}: ${record.slo.join(', ')}; ${size}`,
      }
    case 'inconclusive':
      return {
        verdict,
        word: 'INCONCLUSIVE',
        rest: `: nobody was shown to meet the SLO${missedWhere(record)}; ${size}`,
      }
    case 'passed':
      return { verdict, word: 'COMPARED', rest: `  ${size}` }
  }
}

/** "6 contestants, 2 regimes, 3 runs each". */
function sizeOf(record: CompareRecord): string {
  const { contestants, regimes } = record
  return `${formatQuantity(contestants.length, 'contestant')}, ${formatQuantity(regimes.length, 'regime')}, ${runsWords(record)} each`
}

/** As many as were made of those that are ranked: "2 of 3 runs", "1-3 of 3 runs" where not all that were planned. */
function runsWords({ regimes, repeat, rankedBy }: CompareRecord): string {
  const planned = formatQuantity(repeat, 'run')
  const counts = regimes.flatMap(({ places, results }) => {
    const ranked = places.flatMap(({ contestants }) => contestants)
    return results
      .filter(({ contestant }) => ranked.includes(contestant))
      .map(({ figures }) => figures?.responseMs[rankedBy]?.values.length ?? 0)
  })
  if (counts.every((count) => count === repeat)) return planned
  const [fewest, most] = [Math.min(...counts), Math.max(...counts)]
  return `${fewest < most ? `${fewest}-` : ''}${most} of ${planned}`
}

function wrongNames({ regimes }: CompareRecord): string[] {
  return namesOf(regimes, ({ verdict }) => verdict === 'wrong')
}

function missingNames({ regimes }: CompareRecord): string[] {
  return namesOf(regimes, ({ verdict }) => verdict === 'environment')
}

function namesOf(regimes: readonly Regime[], is: (result: ContestantResult) => boolean): string[] {
  return [...new Set(regimes.flatMap(({ results }) => results.filter(is).map(({ contestant }) => contestant)))]
}

/** Where not everywhere. */
function missedWhere(record: CompareRecord): string {
  const { regimes } = record
  const unranked = neverRanked(record)
  const missed = regimes.filter(({ results }) =>
    results.every(({ contestant, verdict }) => verdict !== 'passed' || unranked.has(contestant)),
  )
  return missed.length === regimes.length ? '' : ` at ${missed.map(regimeName).join(', ')}`
}

/** "1", "1=" for a shared one, "wrong", "wrong at 0.01" for who was so in another regime, "-" for who is not ranked. */
export function placeWords(
  { places }: Regime,
  { contestant, verdict }: ContestantResult,
  record: CompareRecord,
): string {
  if (verdict === 'wrong') return 'wrong'
  const wrong = regimesWrong(record.regimes, contestant)
  if (wrong.length > 0) return `wrong at ${wrong.map(({ sellThrough }) => sellThrough).join(', ')}`
  const place = places.find(({ contestants }) => contestants.includes(contestant))
  if (place === undefined) return NOTHING
  return `${place.place}${place.contestants.length > 1 ? '=' : ''}`
}

/** What of a contestant has to be said beside a table: what became of it here, or that it was wrong elsewhere. */
export interface Trouble {
  readonly contestant: string
  readonly verdict: RunVerdict
  readonly words: string
}

/** The worst first. */
const TROUBLES: readonly RunVerdict[] = ['wrong', 'environment', 'missed', 'inconclusive', 'interrupted']

export function troublesAt({ results }: Regime, { regimes }: CompareRecord): Trouble[] {
  const troubles = results.flatMap(({ contestant, verdict, headline }): Trouble[] => {
    const here = verdict === null || verdict === 'passed' ? [] : [{ contestant, verdict, words: headline }]
    return verdict === 'wrong' ? here : [...troublesElsewhere(regimes, contestant), ...here]
  })
  return troubles.toSorted((a, b) => TROUBLES.indexOf(a.verdict) - TROUBLES.indexOf(b.verdict))
}

function troublesElsewhere(regimes: readonly Regime[], name: string): Trouble[] {
  return regimesWrong(regimes, name).map((regime) => {
    const { headline } = regime.results.find(({ contestant }) => contestant === name)!
    return { contestant: name, verdict: 'wrong', words: `wrong at ${regimeName(regime)}: ${headline}` }
  })
}

export function isWrongAnywhere({ contestant }: ContestantResult, { regimes }: CompareRecord): boolean {
  return regimesWrong(regimes, contestant).length > 0
}

/** By place; who is not ranked, last. */
export function byPlace({ places, results }: Regime): ContestantResult[] {
  const order = places.flatMap(({ contestants }) => contestants)
  const rank = ({ contestant }: ContestantResult): number =>
    order.includes(contestant) ? order.indexOf(contestant) : order.length
  return results.toSorted((a, b) => rank(a) - rank(b))
}

export function sloWords(result: ContestantResult, record: CompareRecord): string {
  const { verdict, meetsSlo, figures } = result
  if (figures === null || isWrongAnywhere(result, record)) return NOTHING
  if (meetsSlo) return 'met'
  return verdict === 'missed' ? 'missed' : 'not shown'
}

/** Those that are drawn: by which the ranking goes first. */
export function timesShown({ rankedBy }: CompareRecord): ResponseFigure[] {
  return [...new Set<ResponseFigure>([rankedBy, 'p50', 'p99'])]
}

/** "12.1ms"; with its interval "12.1ms (11.8-12.6)", in the same unit, where there were several runs. */
export function msWords(of: Estimate | null | undefined, withInterval = true): string {
  if (of === null || of === undefined) return NOTHING
  if (!withInterval || of.values.length === 1) return formatMs(of.median)
  const [low, high] = [formatMs(of.low), formatMs(of.high)]
  const unit = unitOf(formatMs(of.median))
  const isSameUnit = unitOf(low) === unit && unitOf(high) === unit
  return `${formatMs(of.median)} (${isSameUnit ? low.slice(0, -unit.length) : low}-${isSameUnit ? high.slice(0, -unit.length) : high})`
}

/** What a reader may make of the intervals of these figures; '' where each was measured once. */
export function intervalWords(estimates: readonly Estimate[]): string {
  const several = estimates.filter(({ values }) => values.length > 1)
  if (several.length === 0) return ''
  const least = formatShare(Math.min(...several.map(({ confidence }) => confidence)))
  const what = several.every(isRange) ? 'range of the runs' : 'interval by bootstrap'
  return `${what}, which holds the true median in ${least} of cases or more`
}

function isRange({ low, high, values }: Estimate): boolean {
  return low <= Math.min(...values) && high >= Math.max(...values)
}

function unitOf(text: string): string {
  return text.replace(/^[\d.]+/, '')
}

export function rateWords(of: Estimate | null | undefined): string {
  return of ? `${formatCount(of.median)}/s` : NOTHING
}

export function shareWords(of: Estimate | null | undefined): string {
  return of ? formatShare(of.median) : NOTHING
}

/** Microseconds of CPU. */
export function microsWords(of: Estimate | undefined): string {
  return of ? formatCount(of.median) : NOTHING
}

/** CPU of server and stores together for an order that is sold. */
export function microsAnOrderWords({ figures }: ContestantResult): string {
  const micros = togetherOf(figures?.cpuMicrosPerOrder)
  return micros === null ? NOTHING : formatCount(micros)
}

const MEGABYTE = 1_000_000

export function memoryWords({ figures }: ContestantResult): string {
  const bytes = togetherOf(figures?.memoryBytes)
  return bytes === null ? NOTHING : `${formatCount(bytes / MEGABYTE)} MB`
}

/** Of all that was measured but the generator, which is ours; null: nothing was. */
function togetherOf(byConsumer: Readonly<Record<string, Estimate>> = {}): number | null {
  const parts = Object.entries(byConsumer).filter(([consumer]) => consumer !== 'generator')
  return parts.length === 0 ? null : parts.reduce((sum, [, { median }]) => sum + median, 0)
}

export function countWords(of: Estimate | null | undefined): string {
  if (!of) return NOTHING
  return of.median >= 10 ? formatCount(of.median) : String(Number(of.median.toPrecision(2)))
}

/** Who used CPU in any of the results: the server first, the generator last. */
export function consumersOf(results: readonly ContestantResult[]): string[] {
  const order = (name: string): number => ['target', 'postgres', 'redis'].indexOf(name)
  const names = [...new Set(results.flatMap(({ figures }) => Object.keys(figures?.cpuMicrosPerAnswer ?? {})))]
  const known = names.filter((name) => order(name) >= 0).toSorted((a, b) => order(a) - order(b))
  const others = names.filter((name) => order(name) < 0 && name !== 'generator')
  return [...known, ...others, ...names.filter((name) => name === 'generator')]
}

export function consumerTitle(name: string): string {
  return name === 'target' ? 'server' : name
}

/** The cost of being that fast: what a "sold" is worth, what reads may show, and what stores do for it. */
export interface Price {
  readonly name: string
  readonly durableWhen: string
  readonly reads: string
  /** Statements, commands: of an order that was sold, one in flight. */
  readonly sqlAnOrder: string
  readonly redisAnOrder: string
}

export function priceOf({ name, durableWhen, promise }: Contestant, { regimes }: CompareRecord): Price {
  const results = regimes.flatMap((regime) => regime.results.filter(({ contestant }) => contestant === name))
  const sold = results.flatMap(({ work }) => work ?? []).find(({ kind, requests }) => kind === 'sold' && requests > 0)
  return {
    name,
    durableWhen: durableWhen ?? 'at a moment that nobody named',
    reads: formatReadsPromise(promise.reads),
    sqlAnOrder: anOrder(sold, ({ sql }) => sql?.statements.map(({ calls }) => calls)),
    redisAnOrder: anOrder(sold, ({ redis }) => redis && Object.values(redis.commands)),
  }
}

function anOrder(sold: ProbedWork | undefined, of: (work: ProbedWork) => readonly number[] | null | undefined): string {
  const calls = sold && of(sold)
  if (!sold || !calls) return NOTHING
  const each = calls.reduce((sum, count) => sum + count, 0) / sold.sent
  return String(Number(each.toFixed(2)))
}
