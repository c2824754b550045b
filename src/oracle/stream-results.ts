/** What a watch says of a sale, check by check, in the words of a file's judgement. */
import { CHECK_NAMES, CHECKS, type CheckName, type CheckResult } from '../core/check.ts'
import { formatCount, formatQuantity } from '../core/units.ts'
import type { StreamFault, StreamSale } from './stream-sale.ts'

interface Word {
  readonly verdict: CheckResult['verdict']
  readonly sentence: string
  readonly measured?: number
}

/** One result for each check, in the order of CHECKS. */
export function resultsOf(sale: StreamSale, soldElsewhere: boolean): CheckResult[] {
  const emptiness = emptinessOf(sale)
  return CHECK_NAMES.map((check) => {
    const fault = standingFault(sale, check)
    if (fault !== null) return resultOf(sale, check, { ...fault, verdict: 'fail', sentence: told(fault) }, fault)
    const word = inDoubt(sale, wordOn(sale, check))
    if (word.verdict !== 'pass' || emptiness === null) return resultOf(sale, check, word)
    const verdict = soldElsewhere ? 'not-checked' : 'unknown'
    return resultOf(sale, check, { verdict, sentence: `${verdict.replace('-', ' ')}: ${emptiness}` })
  })
}

/** A fault that was found and that nothing has put in doubt since. */
export function standingFault(sale: StreamSale, check: CheckName): StreamFault | null {
  const fault = sale.faults.get(check)
  if (fault === undefined || (fault.restsOnOrder && !sale.isOrderKnown)) return null
  if (sale.isMixed && check !== 'never-negative') return null
  if (check === 'per-user-limit' && !sale.isLimitKnown) return null
  if (check === 'no-oversell' && sale.oversoldUnits === 0) return null
  return check === 'per-user-limit' && sale.usersOver === 0 ? null : fault
}

function told({ sentence }: StreamFault): string {
  return sentence.replace(/,? so far/, '')
}

function emptinessOf({ soldUnits, soldOutAnswers, buys, operations, sale }: StreamSale): string | null {
  if (operations === 0) return 'no request was sent, so nothing was shown'
  if (buys === 0) return 'nobody tried to buy, so nothing was shown'
  if (soldUnits > 0 || (sale.initialStock === 0 && soldOutAnswers > 0)) return null
  return 'nobody was told "sold" although there was stock and buyers came, so nothing was shown'
}

/** What passes only where every operation of the sale was heard, and none of another one. */
function inDoubt({ isMixed, missedOperations }: StreamSale, word: Word): Word {
  if (word.verdict === 'not-checked') return word
  if (isMixed) {
    const why = 'some of its lines name no "sku", and may be of another sale'
    return { verdict: 'unknown', sentence: `unknown: ${why}` }
  }
  if (missedOperations === 0) return word
  const missed = formatQuantity(missedOperations, 'operation')
  return { verdict: 'unknown', sentence: `unknown: ${missed} came before the sale was opened` }
}

function wordOn(stream: StreamSale, check: CheckName): Word {
  const { sale } = stream
  switch (check) {
    case 'no-oversell':
      return onOversell(stream)
    case 'exactly-once':
      return onOrder(stream, 'no request made more than one order, by what buyers were told')
    case 'per-user-limit':
      return onLimit(stream)
    case 'never-negative':
      if (stream.reads === 0) return { verdict: 'not-checked', sentence: 'not checked: nobody read the stock' }
      return {
        verdict: 'pass',
        sentence: `no stock below zero was seen: the lowest was ${formatCount(stream.lowestShown)}`,
      }
    case 'justified-refusals': {
      const answers = formatQuantity(stream.soldOutAnswers, 'answer')
      return onOrder(stream, `no "sold out" was wrong beyond doubt: ${answers}`)
    }
    case 'nothing-early':
      if (sale.hours === undefined) {
        return { verdict: 'not-checked', sentence: 'not checked: nobody said when the sale was open' }
      }
      return onOrder(stream, 'nothing was sold outside the opening hours')
    case 'linearizable':
      return onOrder(stream, 'one order of events explains what everybody saw')
    case 'acknowledged-kept':
    case 'nothing-invented':
    case 'conservation':
    case 'sold-through':
    case 'stale-reads':
    case 'settled-cache':
    case 'fairness':
      return { verdict: 'not-checked', sentence: `not checked: ${whyNot(check)}` }
  }
}

function onOversell({ soldUnits, unknownUnits, sale }: StreamSale): Word {
  const of = `of ${formatCount(sale.initialStock)}`
  if (soldUnits + unknownUnits <= sale.initialStock) {
    const sentence = `not oversold: ${formatCount(soldUnits)} sold ${of}, by what buyers were told`
    return { verdict: 'pass', sentence, measured: 0 }
  }
  const range = `between ${formatCount(soldUnits)} and ${formatCount(soldUnits + unknownUnits)} units`
  const why = 'requests without an answer may have sold, and a watch reads no ledger'
  return { verdict: 'unknown', sentence: `unknown: ${range} were sold ${of}; ${why}` }
}

const UNKNOWN_LIMIT = 'unknown: the line that said what the limit is came after the first operations'

function onLimit({ sale, isLimitKnown, attributed, unattributed }: StreamSale): Word {
  const { perUserLimit } = sale
  if (!isLimitKnown) return { verdict: 'unknown', sentence: UNKNOWN_LIMIT }
  if (perUserLimit === null) return { verdict: 'not-checked', sentence: 'not checked: no limit was given' }
  const who = 'give the lines their "userId"'
  if (attributed === 0 && unattributed > 0) {
    return { verdict: 'not-checked', sentence: `not checked: nobody recorded which user an order is of; ${who}` }
  }
  if (unattributed > 0) {
    const orders = formatQuantity(unattributed, 'order')
    return { verdict: 'unknown', sentence: `unknown: nobody recorded the user of ${orders}; ${who}` }
  }
  return { verdict: 'pass', sentence: `no user was sold more than ${formatQuantity(perUserLimit, 'unit')}` }
}

function onOrder(stream: StreamSale, sentence: string): Word {
  if (stream.lateOperations > 0) {
    const late = formatQuantity(stream.lateOperations, 'operation')
    return { verdict: 'unknown', sentence: `unknown: ${late} came after that time had been judged` }
  }
  if (stream.contraryToTerms > 0) {
    const contrary = formatQuantity(stream.contraryToTerms, 'operation')
    return { verdict: 'unknown', sentence: `unknown: ${contrary} can't be put in order with the others` }
  }
  if (stream.operations > 0 && stream.windowRows === stream.operations) {
    return { verdict: 'unknown', sentence: 'unknown: the watch ended before it was certain what came before what' }
  }
  if (!stream.isOrderKnown) {
    return { verdict: 'unknown', sentence: 'unknown: the line that opened the sale came after the first operations' }
  }
  return { verdict: 'pass', sentence }
}

function whyNot(check: CheckName): string {
  return CHECKS[check].needs === 'history'
    ? 'it takes the whole history, as `verify` has it'
    : 'a watch reads no ledger'
}

function resultOf({ sale }: StreamSale, check: CheckName, word: Word, fault?: StreamFault): CheckResult {
  return {
    check,
    step: 0,
    sku: sale.sku,
    verdict: word.verdict,
    measured: word.measured ?? null,
    allowed: word.measured === undefined ? null : 0,
    unit: check === 'no-oversell' || check === 'never-negative' ? 'units' : 'findings',
    sentence: word.sentence,
    details: {},
    evidence: fault === undefined ? [] : [fault.evidence],
  }
}
