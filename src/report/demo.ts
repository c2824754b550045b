/**
 * The end of the demo: what a tally of rows says beside what Doorbuster says. The tally is what other tools and most
 * articles offer as proof, so it stands there unimproved: units in the ledger against units that there were.
 */
import pc from 'picocolors'
import type { RunRecord } from '../core/run-record.ts'
import { formatQuantity } from '../core/units.ts'
import { headlineOf, leadingFailure } from './headline.ts'
import { plain, wrap } from './plain-text.ts'
import type { TerminalStyle } from './terminal.ts'
import { renderTable } from './text-table.ts'

export interface DemoRow {
  readonly strategy: string
  readonly instances: number
  readonly expectation: 'caught' | 'right'
  readonly record: RunRecord
  readonly directory: string
  readonly asExpected: boolean
}

export interface DemoEnd extends TerminalStyle {
  /** Strategies that could not run, and why. */
  readonly skipped: readonly string[]
  /** Commands to try next. */
  readonly next: readonly string[]
}

export function renderDemo(rows: readonly DemoRow[], end: DemoEnd): string {
  const colors = pc.createColors(end.color)
  const columns = ['', 'strategy', 'final tally', 'Doorbuster'].map((title) => ({ title, align: 'left' as const }))
  const table = renderTable(
    columns,
    rows.map((row) => cellsOf(row, colors)),
    colors.dim,
  )
  const skipped = end.skipped.flatMap((line) => wrap(`skipped  ${plain(line)}`, end.width, '         '))
  const next = end.next.map((command) => `  ${colors.cyan(command)}`)
  const blocks = [wrap(verdictOf(rows, colors), end.width, ''), table, skipped, ['Try next:', ...next]]
  return blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n')
}

/** "OK" or how many too many. */
export function finalTally({ steps }: RunRecord): string {
  const sales = steps.flatMap((step) => step.sales)
  const over = sales.reduce((sum, { sold, initial }) => sum + Math.max(0, (sold ?? 0) - initial), 0)
  return over === 0 ? 'OK' : `${formatQuantity(over, 'unit')} too many`
}

function cellsOf(row: DemoRow, colors: ReturnType<typeof pc.createColors>): string[] {
  const { record } = row
  const tally = finalTally(record)
  const failure = leadingFailure(record.checks)
  const words = failure === undefined ? rightWords(record) : plain(failure.sentence, 90)
  const ok = row.asExpected ? colors.green('✓') : colors.red('✗')
  const where = row.instances === 1 ? '' : ` ×${row.instances}`
  return [
    ok,
    row.strategy + where,
    tally === 'OK' ? tally : colors.red(tally),
    failure === undefined ? colors.green(words) : colors.red(words),
  ]
}

function rightWords(record: RunRecord): string {
  const { verdict } = record
  const passed = new Set(record.checks.filter((check) => check.verdict === 'pass').map(({ check }) => check)).size
  if (verdict === 'passed') return `right: ${formatQuantity(passed, 'check')} passed`
  const { word, rest } = headlineOf(record)
  return plain(word + rest, 90)
}

function verdictOf(rows: readonly DemoRow[], colors: ReturnType<typeof pc.createColors>): string {
  const caught = rows.filter(({ expectation, asExpected }) => expectation === 'caught' && asExpected).length
  const right = rows.filter(({ expectation, asExpected }) => expectation === 'right' && asExpected).length
  if (rows.length === 0) return colors.bold(colors.yellow('NOTHING COULD RUN'))
  if (caught + right === rows.length) {
    const words = `${formatQuantity(caught, 'wrong strategy', 'wrong strategies')} caught, ${formatQuantity(right, 'right one')} passed`
    return `${colors.bold(colors.green('AS IT SHOULD BE'))}  ${words}`
  }
  const surprises = rows.filter(({ asExpected }) => !asExpected).map(({ strategy }) => strategy)
  return `${colors.bold(colors.red('NOT AS IT SHOULD BE'))}  ${surprises.join(', ')} came out otherwise than expected`
}
