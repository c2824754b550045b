/** What races came to, as tables for the documentation. Pure. */
import type { CrashPoint, Crowd, RacePart } from '../../core/race-record.ts'
import { formatCount, formatQuantity } from '../../core/units.ts'
import { markdownTable } from '../document.ts'

export interface RacedPart {
  readonly strategy: string
  readonly crowd: Crowd
  readonly buyers: number
  readonly part: RacePart
  /** From the first order to the first wrong one; null: none was wrong. */
  readonly convictedAfterMs: number | null
}

/** A row for each strategy, crowd and stock. */
export function racesTable(raced: readonly RacedPart[]): string {
  const head = [
    'strategy',
    'buyers',
    'stock',
    'orders tried',
    'all of them',
    'wrong',
    'first wrong after',
    'whole search',
    'shortest proof',
  ]
  return markdownTable(
    head,
    raced.map(({ strategy, crowd, buyers, part, convictedAfterMs }) => [
      `\`${strategy}\``,
      crowd === 'strangers' ? String(buyers) : `${buyers}, ${crowd}`,
      String(part.stock),
      formatCount(part.tried),
      wordsOfCoverage(part),
      part.wrong === 0 ? '0' : `**${formatCount(part.wrong)}**`,
      convictedAfterMs === null ? '' : seconds(convictedAfterMs),
      seconds(part.elapsedMs),
      part.shortest === null ? '' : `${formatQuantity(part.shortest.steps.length, 'step')}: ${part.shortest.sentence}`,
    ]),
  )
}

function wordsOfCoverage({ coverage, reductionRefused, coupled = [] }: RacePart): string {
  const words = coverage === 'complete' ? 'yes' : `no: ${coverage.replaceAll('-', ' ')}`
  if (reductionRefused !== undefined) return `${words} (in full)`
  return coupled.length === 0 ? words : `${words} (${coupled.join(', ')} in full)`
}

export interface CrashedStrategy {
  readonly strategy: string
  readonly points: readonly CrashPoint[]
}

/** A row for each strategy and kind of crash. */
export function crashTable(crashed: readonly CrashedStrategy[]): string {
  const head = ['strategy', 'places', 'kept', 'what is lost or doubled, and where']
  return markdownTable(
    head,
    crashed.map(({ strategy, points }) => {
      const wrong = points.filter(({ failed }) => failed.length > 0)
      return [
        `\`${strategy}\``,
        formatCount(points.length),
        formatCount(points.length - wrong.length),
        wrong.length === 0 ? 'nothing' : wrong.map(wordsOfPoint).join('<br>'),
      ]
    }),
  )
}

const MOMENT: Readonly<Record<CrashPoint['kind'], string>> = {
  before: 'killed before',
  after: 'killed right after',
  reply: 'connection lost after',
}

function wordsOfPoint({ kind, event, call, sentence }: CrashPoint): string {
  return `${MOMENT[kind]} *${event}* (\`${call.replaceAll('|', '\\|').slice(0, 60)}\`): ${sentence}`
}

export interface ReducedAndFull {
  readonly strategy: string
  readonly crowd: Crowd
  readonly stock: number
  readonly reduced: RacePart
  readonly full: RacePart
}

/** A row for each: how many orders either search took, and whether they came to the same ends. */
export function reductionTable(compared: readonly ReducedAndFull[]): string {
  const head = ['strategy', 'stock', 'orders, reduced', 'orders, in full', 'ends, reduced', 'ends, in full', 'the same']
  return markdownTable(
    head,
    compared.map(({ strategy, crowd, stock, reduced, full }) => [
      `\`${strategy}\`${crowd === 'strangers' ? '' : `, ${crowd}`}`,
      String(stock),
      formatCount(reduced.tried),
      `${formatCount(full.tried)}${full.coverage === 'complete' ? '' : ' (not all)'}`,
      formatCount(reduced.ends.length),
      formatCount(full.ends.length),
      sameEnds(reduced, full) ? 'yes' : '**no**',
    ]),
  )
}

/** The same final states, each with the same verdict. */
function sameEnds(one: RacePart, other: RacePart): boolean {
  return textOf(one) === textOf(other)
}

function textOf({ ends }: RacePart): string {
  return ends
    .map(({ sentence, failed }) => `${sentence}: ${failed.join(', ')}`)
    .toSorted()
    .join('\n')
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`
}
