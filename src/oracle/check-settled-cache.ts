/**
 * Once everything has settled, what the target shows is what the ledger holds. Says nothing of advisory reads: nobody
 * may rely on those, settled or not.
 */
import { formatCount } from '../core/units.ts'
import type { SaleUnderJudgement } from './sale.ts'
import { type Check, NOT_SETTLED, notChecked } from './sale-case.ts'
import type { Settlement } from './settlement.ts'

/** Where the units sold are an interval: as many of them as fit best to what is shown. */
function soldAsShown(shown: number, sale: SaleUnderJudgement, { units, mostUnits }: Settlement): number {
  return Math.min(Math.max(sale.initialStock - shown, units), mostUnits)
}

export const checkSettledCache: Check = ({ sale, ledger, settlement }) => {
  if (ledger === null) return notChecked('units', 'no ledger was given')
  const { shownAfterSettling: shown } = ledger
  if (shown === null) return notChecked('units', 'the target was not asked for its stock after settling')
  // Without a stock of its own, a ledger can't have less than none left.
  const remaining = ledger.remainingStock ?? Math.max(0, sale.initialStock - soldAsShown(shown, sale, settlement))
  const off = Math.abs(shown - remaining)
  const details = { shown, remaining }
  const both = `it shows ${formatCount(shown)}, the ledger holds ${formatCount(remaining)}`
  if (sale.promise.reads.kind === 'advisory') return notChecked('units', `reads are advisory here (${both})`, details)
  const finding = { measured: off, allowed: 0, unit: 'units', details }
  if (!settlement.settled)
    return { ...finding, measured: null, verdict: 'unknown', sentence: `unknown: ${NOT_SETTLED}` }
  if (off === 0)
    return {
      ...finding,
      verdict: 'pass',
      sentence: `after settling, the stock shown is the ledger's: ${formatCount(remaining)}`,
    }
  const sentence = `after settling, the stock shown is still wrong: ${both}`
  return {
    ...finding,
    verdict: 'fail',
    sentence,
    evidence: [{ sentence: `${ledger.source}: ${both}`, operations: [] }],
  }
}
