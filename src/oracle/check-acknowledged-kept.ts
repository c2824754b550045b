/**
 * Every buyer who was told `sold` has the order in the settled ledger, durable: of as many units, with the id that they
 * were told, and theirs.
 */
import type { Evidence } from '../core/check.ts'
import { formatCount, formatQuantity } from '../core/units.ts'
import { FACT } from './buys.ts'
import { EXAMPLES } from './refusal-watch.ts'
import type { DeviantOrder, Deviation } from './settlement.ts'
import {
  buyerOf,
  type Check,
  type Finding,
  moment,
  NOT_SETTLED,
  notChecked,
  operationsOf,
  type SaleCase,
} from './sale-case.ts'

export const checkAcknowledgedKept: Check = (saleCase) => {
  if (!saleCase.settlement.given) return notChecked('buyers', 'no ledger was given')
  const missing = missingOrders(saleCase)
  const deviant = deviantOrders(saleCase)
  const broken = missing.least + deviant.length
  const details = { acknowledged: missing.acknowledged, onlyQueued: missing.queued, otherThanPromised: deviant.length }
  const finding = { measured: broken, allowed: 0, unit: 'buyers', details }
  if (missing.most === 0 && deviant.length === 0)
    return { ...finding, verdict: 'pass', sentence: keptSentence(missing.acknowledged) }
  if (!saleCase.settlement.settled && deviant.length === 0) {
    return {
      ...finding,
      measured: null,
      verdict: 'unknown',
      sentence: `unknown: ${formatQuantity(missing.most, 'order')} of buyers who were told "sold" not found yet; ${NOT_SETTLED}`,
    }
  }
  if (broken === 0) return unidentified(finding, missing.most)
  const lost = saleCase.settlement.settled && missing.least > 0
  const sentences = [
    ...(lost ? [lostSentence(missing)] : []),
    ...(deviant.length > 0 ? [deviantSentence(deviant)] : []),
  ]
  const evidence = [
    ...(lost ? lostOrders(saleCase, missing) : []),
    ...deviant.slice(0, EXAMPLES).map((order) => deviantStory(saleCase, order)),
  ].slice(0, EXAMPLES)
  const measured = (lost ? missing.least : 0) + deviant.length
  return { ...finding, measured, verdict: 'fail', sentence: sentences.join('; '), evidence }
}

/** Orders of buyers who were told `sold`, and have another one than that. An order that is there doesn't change. */
function deviantOrders({ buys, settlement }: SaleCase): readonly DeviantOrder[] {
  return [...settlement.deviant.values()].filter(({ buy }) => (buys.facts[buy]! & FACT.acknowledged) !== 0)
}

function deviantSentence(deviant: readonly DeviantOrder[]): string {
  const kinds = [...new Set(deviant.map((order) => DEVIATION_WORDS[order.in]))]
  const have = deviant.length === 1 ? 'has' : 'have'
  return `${formatQuantity(deviant.length, 'buyer')} ${have} another order than promised (${kinds.join(', ')})`
}

const DEVIATION_WORDS: Readonly<Record<Deviation, string>> = {
  quantity: 'of other units than asked for',
  'order id': 'with another id',
  user: 'in the name of another user',
}

function deviantStory(saleCase: SaleCase, { buy, order, in: deviation }: DeviantOrder): Evidence {
  const { buys, columns } = saleCase
  const row = buys.firstSoldRow[buy]!
  const facts: Readonly<Record<Deviation, () => string>> = {
    quantity: () =>
      `asked for ${formatQuantity(columns.quantity[row]!, 'unit')} and was told "sold"; order ${order.orderId} is of ${formatCount(order.quantity)}`,
    'order id': () => `was told order ${columns.orderId(row)!}; the ledger has order ${order.orderId} for this request`,
    user: () => `was told "sold"; order ${order.orderId} of this request is in the name of ${order.userId!}`,
  }
  return { sentence: `${buyerOf(saleCase, row)} ${facts[deviation]()}`, operations: operationsOf(saleCase, [row]) }
}

interface MissingOrders {
  readonly acknowledged: number
  /** At least and at most so many buyers have no (durable) order. */
  readonly least: number
  readonly most: number
  /** Of them, those whose order is still only in a queue. */
  readonly queued: number
  /** The first few, in order of the buys' numbers. */
  readonly examples: readonly number[]
}

function missingOrders({ columns, buys, settlement }: SaleCase): MissingOrders {
  const examples: number[] = []
  let acknowledged = 0
  let queued = 0
  let named = 0
  let nameless = 0
  for (let buy = 0; buy < buys.count; buy++) {
    const facts = buys.facts[buy]!
    if ((facts & FACT.acknowledged) === 0) continue
    acknowledged++
    if ((facts & FACT.foundDurable) !== 0) continue
    if (examples.length < EXAMPLES) examples.push(buy)
    if ((facts & FACT.found) !== 0) queued++
    else if (columns.requestIdOf(buy) === null) nameless++
    else named++
  }
  const namelessMissing = Math.max(0, nameless - settlement.strangers.length)
  const least = Math.max(0, named + namelessMissing - settlement.anonymous.length) + queued
  return { acknowledged, least, most: named + nameless + queued, queued, examples }
}

function keptSentence(acknowledged: number): string {
  return acknowledged === 0
    ? 'nobody was told "sold"'
    : `every order that a buyer was promised exists: ${formatCount(acknowledged)} of ${formatCount(acknowledged)}`
}

function lostSentence({ least, most, queued }: MissingOrders): string {
  if (queued === most) {
    return `${formatQuantity(queued, 'buyer')} ${queued === 1 ? 'was' : 'were'} promised an order that is not durable: it is still only in a queue`
  }
  const atLeast = least < most ? 'at least ' : ''
  const were = least === 1 ? 'was' : 'were'
  return `${atLeast}${formatQuantity(least, 'buyer')} ${were} promised an order that does not exist`
}

function unidentified(finding: Omit<Finding, 'verdict' | 'sentence'>, most: number): Finding {
  const sentence = `unknown: the ledger's orders without request ids may be those of ${formatQuantity(most, 'buyer')} who ${most === 1 ? 'was' : 'were'} told "sold", or not`
  return { ...finding, measured: null, verdict: 'unknown', sentence }
}

/** Where some order may be anybody's, nobody in particular can be named. */
function lostOrders(saleCase: SaleCase, { least, most, examples }: MissingOrders): Evidence[] {
  if (least < most) return []
  return examples.map((buy) => {
    const row = saleCase.buys.firstSoldRow[buy]!
    const completedAtNs = saleCase.columns.completedAtNs[row]!
    const at = Number.isNaN(completedAtNs) ? '' : ` at ${moment(saleCase, completedAtNs)}`
    const isQueued = (saleCase.buys.facts[buy]! & FACT.found) !== 0
    const orderId = saleCase.columns.orderId(row)
    const what = orderId === null ? 'an order' : `order ${orderId}`
    return {
      sentence: `${buyerOf(saleCase, row)} was told "sold" (${what})${at}; the ledger ${isQueued ? 'has it only in a queue' : 'has no order of this request'}`,
      operations: operationsOf(saleCase, [row]),
    }
  })
}
