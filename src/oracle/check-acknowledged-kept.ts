/**
 * Every buyer who was told `sold` has the order in the settled ledger, durable: of as many units, with the id that they
 * were told, and theirs.
 */
import type { Evidence } from '../core/check.ts'
import { formatCount, formatQuantity } from '../core/units.ts'
import { FACT } from './buys.ts'
import type { Deviation } from './order-comparison.ts'
import { EXAMPLES } from './refusal-watch.ts'
import {
  buyerOf,
  type Check,
  moment,
  NOT_SETTLED,
  notChecked,
  operationsOf,
  REQUEST_IDS_WANTED,
  type SaleCase,
} from './sale-case.ts'
import type { DeviantOrder } from './settlement.ts'

export const checkAcknowledgedKept: Check = (saleCase) => {
  if (!saleCase.settlement.given) return notChecked('buyers', 'no ledger was given')
  const missing = missingOrders(saleCase)
  const deviant = deviantOrders(saleCase)
  const altered = deviant.filter(({ isCertain }) => isCertain)
  // An order that is there doesn't change; one that is not may still come.
  const { least: lost, leastUnits: lostUnits } = saleCase.settlement.settled ? missing : { least: 0, leastUnits: 0 }
  const { acknowledged, queued: onlyQueued } = missing
  const details = { acknowledged, onlyQueued, otherThanPromised: altered.length, lostUnits }
  const finding = { measured: lost + altered.length, allowed: 0, unit: 'buyers', details }
  if (finding.measured > 0) {
    const sentences = [lost > 0 ? lostSentence(missing) : '', altered.length > 0 ? alteredSentence(altered) : '']
    const stories = [
      ...(lost > 0 ? lostOrders(saleCase, missing) : []),
      ...altered.slice(0, EXAMPLES).map((order) => alteredStory(saleCase, order)),
    ]
    const sentence = sentences.filter((part) => part !== '').join('; ')
    return { ...finding, verdict: 'fail', sentence, evidence: stories.slice(0, EXAMPLES) }
  }
  const doubt = doubtAbout(saleCase, missing, deviant)
  if (doubt !== null) return { ...finding, measured: null, verdict: 'unknown', sentence: `unknown: ${doubt}` }
  return { ...finding, verdict: 'pass', sentence: keptSentence(missing.acknowledged) }
}

/** Orders of buyers who were told `sold`, and have another one than that. One that is only queued is missing already. */
function deviantOrders({ buys, settlement }: SaleCase): readonly DeviantOrder[] {
  return [...settlement.deviant.values()].filter(({ buy }) => {
    const facts = buys.facts[buy]!
    return (facts & FACT.acknowledged) !== 0 && (!settlement.settled || (facts & FACT.foundDurable) !== 0)
  })
}

function doubtAbout(
  { settlement }: SaleCase,
  { most }: MissingOrders,
  deviant: readonly DeviantOrder[],
): string | null {
  const were = most === 1 ? 'was' : 'were'
  if (most > 0 && !settlement.settled) {
    return `${formatQuantity(most, 'order')} of buyers who were told "sold" not found yet; ${NOT_SETTLED}`
  }
  if (most > 0) {
    return `the ledger's orders without request ids may be those of ${formatQuantity(most, 'buyer')} who ${were} told "sold", or not; ${REQUEST_IDS_WANTED}`
  }
  return deviant.length > 0 ? DOUBT_WORDS[deviant[0]!.in] : null
}

/** What to do about a difference that may be one of words. */
const DOUBT_WORDS: Readonly<Record<Deviation, string>> = {
  quantity:
    'orders are of more than one unit, and the history doesn\'t say how many were asked for; give its lines a "quantity"',
  'order id':
    'not one order has the id that its buyer was told: every order is another one than promised, or the two files have ids of different kinds (then leave "orderId" out of the history)',
  user: 'not one order is in the name of its buyer: every order is somebody else\'s, or the two files have ids of different kinds (then leave "userId" out of the ledger)',
}

function alteredSentence(altered: readonly DeviantOrder[]): string {
  const kinds = [...new Set(altered.map((order) => DEVIATION_WORDS[order.in]))]
  const have = altered.length === 1 ? 'has' : 'have'
  return `${formatQuantity(altered.length, 'buyer')} ${have} another order than promised (${kinds.join(', ')})`
}

const DEVIATION_WORDS: Readonly<Record<Deviation, string>> = {
  quantity: 'of other units than asked for',
  'order id': 'with another id',
  user: 'in the name of another user',
}

function alteredStory(saleCase: SaleCase, { buy, order, in: deviation, told }: DeviantOrder): Evidence {
  const { buys, columns } = saleCase
  const row = buys.firstSoldRow(buy)
  const facts: Readonly<Record<Deviation, () => string>> = {
    quantity: () =>
      `asked for ${formatQuantity(columns.quantity[row]!, 'unit')} and was told "sold"; order ${order.orderId} is of ${formatCount(order.quantity)}`,
    'order id': () => `was told order ${told!}; the ledger has order ${order.orderId} for this request`,
    user: () => `was told "sold"; order ${order.orderId} of this request is in the name of ${order.userId!}`,
  }
  return { sentence: `${buyerOf(saleCase, row)} ${facts[deviation]()}`, operations: operationsOf(saleCase, [row]) }
}

interface MissingOrders {
  readonly acknowledged: number
  /** At least and at most so many buyers have no (durable) order. */
  readonly least: number
  readonly most: number
  /** At least so many units were they promised together. */
  readonly leastUnits: number
  /** Of them, those whose order is still only in a queue. */
  readonly queued: number
  /** The first few, in order of the buys' numbers. */
  readonly examples: readonly number[]
}

function missingOrders({ columns, buys, settlement }: SaleCase): MissingOrders {
  const examples: number[] = []
  let acknowledged = 0
  let queued = 0
  let queuedUnits = 0
  /** Units of each buy without any order. */
  const named: number[] = []
  const nameless: number[] = []
  for (let buy = 0; buy < buys.count; buy++) {
    const facts = buys.facts[buy]!
    if ((facts & FACT.acknowledged) === 0) continue
    acknowledged++
    if ((facts & FACT.foundDurable) !== 0) continue
    if (examples.length < EXAMPLES) examples.push(buy)
    const units = buys.leastUnits(buy)
    if ((facts & FACT.found) !== 0) {
      queued++
      queuedUnits += units
    } else if (columns.requestIdOf(buy) === null) nameless.push(units)
    else named.push(units)
  }
  const namelessMissing = withoutLargest(nameless, settlement.strangers.length)
  const missing = withoutLargest([...named, ...namelessMissing], settlement.anonymous.length)
  const leastUnits = missing.reduce((sum, units) => sum + units, queuedUnits)
  const most = named.length + nameless.length + queued
  return { acknowledged, least: missing.length + queued, most, leastUnits, queued, examples }
}

/** An order that may be anybody's may be of the buyer who asked for most. */
function withoutLargest(units: readonly number[], count: number): readonly number[] {
  return count === 0 ? units : units.toSorted((a, b) => b - a).slice(count)
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

/** Where some order may be anybody's, nobody in particular can be named. */
function lostOrders(saleCase: SaleCase, { least, most, examples }: MissingOrders): Evidence[] {
  if (least < most) return []
  return examples.map((buy) => {
    const row = saleCase.buys.firstSoldRow(buy)
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
