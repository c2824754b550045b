/** The checks, those that failed first. What was not checked is no pass, and isn't shown as one. */
import type { CheckVerdict } from '../../../core/check.ts'
import type { CheckTelemetry } from '../../../core/telemetry.ts'
import { type Card, type Mood, row, type Row } from '../card.ts'
import type { Told } from '../told.ts'

const ORDER: readonly CheckVerdict[] = ['fail', 'unknown', 'pass', 'not-checked']

const SHOWN: Readonly<Record<CheckVerdict, { readonly word: string; readonly mood: Mood }>> = {
  fail: { word: '✗ FAIL', mood: 'bad' },
  unknown: { word: '? unknown', mood: 'doubtful' },
  pass: { word: '✓ pass', mood: 'good' },
  'not-checked': { word: '– not checked', mood: 'plain' },
}

export function checksCard({ last }: Told): Card {
  const checks = [...last.checks].sort((a, b) => ORDER.indexOf(a.verdict) - ORDER.indexOf(b.verdict))
  return {
    title: 'Checks',
    note: last.verdict === null ? 'so far; all are made at the end of a step' : 'the worst of all steps',
    chart: null,
    table: checks.length === 0 ? null : { columns: [], rows: checks.map(rowOf), more: '' },
    empty: 'None was spoken of: they are made at the end of a step.',
  }
}

function rowOf({ check, verdict, sku, sentence }: CheckTelemetry): Row {
  const { word, mood } = SHOWN[verdict]
  const says = verdict === 'fail' || verdict === 'unknown'
  return row([says ? `${check} (${sku}): ${sentence}` : check, word], mood)
}
