/** What came of every cell of the matrix, as a table for the documentation. Pure. */
import type { CheckResult } from '../../core/check.ts'
import { leadingFailure } from '../../report/index.ts'

export interface Cell {
  readonly strategy: string
  /** Server processes on one port. */
  readonly instances: number
  readonly scenario: string
  readonly checks: readonly CheckResult[]
}

/**
 * `right`: every check that could be made passed. A saturated target may well be right: the matrix asks what was sold,
 * not how fast. `unclear`: a check could not be decided.
 */
export type CellVerdict = 'right' | 'wrong' | 'unclear'

export function verdictOf({ checks }: Cell): CellVerdict {
  if (checks.some(({ verdict }) => verdict === 'fail')) return 'wrong'
  const isDecided = checks.some(({ verdict }) => verdict === 'pass')
  return isDecided && checks.every(({ verdict }) => verdict !== 'unknown') ? 'right' : 'unclear'
}

/** Markdown: a row for each strategy and number of instances, a column for each scenario, a last one that sums it up. */
export function renderMatrix(cells: readonly Cell[]): string {
  const scenarios = distinct(cells.map(({ scenario }) => scenario))
  const head = ['strategy', 'instances', ...scenarios.map((name) => `\`${name}\``), '']
  const rows = distinct(cells.map(({ strategy }) => strategy)).flatMap((strategy) =>
    rowsOf(
      cells.filter((cell) => cell.strategy === strategy),
      scenarios,
    ),
  )
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`.replace('|  |', '| |')).join('\n')
}

function rowsOf(cells: readonly Cell[], scenarios: readonly string[]): string[][] {
  const remark = remarkOn(cells)
  return distinct(cells.map(({ instances }) => instances)).map((instances, position) => {
    const row = cells.filter((cell) => cell.instances === instances)
    return [
      `\`${row[0]!.strategy}\``,
      String(instances),
      ...scenarios.map((name) => wordOf(row.find(({ scenario }) => scenario === name))),
      position === 0 ? remark : '',
    ]
  })
}

function wordOf(cell: Cell | undefined): string {
  if (cell === undefined) return '-'
  const verdict = verdictOf(cell)
  if (verdict !== 'wrong') return verdict
  const failure = leadingFailure(cell.checks)!
  const size = failure.measured === null ? '' : ` (${failure.measured} ${failure.unit})`
  return `**${failure.check}**${size}`
}

/** In how many processes a strategy is right, where its own cells say. */
function remarkOn(cells: readonly Cell[]): string {
  const isWrong = (of: readonly Cell[]): boolean => of.some((cell) => verdictOf(cell) === 'wrong')
  const isRight = (of: readonly Cell[]): boolean => of.every((cell) => verdictOf(cell) === 'right')
  const alone = cells.filter(({ instances }) => instances === 1)
  const several = cells.filter(({ instances }) => instances > 1)
  if (isRight(cells)) return 'right'
  if (alone.length > 0 && isRight(alone) && isWrong(several)) return 'right in one process only'
  return isWrong(cells) ? 'wrong' : 'unclear'
}

function distinct<T>(values: readonly T[]): T[] {
  return [...new Set(values)]
}
