/** No read is older than promised, and none shows a stock that was true at no time up to its return. */
import type { Evidence } from '../core/check.ts'
import { formatCount, formatMs, formatQuantity, NS_PER_MS } from '../core/units.ts'
import { EXAMPLES } from './refusal-watch.ts'
import { type Check, moment, notChecked, operationsOf, reading, type SaleCase } from './sale-case.ts'

export const checkStaleReads: Check = (saleCase) => {
  const { reads } = saleCase.history
  const promise = saleCase.sale.promise.reads
  if (reads.reads === 0) return notChecked('reads', 'the history has no reads')
  const lag = { lagP50Ms: reads.lagMs(0.5), lagP99Ms: reads.lagMs(0.99), lagMaxMs: reads.lagMs(1) }
  const details = { reads: reads.reads, impossible: reads.impossible, tooOld: reads.tooOld, ...lag }
  const lagText = `lag p50 ${formatMs(lag.lagP50Ms)}, p99 ${formatMs(lag.lagP99Ms)}, max ${formatMs(lag.lagMaxMs)}`
  if (promise.kind === 'advisory') return notChecked('reads', `reads are advisory here (${lagText})`, details)
  const wrong = reads.tooOld + reads.impossible
  const finding = { measured: wrong, allowed: 0, unit: 'reads', details }
  if (wrong > 0) {
    const sentence = `${sentenceOf(saleCase)}; ${lagText}`
    return { ...finding, verdict: 'fail', sentence, evidence: stories(saleCase) }
  }
  const all = formatQuantity(reads.reads, 'read')
  const judged =
    promise.kind === 'stale'
      ? `${all}, none older than ${formatMs(promise.maxAgeMs)}`
      : `${all} of a stock that was true at some time`
  return { ...finding, verdict: 'pass', sentence: `${judged}; ${lagText}` }
}

function sentenceOf({ sale, history }: SaleCase): string {
  const { tooOld, impossible } = history.reads
  const parts: string[] = []
  if (tooOld > 0 && sale.promise.reads.kind === 'stale') {
    const were = tooOld === 1 ? 'was' : 'were'
    parts.push(
      `${formatQuantity(tooOld, 'read')} ${were} older than the promised ${formatMs(sale.promise.reads.maxAgeMs)}`,
    )
  }
  if (impossible > 0) parts.push(`${formatQuantity(impossible, 'read')} showed a stock that was true at no time`)
  return parts.join(', ')
}

function stories(saleCase: SaleCase): Evidence[] {
  const { columns, history, sale } = saleCase
  const readOf = (row: number): string =>
    `${reading(columns.operation(row))} at ${moment(saleCase, columns.sentAtNs[row]!)} showed ${formatCount(columns.shownStock[row]!)} left`
  const tooOld = history.reads.tooOldExamples.map(({ row, lagNs }) => ({
    sentence: `${readOf(row)}, which had not been true for ${formatMs(lagNs / NS_PER_MS)}`,
    operations: operationsOf(saleCase, [row]),
  }))
  const impossible = history.reads.impossibleExamples.map(({ row, possiblySold }) => {
    const isTooMany = columns.shownStock[row]! > sale.initialStock
    const why = isTooMany ? 'more than there ever were' : `when at most ${formatCount(possiblySold)} can have been sold`
    return {
      sentence: `${readOf(row)} of ${formatCount(sale.initialStock)}, ${why}`,
      operations: operationsOf(saleCase, [row]),
    }
  })
  return [...tooOld, ...impossible].slice(0, EXAMPLES)
}
