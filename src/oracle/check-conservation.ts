/** Units sold and units left add up to the opening stock: nothing leaked, nothing came out of nowhere. */
import { formatCount, formatQuantity } from '../core/units.ts'
import { type Check, NOT_SETTLED, notChecked, UNITS_UNSAID } from './sale-case.ts'

export const checkConservation: Check = ({ sale, ledger, settlement }) => {
  if (ledger === null) return notChecked('units', 'no ledger was given')
  if (ledger.remainingStock === null) return notChecked('units', 'the ledger does not say how many units are left')
  const { units, mostUnits } = settlement
  const accountedFor = sale.initialStock - ledger.remainingStock
  // Where the units sold are an interval, as few as can be are astray.
  const leaked = accountedFor - Math.min(Math.max(accountedFor, units), mostUnits)
  const details = { initialStock: sale.initialStock, sold: units, remaining: ledger.remainingStock, leaked }
  const finding = { measured: Math.abs(leaked), allowed: 0, unit: 'units', details }
  const sold = units === mostUnits ? formatCount(units) : `between ${formatCount(units)} and ${formatCount(mostUnits)}`
  const sum = `${formatCount(sale.initialStock)} at the opening, ${sold} sold, ${formatCount(ledger.remainingStock)} left`
  if (!settlement.settled)
    return { ...finding, measured: null, verdict: 'unknown', sentence: `unknown: ${NOT_SETTLED}` }
  if (leaked === 0 && units !== mostUnits)
    return { ...finding, measured: null, verdict: 'unknown', sentence: `unknown: ${sum}; ${UNITS_UNSAID}` }
  if (leaked === 0) return { ...finding, verdict: 'pass', sentence: `the units add up: ${sum}` }
  const sentence =
    leaked > 0
      ? `${formatQuantity(leaked, 'unit')} leaked: ${sum}`
      : `${formatQuantity(-leaked, 'unit')} too many ${leaked === -1 ? 'is' : 'are'} sold or left: ${sum}`
  return { ...finding, verdict: 'fail', sentence, evidence: [{ sentence: `${ledger.source}: ${sum}`, operations: [] }] }
}
