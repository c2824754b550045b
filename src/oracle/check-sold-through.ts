/**
 * No unit stays unsold while buyers who asked for it were turned away for no reason of their own. Fails only a target
 * that promised it; for all others it is a figure that a threshold may use.
 */
import { formatCount, formatQuantity } from '../core/units.ts'
import { UNREAD_CODES } from '../core/unread-answers.ts'
import type { Evidence } from '../core/check.ts'
import { FACT } from './buys.ts'
import { holdingsInLedger } from './holdings.ts'
import { EXAMPLES } from './refusal-watch.ts'
import {
  attemptsOf,
  buyerOf,
  type Check,
  NOT_SETTLED,
  notChecked,
  operationsOf,
  type SaleCase,
  UNITS_UNSAID,
} from './sale-case.ts'
import { BUY, NO_USER } from './sale-columns.ts'

export const checkSoldThrough: Check = (saleCase) => {
  const { sale, settlement, saturated } = saleCase
  if (!settlement.given) return notChecked('units', 'no ledger was given')
  const unsold = Math.max(0, sale.initialStock - settlement.mostUnits)
  const mayBeMore = settlement.mostUnits > settlement.units && sale.initialStock > settlement.units
  const away = turnedAway(saleCase, unsold)
  const details = { unsold, turnedAway: away.buyers, unitsTurnedAway: away.units }
  const figures = `${mayBeMore ? 'at least ' : ''}${formatQuantity(unsold, 'unit')} unsold, ${formatQuantity(away.buyers, 'buyer')} turned away without good reason`
  if (saturated) return notChecked('units', `the target was saturated (${figures})`, details)
  if (!sale.promise.sellsThrough) {
    return notChecked('units', `this target does not promise to sell through (${figures})`, details)
  }
  const finding = { measured: unsold, allowed: 0, unit: 'units', details }
  if (!settlement.settled)
    return { ...finding, measured: null, verdict: 'unknown', sentence: `unknown: ${NOT_SETTLED}` }
  if (mayBeMore) return { ...finding, measured: null, verdict: 'unknown', sentence: `unknown: ${UNITS_UNSAID}` }
  if (unsold > 0 && away.units >= unsold) {
    const stayed = `${formatQuantity(unsold, 'unit')} stayed unsold`
    const buyers = `${formatQuantity(away.buyers, 'buyer')} who asked for ${formatCount(away.units)} ${away.buyers === 1 ? 'was' : 'were'} turned away without good reason`
    return {
      ...finding,
      verdict: 'fail',
      sentence: `${stayed} although ${buyers}`,
      evidence: stories(saleCase, away.examples),
    }
  }
  if (unsold > 0 && away.units + away.unreadUnits >= unsold) {
    const buyers = formatQuantity(away.unread, 'buyer')
    const sentence = `unknown: ${figures}; nobody could make sense of what ${buyers} without an order ${away.unread === 1 ? 'was' : 'were'} told`
    return { ...finding, measured: null, verdict: 'unknown', sentence }
  }
  // What is left is no fault: fewer were turned away than units are left.
  return { ...finding, allowed: unsold, verdict: 'pass', sentence: `sold through: ${figures}` }
}

interface TurnedAway {
  readonly buyers: number
  readonly units: number
  readonly examples: readonly number[]
  /** Buyers without an order who may have been told why, in an answer that nobody could make sense of. */
  readonly unread: number
  readonly unreadUnits: number
}

/**
 * Buyers without an order who were refused for no reason of theirs, or never answered. Where units are left, only those
 * whom they would have served: who asked for no more than that, and may have as many.
 */
function turnedAway(saleCase: SaleCase, unsold: number): TurnedAway {
  const { buys } = saleCase
  const mayHave = withinLimit(saleCase)
  const examples: number[] = []
  const unreadBuys = buysOfUnreadAnswers(saleCase)
  let buyers = 0
  let units = 0
  let unread = 0
  let unreadUnits = 0
  for (let buy = 0; buy < buys.count; buy++) {
    if (!wasTurnedAway(saleCase, buy)) continue
    const asked = buys.mostUnits(buy)
    if (unsold > 0 && (asked > unsold || !mayHave(buy, asked))) continue
    if (unreadBuys.has(buy)) {
      unread++
      unreadUnits += asked
      continue
    }
    buyers++
    units += asked
    if (examples.length < EXAMPLES) examples.push(buy)
  }
  return { buyers, units, examples, unread, unreadUnits }
}

function buysOfUnreadAnswers({ columns }: SaleCase): ReadonlySet<number> {
  const buys = new Set<number>()
  const isUnread = columns.codes.map((code) => UNREAD_CODES.includes(code))
  if (!isUnread.includes(true)) return buys
  for (let row = 0; row < columns.length; row++) {
    if (columns.kind[row] === BUY && isUnread[columns.code[row]!]) buys.add(columns.buy[row]!)
  }
  return buys
}

function wasTurnedAway({ buys, settlement }: SaleCase, buy: number): boolean {
  const facts = buys.facts[buy]!
  if ((facts & (FACT.refused | FACT.unanswered)) === 0) return false
  if ((facts & (FACT.acknowledged | FACT.found | FACT.deniedForAReason)) !== 0) return false
  // An order that can't be told from others may be theirs.
  return (facts & FACT.unanswered) === 0 || !settlement.settled || !settlement.mayHaveUnfoundOrder(buy)
}

/** Gives the user of a buy so many units more, if the limit lets them; never so where it meets an unknown user. */
function withinLimit(saleCase: SaleCase): (buy: number, units: number) => boolean {
  const { sale, buys } = saleCase
  const limit = sale.perUserLimit
  if (limit === null) return () => true
  const { least, unattributed } = holdingsInLedger(saleCase, limit)
  return (buy, units) => {
    const user = buys.userOf(buy)
    if (user === NO_USER || unattributed > 0 || least[user]! + units > limit) return false
    least[user]! += units
    return true
  }
}

function stories(saleCase: SaleCase, examples: readonly number[]): Evidence[] {
  return [...attemptsOf(saleCase, examples)].map(([buy, rows]) => {
    const isUnanswered = (saleCase.buys.facts[buy]! & FACT.unanswered) !== 0
    return {
      sentence: `${buyerOf(saleCase, rows[0]!)} was ${isUnanswered ? 'never answered, has no order' : 'refused'}, and units were left at the end`,
      operations: operationsOf(saleCase, rows),
    }
  })
}
