/** Runs whose steps sell many SKUs: which of the sales to name where not all of them can be. */
import type { CheckResult } from '../core/check.ts'

/** Sales of one check that are shown at most. */
export const SALES_SHOWN = 5

/** Whether one step has several sales. */
export function sellsManySkus(checks: readonly CheckResult[]): boolean {
  const skus = new Map<number, string>()
  return checks.some(({ step, sku }) => {
    const before = skus.get(step)
    if (before === undefined) skus.set(step, sku)
    return before !== undefined && before !== sku
  })
}

/** Failures before doubts, and of each the largest figure first; otherwise in the order given. */
export function worstFirst(checks: readonly CheckResult[]): CheckResult[] {
  const rank = ({ verdict }: CheckResult): number => (verdict === 'fail' ? 0 : 1)
  return checks.toSorted((a, b) => rank(a) - rank(b) || (b.measured ?? 0) - (a.measured ?? 0))
}
