/** The checks: what failed first, with what is wrong. What was not checked is no pass, and isn't shown as one. */
import type { CheckVerdict } from '../../../core/check.ts'
import type { CheckTelemetry } from '../../../core/telemetry.ts'
import { type Card, row, type Row } from '../card.ts'
import type { Told } from '../told.ts'

export function checksCard({ last: { checks, verdict } }: Told): Card {
  const rows = [
    ...having(checks, 'fail').map((check) => row([sentenceOf(check), '✗ FAIL'], 'bad')),
    ...having(checks, 'unknown').map((check) => row([sentenceOf(check), '? unknown'], 'doubtful')),
    ...namesHaving(checks, 'pass', (names) => row([names, '✓ pass'], 'good')),
    ...namesHaving(checks, 'not-checked', (names) => row([names, '– not checked'])),
  ]
  return {
    id: 'checks',
    title: 'Checks',
    note: verdict === null ? 'the worst so far' : 'the worst of all steps',
    chart: null,
    table: rows.length === 0 ? null : { columns: [], rows, more: '' },
    empty: 'Nothing was found wrong so far. All checks are made at the end of a step.',
  }
}

function sentenceOf({ check, sku, sentence }: CheckTelemetry): string {
  return `${check} (${sku}): ${sentence}`
}

/** Of those nothing but their names is of interest. */
function namesHaving(
  checks: readonly CheckTelemetry[],
  verdict: CheckVerdict,
  toRow: (names: string) => Row,
): readonly Row[] {
  const names = having(checks, verdict).map(({ check }) => check)
  return names.length === 0 ? [] : [toRow(names.join(', '))]
}

function having(checks: readonly CheckTelemetry[], verdict: CheckVerdict): readonly CheckTelemetry[] {
  return checks.filter((check) => check.verdict === verdict)
}
