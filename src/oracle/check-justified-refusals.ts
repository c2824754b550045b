/** Nobody is told `soldOut` while stock must be left, `limitReached` while within the limit, or that an open sale is not. */
import type { Evidence } from '../core/check.ts'
import { formatCount, formatQuantity } from '../core/units.ts'
import { edgesOf, type NotOpenAnswers, notOpenAnswers } from './opening-hours.ts'
import { EXAMPLES } from './refusal-watch.ts'
import { buyerOf, type Check, moment, operationsOf, type SaleCase } from './sale-case.ts'

export const checkJustifiedRefusals: Check = (saleCase) => {
  const { soldOutAnswers, limitAnswers, unjustifiedSoldOut, unjustifiedLimit, unjudgedLimit } =
    saleCase.history.refusals
  const notOpen = notOpenAnswers(saleCase.columns, edgesOf(saleCase.sale))
  const unjustified = unjustifiedSoldOut + unjustifiedLimit + notOpen.unjustified
  const details = {
    soldOutAnswers,
    limitAnswers,
    unjustifiedSoldOut,
    unjustifiedLimit,
    ...(notOpen.answers > 0 && { notOpenAnswers: notOpen.answers, unjustifiedNotOpen: notOpen.unjustified }),
  }
  const finding = { measured: unjustified, allowed: 0, unit: 'answers', details }
  if (unjustified > 0) {
    const sentence = sentenceOf(unjustifiedSoldOut, unjustifiedLimit, notOpen.unjustified)
    return { ...finding, verdict: 'fail', sentence, evidence: stories(saleCase, notOpen) }
  }
  const excuse = saleCase.sale.limitRefusalsExcused
  if (unjudgedLimit > 0 && excuse === undefined) {
    const why =
      saleCase.sale.perUserLimitKnown === false ? 'no limit was given' : 'nobody recorded whom they were given to'
    const sentence = `unknown: ${formatQuantity(unjudgedLimit, 'answer')} "limit reached" can't be judged, for ${why}`
    return { ...finding, measured: null, verdict: 'unknown', sentence }
  }
  const excused =
    unjudgedLimit === 0 ? '' : `; ${formatQuantity(unjudgedLimit, 'answer')} "limit reached" not judged, for ${excuse}`
  const judgedLimit = limitAnswers - unjudgedLimit
  const isNothingJudged = soldOutAnswers + judgedLimit + notOpen.answers === 0
  const sentence =
    isNothingJudged && unjudgedLimit > 0
      ? 'nobody was told "sold out"'
      : passSentence(soldOutAnswers, judgedLimit, notOpen.answers)
  return { ...finding, verdict: 'pass', sentence: `${sentence}${excused}` }
}

function sentenceOf(soldOut: number, limit: number, notOpen: number): string {
  const parts: string[] = []
  if (soldOut > 0) parts.push(`${formatQuantity(soldOut, 'answer')} "sold out" while stock must have been left`)
  if (limit > 0) parts.push(`${formatQuantity(limit, 'answer')} "limit reached" to users within the limit`)
  if (notOpen > 0) parts.push(`${formatQuantity(notOpen, 'answer')} "not open" while the sale was`)
  return parts.join(', ')
}

function passSentence(soldOut: number, limit: number, notOpen: number): string {
  if (soldOut + limit + notOpen === 0) return 'nobody was told "sold out" or "limit reached"'
  const early = notOpen === 0 ? '' : `, ${formatCount(notOpen)} "not open"`
  return `nobody was turned away with stock left: ${formatQuantity(soldOut, 'answer')} "sold out", ${formatCount(limit)} "limit reached"${early}`
}

function stories(saleCase: SaleCase, notOpen: NotOpenAnswers): Evidence[] {
  const { columns, sale, history } = saleCase
  const soldOut = history.refusals.soldOutExamples.map(({ row, possiblySold }) => ({
    sentence: `${buyerOf(saleCase, row)} was told "sold out" at ${moment(saleCase, columns.completedAtNs[row]!)}, when at most ${formatCount(possiblySold)} of ${formatQuantity(sale.initialStock, 'unit')} can have been sold`,
    operations: operationsOf(saleCase, [row]),
  }))
  const limit = history.refusals.limitExamples.map(({ row, possiblySold }) => ({
    sentence: `${buyerOf(saleCase, row)} was told "limit reached" at ${moment(saleCase, columns.completedAtNs[row]!)}, having ${formatQuantity(possiblySold, 'unit')} at most and asking for ${formatCount(columns.quantity[row]!)}; ${limitText(sale.perUserLimit)}`,
    operations: operationsOf(saleCase, [row]),
  }))
  const early = notOpen.examples.map((row) => ({
    sentence: `${buyerOf(saleCase, row)} asked at ${moment(saleCase, columns.sentAtNs[row]!)} and was told "not open" at ${moment(saleCase, columns.completedAtNs[row]!)}, within the opening hours`,
    operations: operationsOf(saleCase, [row]),
  }))
  return [...soldOut, ...limit, ...early].slice(0, EXAMPLES)
}

function limitText(limit: number | null): string {
  return limit === null ? 'there is no limit' : `the limit is ${formatCount(limit)}`
}
