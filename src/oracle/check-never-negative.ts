/** No stock below zero is stored, or shown to anybody. */
import type { Evidence } from '../core/check.ts'
import { formatCount, formatQuantity } from '../core/units.ts'
import { type Check, moment, NOT_SETTLED, notChecked, operationsOf, reading, type SaleCase } from './sale-case.ts'

export const checkNeverNegative: Check = (saleCase) => {
  const { ledger, history, settlement } = saleCase
  const stored = [ledger?.remainingStock, ledger?.shownAfterSettling].filter((value) => typeof value === 'number')
  if (stored.length === 0 && history.reads.reads === 0) {
    return notChecked('units', 'nobody read the stock, and no ledger says how much is left')
  }
  const lowest = stored.reduce((low, value) => Math.min(low, value), history.reads.lowestShown)
  const finding = { measured: lowest, allowed: 0, unit: 'units', details: { negativeReads: history.reads.negative } }
  if (lowest < 0)
    return { ...finding, verdict: 'fail', sentence: sentenceOf(saleCase, lowest), evidence: stories(saleCase) }
  if (settlement.given && !settlement.settled)
    return { ...finding, verdict: 'unknown', sentence: `unknown: ${NOT_SETTLED}` }
  return {
    ...finding,
    verdict: 'pass',
    sentence: `no stock below zero was seen: the lowest was ${formatCount(lowest)}`,
  }
}

function sentenceOf({ history }: SaleCase, lowest: number): string {
  const { negative } = history.reads
  const shown = negative === 0 ? 'stored' : `shown to ${formatQuantity(negative, 'reader')}`
  return `a stock below zero was ${shown}: ${formatCount(lowest)}`
}

function stories(saleCase: SaleCase): Evidence[] {
  const { columns, history, ledger } = saleCase
  const shown = history.reads.negativeRows.map((row) => ({
    sentence: `${reading(columns.operation(row))} at ${moment(saleCase, columns.sentAtNs[row]!)} showed ${formatCount(columns.shownStock[row]!)} left`,
    operations: operationsOf(saleCase, [row]),
  }))
  if (shown.length > 0 || ledger === null) return shown
  return [{ sentence: `${ledger.source}: ${formatCount(ledger.remainingStock ?? 0)} left`, operations: [] }]
}
