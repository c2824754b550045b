/** Thresholds and checks, all of them: with what was checked, and what was not. */
import { CHECK_NAMES, type CheckResult, CHECKS, type CheckVerdict } from '../../core/check.ts'
import type { RunRecord } from '../../core/run-record.ts'
import { formatQuantity } from '../../core/units.ts'
import { worstFirst } from '../sales.ts'
import { CHECK_WORDS, MOOD_OF_CHECK } from './names.ts'
import { type Block, row, type Row, type Section, tableBlock, text } from './page.ts'

const MOST_THRESHOLDS = 60
const WORST_FIRST: readonly CheckVerdict[] = ['fail', 'unknown', 'pass', 'not-checked']

export function thresholdsSection({ thresholds, steps }: RunRecord): Section {
  const rows = thresholds
    .toSorted((a, b) => WORST_FIRST.indexOf(a.verdict) - WORST_FIRST.indexOf(b.verdict))
    .map(({ expression, step, sentence, verdict }) =>
      row(
        [CHECK_WORDS[verdict], expression, step === null ? 'whole run' : `step ${step + 1}`, sentence],
        MOOD_OF_CHECK[verdict],
      ),
    )
  const more = rows.length > MOST_THRESHOLDS ? `and ${rows.length - MOST_THRESHOLDS} more, in run.json` : ''
  const block: Block =
    rows.length === 0
      ? text(steps.length === 0 ? 'None was judged.' : 'The scenario asks for none.')
      : tableBlock('Thresholds', ['verdict', 'threshold', 'of', 'measured'], rows.slice(0, MOST_THRESHOLDS), more)
  return { id: 'thresholds', title: 'Thresholds', lead: '', blocks: [block] }
}

export function checksSection({ checks }: RunRecord): Section {
  const byCheck = CHECK_NAMES.map((name) => checks.filter(({ check }) => check === name))
  const hasOneSale = byCheck.every((results) => results.length < 2)
  const rows = byCheck.flatMap((results) => rowOf(results, hasOneSale))
  const titles = ['verdict', 'check', ...(hasOneSale ? [] : ['sales']), 'found', 'fails when']
  const notChecked = checks.filter(({ verdict }) => verdict === 'not-checked').length
  return {
    id: 'checks',
    title: 'Checks',
    lead: `Every request is held against every order that the stores held afterwards. What was not checked is no pass${notChecked === 0 ? '; nothing was left out' : ''}.`,
    blocks: [rows.length === 0 ? text('No check was made.') : tableBlock('Checks', titles, rows)],
  }
}

/** One a check: its worst verdict, in how many of its sales, and what was found in the worst. */
function rowOf(results: readonly CheckResult[], hasOneSale: boolean): Row[] {
  const verdict = WORST_FIRST.find((one) => results.some((result) => result.verdict === one))
  if (verdict === undefined) return []
  const [worst] = worstFirst(results.filter((result) => result.verdict === verdict))
  const { check, sentence } = worst!
  const cells = [CHECK_WORDS[verdict], check, ...(hasOneSale ? [] : [salesWords(results)]), sentence]
  return [row([...cells, CHECKS[check].failsWhen], MOOD_OF_CHECK[verdict])]
}

/** "8 sales", "1 fail, 7 pass". */
function salesWords(results: readonly CheckResult[]): string {
  const counts = WORST_FIRST.map((one) => ({ one, count: results.filter(({ verdict }) => verdict === one).length }))
  const found = counts.filter(({ count }) => count > 0)
  if (found.length === 1) return formatQuantity(results.length, 'sale')
  return found.map(({ one, count }) => `${count} ${one === 'not-checked' ? 'not checked' : one}`).join(', ')
}
