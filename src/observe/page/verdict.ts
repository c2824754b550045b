/** The verdict so far: what the page says biggest. */
import type { Telemetry } from '../../core/telemetry.ts'
import type { RunVerdict } from '../../core/exit-codes.ts'
import { formatQuantity } from '../../core/units.ts'
import type { Mood } from './card.ts'

export interface ShownVerdict {
  readonly mood: Mood
  /** Beside colour and sentence: the same in a word. */
  readonly word: string
  readonly sentence: string
  /** Units, in a line. */
  readonly units: string
}

const MOOD_OF: Readonly<Record<RunVerdict, Mood>> = {
  passed: 'good',
  wrong: 'bad',
  missed: 'doubtful',
  inconclusive: 'doubtful',
  environment: 'doubtful',
  interrupted: 'doubtful',
}

export function shownVerdict(look: Telemetry): ShownVerdict {
  const mood = moodOf(look)
  return { mood, word: wordOf(look, mood), sentence: capitalised(look.sentence), units: unitsOf(look) }
}

function moodOf({ verdict, checks, sales }: Telemetry): Mood {
  if (verdict !== null) return MOOD_OF[verdict]
  const isWrong = checks.some((check) => check.verdict === 'fail') || sales.some(({ oversold }) => oversold > 0)
  return isWrong ? 'bad' : 'good'
}

function wordOf({ verdict, sales }: Telemetry, mood: Mood): string {
  if (verdict !== null) return verdict
  if (mood === 'bad') return 'wrong'
  return sales.some(({ sold }) => sold > 0) ? 'right so far' : 'nothing sold yet'
}

function unitsOf({ sales }: Telemetry): string {
  const sum = (of: (sale: Telemetry['sales'][number]) => number): number =>
    sales.reduce((total, sale) => total + of(sale), 0)
  const lost = sum((sale) => sale.lost ?? 0)
  const unknown = sum((sale) => sale.unknown)
  const oversold = sum((sale) => sale.oversold)
  return [
    `${formatQuantity(
      sum((sale) => sale.sold),
      'unit',
    )} sold of ${formatQuantity(
      sum((sale) => sale.stock),
      'unit',
    )}`,
    ...(oversold > 0 ? [`${formatQuantity(oversold, 'unit')} oversold`] : []),
    ...(lost > 0 ? [`${formatQuantity(lost, 'unit')} lost`] : []),
    ...(unknown > 0 ? [`${formatQuantity(unknown, 'unit')} unknown`] : []),
  ].join(', ')
}

function capitalised(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1)
}
