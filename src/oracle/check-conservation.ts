/** Units sold and units left add up to the opening stock: nothing leaked, nothing came out of nowhere. */
import { formatCount, formatQuantity } from '../core/units.ts'
import { type Check, NOT_SETTLED, notChecked } from './sale-case.ts'

export const checkConservation: Check = ({ sale, ledger, settlement }) => {
  if (ledger === null) return notChecked('units', 'no ledger was given')
  if (ledger.remainingStock === null) return notChecked('units', 'the ledger does not say how many units are left')
  const leaked = sale.initialStock - settlement.units - ledger.remainingStock
  const details = { initialStock: sale.initialStock, sold: settlement.units, remaining: ledger.remainingStock, leaked }
  const finding = { measured: Math.abs(leaked), allowed: 0, unit: 'units', details }
  const sum = `${formatCount(sale.initialStock)} at the opening, ${formatCount(settlement.units)} sold, ${formatCount(ledger.remainingStock)} left`
  if (!settlement.settled)
    return { ...finding, measured: null, verdict: 'unknown', sentence: `unknown: ${NOT_SETTLED}` }
  if (leaked === 0) return { ...finding, verdict: 'pass', sentence: `the units add up: ${sum}` }
  const sentence =
    leaked > 0
      ? `${formatQuantity(leaked, 'unit')} leaked: ${sum}`
      : `${formatQuantity(-leaked, 'unit')} too many ${leaked === -1 ? 'is' : 'are'} sold or left: ${sum}`
  return { ...finding, verdict: 'fail', sentence, evidence: [{ sentence: `${ledger.source}: ${sum}`, operations: [] }] }
}
