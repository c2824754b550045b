/** A comparison in words that every format shares: its headline, and each figure of a contestant as a text. */
import {
  type CompareRecord,
  type Contestant,
  type ContestantResult,
  type Regime,
  regimeName,
  type ResponseFigure,
} from '../core/compare-record.ts'
import { formatReadsPromise } from '../core/promise.ts'
import type { Estimate } from '../core/statistics/estimate.ts'
import { formatCount, formatMs, formatQuantity, formatShare } from '../core/units.ts'
import type { ProbedWork } from '../core/work-record.ts'
import type { Headline } from './headline.ts'

const NOTHING = '-'

/** Of a comparison that has ended, or so far. */
export function compareHeadline(record: CompareRecord): Headline {
  const verdict = record.verdict ?? 'inconclusive'
  const size = sizeOf(record)
  switch (verdict) {
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
function sizeOf({ contestants, regimes, repeat }: CompareRecord): string {
  return `${formatQuantity(contestants.length, 'contestant')}, ${formatQuantity(regimes.length, 'regime')}, ${formatQuantity(repeat, 'run')} each`
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
function missedWhere({ regimes }: CompareRecord): string {
  const missed = regimes.filter(({ results }) => results.every(({ verdict }) => verdict !== 'passed'))
  return missed.length === regimes.length ? '' : ` at ${missed.map(regimeName).join(', ')}`
}

/** "1", "1=" for a shared one, "wrong", "-" for who is not ranked. */
export function placeWords({ places }: Regime, { contestant, verdict }: ContestantResult): string {
  if (verdict === 'wrong') return 'wrong'
  const place = places.find(({ contestants }) => contestants.includes(contestant))
  if (place === undefined) return NOTHING
  return `${place.place}${place.contestants.length > 1 ? '=' : ''}`
}

/** By place; who is not ranked, last. */
export function byPlace({ places, results }: Regime): ContestantResult[] {
  const order = places.flatMap(({ contestants }) => contestants)
  const rank = ({ contestant }: ContestantResult): number =>
    order.includes(contestant) ? order.indexOf(contestant) : order.length
  return results.toSorted((a, b) => rank(a) - rank(b))
}

export function sloWords({ verdict, meetsSlo, figures }: ContestantResult): string {
  if (figures === null || verdict === 'wrong') return NOTHING
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

const MEGABYTE = 1_000_000

/** Of all that was measured but the generator, which is ours. */
export function memoryWords({ figures }: ContestantResult): string {
  const parts = Object.entries(figures?.memoryBytes ?? {}).filter(([consumer]) => consumer !== 'generator')
  if (parts.length === 0) return NOTHING
  return `${formatCount(parts.reduce((sum, [, { median }]) => sum + median, 0) / MEGABYTE)} MB`
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
