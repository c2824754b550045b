/** Asks one check about a small history and ledger. */
import type { CheckName, CheckResult, CheckVerdict } from '../../core/check.ts'
import type { LedgerOrder, LedgerSnapshot } from '../../core/ledger.ts'
import type { Operation } from '../../core/operation.ts'
import { judgeSale } from '../judge.ts'
import { buy, order, resultOf, saleOf, type SaleTerms } from './histories.ts'

export function judge(
  check: CheckName,
  terms: SaleTerms,
  history: readonly Operation[],
  snapshot: LedgerSnapshot | null,
  saturated = false,
): CheckResult {
  return resultOf(judgeSale(saleOf(terms), history, snapshot, { saturated }), check)
}

export function verdict(...args: Parameters<typeof judge>): CheckVerdict {
  return judge(...args).verdict
}

/** n buyers who were told "sold", one after another; r1, r2, ... */
export function soldOneByOne(n: number): Operation[] {
  return Array.from({ length: n }, (_, i) => buy(`r${i + 1}`, i * 10, i * 10 + 5, 'sold'))
}

export function ordersOf(n: number): LedgerOrder[] {
  return Array.from({ length: n }, (_, i) => order(`r${i + 1}`))
}
