/** Nobody is told `soldOut` while stock must be left, or `limitReached` while within the limit. */
import type { Evidence } from '../core/check.ts'
import { formatCount, formatQuantity } from '../core/units.ts'
import { EXAMPLES } from './refusal-watch.ts'
import { buyerOf, type Check, moment, operationsOf, type SaleCase } from './sale-case.ts'

export const checkJustifiedRefusals: Check = (saleCase) => {
  const { soldOutAnswers, limitAnswers, unjustifiedSoldOut, unjustifiedLimit, unjudgedLimit } =
    saleCase.history.refusals
  const unjustified = unjustifiedSoldOut + unjustifiedLimit
  const details = { soldOutAnswers, limitAnswers, unjustifiedSoldOut, unjustifiedLimit }
  const finding = { measured: unjustified, allowed: 0, unit: 'answers', details }
  if (unjustified > 0) {
    const sentence = sentenceOf(unjustifiedSoldOut, unjustifiedLimit)
    return { ...finding, verdict: 'fail', sentence, evidence: stories(saleCase) }
  }
  if (unjudgedLimit > 0) {
    const why =
      saleCase.sale.perUserLimitKnown === false ? 'no limit was given' : 'nobody recorded whom they were given to'
    const sentence = `unknown: ${formatQuantity(unjudgedLimit, 'answer')} "limit reached" can't be judged, for ${why}`
    return { ...finding, measured: null, verdict: 'unknown', sentence }
  }
  return { ...finding, verdict: 'pass', sentence: passSentence(soldOutAnswers, limitAnswers) }
}

function sentenceOf(soldOut: number, limit: number): string {
  const parts: string[] = []
  if (soldOut > 0) parts.push(`${formatQuantity(soldOut, 'answer')} "sold out" while stock must have been left`)
  if (limit > 0) parts.push(`${formatQuantity(limit, 'answer')} "limit reached" to users within the limit`)
  return parts.join(', ')
}

function passSentence(soldOut: number, limit: number): string {
  if (soldOut + limit === 0) return 'nobody was told "sold out" or "limit reached"'
  return `nobody was turned away with stock left: ${formatQuantity(soldOut, 'answer')} "sold out", ${formatCount(limit)} "limit reached"`
}

function stories(saleCase: SaleCase): Evidence[] {
  const { columns, sale, history } = saleCase
  const soldOut = history.refusals.soldOutExamples.map(({ row, possiblySold }) => ({
    sentence: `${buyerOf(saleCase, row)} was told "sold out" at ${moment(saleCase, columns.completedAtNs[row]!)}, when at most ${formatCount(possiblySold)} of ${formatQuantity(sale.initialStock, 'unit')} can have been sold`,
    operations: operationsOf(saleCase, [row]),
  }))
  const limit = history.refusals.limitExamples.map(({ row, possiblySold }) => ({
    sentence: `${buyerOf(saleCase, row)} was told "limit reached" at ${moment(saleCase, columns.completedAtNs[row]!)}, having ${formatQuantity(possiblySold, 'unit')} at most and asking for ${formatCount(columns.quantity[row]!)}; ${limitText(sale.perUserLimit)}`,
    operations: operationsOf(saleCase, [row]),
  }))
  return [...soldOut, ...limit].slice(0, EXAMPLES)
}

function limitText(limit: number | null): string {
  return limit === null ? 'there is no limit' : `the limit is ${formatCount(limit)}`
}
