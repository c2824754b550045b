/** How many units a described sale is judged by: as many as were asked for, where anybody was asked. Pure. */
import { HarnessError } from '../core/errors.ts'
import type { PlannedSale } from '../core/scenario.ts'
import type { TargetDescriptor } from '../core/target-descriptor.ts'
import { formatCount, formatQuantity } from '../core/units.ts'

type OpeningTerms = Pick<TargetDescriptor, 'open' | 'tells' | 'initialStock' | 'shared'>

/**
 * What was asked for is what is judged: a service that opens with more is no right one. Only one that resets itself to a
 * number of its own is taken by that, and a sale that nobody opens by what is there.
 * @param read what the auditor read right after the opening; null: nobody says
 * Throws HarnessError TARGET_FAILED.
 */
export function stockAtOpening(
  { open, tells, initialStock, shared }: OpeningTerms,
  { sku, initialStock: planned }: PlannedSale,
  read: number | null,
): number {
  const isAsked = open !== null && (tells.stock || initialStock !== null)
  const asked = isAsked ? planned : null
  if (asked === null) {
    const found = read ?? initialStock ?? (open === null ? null : planned)
    if (found === null) throw nobodySays(sku)
    return found
  }
  if (read === null || read === asked) return asked
  // Others may have bought since, or be about to.
  if (shared) return Math.max(read, asked)
  throw new HarnessError('TARGET_FAILED', {
    message: `${sku} opened with ${formatQuantity(read, 'unit')} where ${formatCount(asked)} were asked for`,
    hint: 'Look at `open` and `ledger.remaining`. If it opens with a number of its own, say that under `stock`.',
  })
}

function nobodySays(sku: string): HarnessError {
  return new HarnessError('TARGET_FAILED', {
    message: `nobody says how many units of ${sku} there are before the first buyer`,
    hint: 'Say under `ledger.remaining` where that stands, or the number itself under `stock`.',
  })
}
