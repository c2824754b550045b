/** Nothing is sold before the sale opens, and nothing after it has closed. */
import type { Evidence } from '../core/check.ts'
import { formatMs, formatQuantity, NS_PER_MS } from '../core/units.ts'
import { edgesOf, type OutsideHours, soldOutsideHours } from './opening-hours.ts'
import { EXAMPLES } from './refusal-watch.ts'
import { buyerOf, type Check, moment, NOT_SETTLED, notChecked, operationsOf, type SaleCase } from './sale-case.ts'

export const checkNothingEarly: Check = (saleCase) => {
  const { sale, settlement } = saleCase
  const { hours } = sale
  const edges = edgesOf(sale)
  if (hours === undefined || edges === null) return notChecked('units', 'nobody said when the sale was open')
  if (hours.opensAtNs === null && hours.closesAtNs === null) return notChecked('units', 'the sale has no opening hours')
  const sold = soldOutsideHours(saleCase, edges)
  const details = { early: sold.early, late: sold.late, clockErrorMs: hours.errorMs + sale.clockErrorMs }
  const finding = { measured: sold.units, allowed: 0, unit: 'units', details }
  if (sold.units > 0) {
    return { ...finding, verdict: 'fail', sentence: sentenceOf(sold), evidence: stories(saleCase, sold) }
  }
  // An order that the ledger doesn't hold yet may be of somebody who came too late; one of an early bird was answered.
  if (settlement.given && !settlement.settled && hours.closesAtNs !== null) {
    return { ...finding, measured: null, verdict: 'unknown', sentence: `unknown: ${NOT_SETTLED}` }
  }
  const within = `beyond the ${formatMs(details.clockErrorMs)} that the clocks may differ`
  return { ...finding, verdict: 'pass', sentence: `nothing was sold outside the opening hours, ${within}` }
}

function sentenceOf({ early, late, units }: OutsideHours): string {
  const parts: string[] = []
  if (early > 0)
    parts.push(`${formatQuantity(early, 'buyer')} ${early === 1 ? 'was' : 'were'} sold to before the opening`)
  if (late > 0) parts.push(`${formatQuantity(late, 'buyer')} ${late === 1 ? 'was' : 'were'} sold to after the closing`)
  return `${parts.join(', ')}: ${formatQuantity(units, 'unit')}`
}

function stories(saleCase: SaleCase, { earlyRows, lateRows }: OutsideHours): Evidence[] {
  const { columns, sale } = saleCase
  const { opensAtNs, closesAtNs } = sale.hours!
  const early = earlyRows.map((row) => {
    const answeredAtNs = columns.completedAtNs[row]!
    const before = formatMs((opensAtNs! - answeredAtNs) / NS_PER_MS)
    return {
      sentence: `${buyerOf(saleCase, row)} was told "sold" at ${moment(saleCase, answeredAtNs)}, ${before} before the sale opened`,
      operations: operationsOf(saleCase, [row]),
    }
  })
  const late = lateRows.map((row) => {
    const sentAtNs = columns.sentAtNs[row]!
    const after = formatMs((sentAtNs - closesAtNs!) / NS_PER_MS)
    return {
      sentence: `${buyerOf(saleCase, row)} came at ${moment(saleCase, sentAtNs)}, ${after} after the sale closed, and was sold to`,
      operations: operationsOf(saleCase, [row]),
    }
  })
  return [...early, ...late].slice(0, EXAMPLES)
}
