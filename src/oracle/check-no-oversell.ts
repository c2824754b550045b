/** More units sold than there were: by the ledger, or, without one, by what buyers were surely sold. */
import type { Evidence } from '../core/check.ts'
import { formatCount, formatQuantity } from '../core/units.ts'
import { FACT, NO_ROW } from './buys.ts'
import { EXAMPLES } from './refusal-watch.ts'
import {
  buyerOf,
  type Check,
  type Finding,
  moment,
  NOT_SETTLED,
  operationsOf,
  type SaleCase,
  UNITS_UNSAID,
} from './sale-case.ts'
import type { Settlement } from './settlement.ts'

export const checkNoOversell: Check = (saleCase) => {
  const { initialStock } = saleCase.sale
  const { least, most } = soldUnits(saleCase)
  const over = Math.max(0, least - initialStock)
  const finding = { measured: over, allowed: 0, unit: 'units', details: { sold: least, initialStock } }
  const soldOf = `${formatCount(least)} sold of ${formatCount(initialStock)}`
  const basis = saleCase.settlement.given ? '' : ', by what buyers were told'
  if (over > 0) {
    const sentence = `oversold by ${formatQuantity(over, 'unit')}: ${soldOf}${basis}`
    return { ...finding, verdict: 'fail', sentence, evidence: unitsBeyondStock(saleCase) }
  }
  if (most > initialStock) return undecided(saleCase, finding, most)
  return { ...finding, verdict: 'pass', sentence: `not oversold: ${soldOf}${basis}` }
}

function undecided(
  { settlement, sale }: SaleCase,
  finding: Omit<Finding, 'verdict' | 'sentence'>,
  most: number,
): Finding {
  const why = whyUndecided(settlement)
  const range = `between ${formatCount(finding.details!['sold']!)} and ${formatCount(most)} units`
  const sentence = `unknown: ${range} were sold of ${formatCount(sale.initialStock)}; ${why}`
  return { ...finding, verdict: 'unknown', sentence }
}

function whyUndecided({ given, settled }: Settlement): string {
  if (!given) return 'requests without an answer may have sold, and no ledger was given'
  return settled ? UNITS_UNSAID : NOT_SETTLED
}

/** Units surely and possibly sold. A settled ledger knows; any other leaves room for what it doesn't hold yet. */
function soldUnits({ buys, settlement }: SaleCase): { readonly least: number; readonly most: number } {
  if (settlement.settled) return { least: settlement.units, most: settlement.mostUnits }
  let acknowledged = 0
  let possible = 0
  for (let buy = 0; buy < buys.count; buy++) {
    const facts = buys.facts[buy]!
    if ((facts & FACT.found) !== 0) continue
    if ((facts & FACT.acknowledged) !== 0) acknowledged += buys.leastUnits(buy)
    if ((facts & (FACT.acknowledged | FACT.unanswered)) !== 0) possible += buys.mostUnits(buy)
  }
  // What a ledger holds is sold; an acknowledged order that it doesn't hold yet is for another check.
  if (settlement.given) return { least: settlement.units, most: settlement.mostUnits + possible }
  return { least: acknowledged, most: possible }
}

/** The first buyers who were told `sold` after the last unit was gone. */
function unitsBeyondStock(saleCase: SaleCase): Evidence[] {
  const { columns, sale } = saleCase
  const evidence: Evidence[] = []
  let units = 0
  for (const row of soldRowsInOrder(saleCase)) {
    units += saleCase.buys.leastUnits(columns.buy[row]!)
    if (units <= sale.initialStock) continue
    const at = moment(saleCase, columns.completedAtNs[row]!)
    const sentence = `${buyerOf(saleCase, row)} was told "sold" at ${at}: that made ${formatCount(units)} of ${formatQuantity(sale.initialStock, 'unit')}`
    evidence.push({ sentence, operations: operationsOf(saleCase, [row]) })
    if (evidence.length === EXAMPLES) return evidence
  }
  return evidence.length > 0 ? evidence : [unansweredUnits(saleCase)]
}

/** Those who were told `sold` are no more than the units: the others were sold theirs without an answer. */
function unansweredUnits(saleCase: SaleCase): Evidence {
  const { settlement, ledger } = saleCase
  const held = `${formatQuantity(settlement.units, 'unit')} in ${formatQuantity(settlement.orderCount, 'order')}`
  const last = soldRowsInOrder(saleCase).slice(-EXAMPLES)
  const sentence = `${ledger?.source ?? 'the ledger'} holds ${held}; not every buyer who has one was told so${last.length > 0 ? ', these were the last' : ''}`
  return { sentence, operations: operationsOf(saleCase, last) }
}

/** First `sold` answers by the time they came. */
function soldRowsInOrder({ columns, buys }: SaleCase): number[] {
  const rows: number[] = []
  for (let buy = 0; buy < buys.count; buy++) {
    const row = buys.firstSoldRow(buy)
    if (row !== NO_ROW && !Number.isNaN(columns.completedAtNs[row]!)) rows.push(row)
  }
  return rows.sort((a, b) => columns.completedAtNs[a]! - columns.completedAtNs[b]! || a - b)
}
