/** Judges all sales of one step: each by itself, and none of them in doubt for having been nobody's favourite. */
import type { CheckResult } from '../core/check.ts'
import type { HistoryColumns } from '../core/history.ts'
import type { LedgerSnapshot } from '../core/ledger.ts'
import { judgeColumns } from './judge.ts'
import type { JudgementOptions, SaleUnderJudgement } from './sale.ts'
import { SOLD } from './sale-columns.ts'
import { salesOfStep } from './sales-of-step.ts'

/**
 * `sales` are those of the history's SKUs, in their order, and so are `ledgers`; null: there are none.
 * The results of each sale in the order of CHECKS, one sale after another.
 */
export function judgeSales(
  sales: readonly SaleUnderJudgement[],
  history: HistoryColumns,
  ledgers: readonly LedgerSnapshot[] | null,
  options: Omit<JudgementOptions, 'soldElsewhere'>,
): CheckResult[] {
  const soldElsewhere = sales.length > 1 && anySold(history, ledgers)
  const results: CheckResult[] = []
  let index = 0
  for (const columns of salesOfStep(history)) {
    results.push(...judgeColumns(sales[index]!, columns, ledgers?.[index] ?? null, { ...options, soldElsewhere }))
    index++
  }
  return results
}

function anySold(history: HistoryColumns, ledgers: readonly LedgerSnapshot[] | null): boolean {
  return history.outcome.includes(SOLD) || (ledgers ?? []).some(({ orders }) => orders.length > 0)
}
