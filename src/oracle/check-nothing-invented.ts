/** Every order in the ledger is of somebody who asked for it and was not definitely refused. */
import type { Evidence } from '../core/check.ts'
import { formatQuantity } from '../core/units.ts'
import { FACT, isDenied } from './buys.ts'
import { EXAMPLES } from './refusal-watch.ts'
import {
  attemptsOf,
  buyerOf,
  type Check,
  moment,
  NOT_SETTLED,
  notChecked,
  operationsOf,
  REQUEST_IDS_WANTED,
  type SaleCase,
} from './sale-case.ts'
import { LIMIT_REACHED, SOLD_OUT } from './sale-columns.ts'
import type { DeviantOrder, OrderOfBuy, Settlement } from './settlement.ts'

export const checkNothingInvented: Check = (saleCase) => {
  const { settlement } = saleCase
  if (!settlement.given) return notChecked('orders', 'no ledger was given')
  const { denied, strangers, anonymous, surplusStrangers, surplusAnonymous } = settlement
  const deviant = ordersOtherThanAskedFor(saleCase)
  const unasked = deviant.filter(({ isCertain }) => isCertain)
  const least = denied.length + unasked.length + surplusStrangers + surplusAnonymous
  const most = denied.length + unasked.length + strangers.length + anonymous.length
  const details = {
    refusedButOrdered: denied.length,
    otherThanAsked: unasked.length,
    nobodySent: surplusStrangers + surplusAnonymous,
  }
  const finding = { measured: least, allowed: 0, unit: 'orders', details }
  if (least > 0) {
    const atLeast = least < most ? 'at least ' : ''
    const exist = least === 1 ? 'exists' : 'exist'
    const sentence = `${atLeast}${formatQuantity(least, 'order')} ${exist} that nobody was sold`
    return { ...finding, verdict: 'fail', sentence, evidence: stories(saleCase) }
  }
  if (most > 0) {
    const sentence = `unknown: ${formatQuantity(most, 'order')} in the ledger can't be told apart for want of request ids; ${wantedIds(settlement)}`
    return { ...finding, measured: null, verdict: 'unknown', sentence }
  }
  if (deviant.length > 0) {
    const orders = formatQuantity(deviant.length, 'order')
    const sentence = `unknown: ${orders} may be of other units, or another user's, than was asked for: the two sides don't speak of the same`
    return { ...finding, measured: null, verdict: 'unknown', sentence }
  }
  if (!settlement.settled)
    return { ...finding, measured: null, verdict: 'unknown', sentence: `unknown: ${NOT_SETTLED}` }
  const orders = formatQuantity(settlement.orderCount, 'order')
  return { ...finding, verdict: 'pass', sentence: `${orders} in the ledger, each of somebody who asked for it` }
}

/** Either side may be the one without. */
function wantedIds({ anonymous }: Settlement): string {
  return anonymous.length > 0 ? REQUEST_IDS_WANTED : 'give the lines of the history their "requestId"'
}

/** Of requests without an answer, for other units or another user than they asked for. The buyer was promised nothing. */
function ordersOtherThanAskedFor({ buys, settlement }: SaleCase): readonly DeviantOrder[] {
  return [...settlement.deviant.values()].filter(({ buy }) => {
    const facts = buys.facts[buy]!
    return (facts & FACT.acknowledged) === 0 && !isDenied(facts)
  })
}

function unaskedStory(saleCase: SaleCase, { buy, order, in: deviation }: DeviantOrder): Evidence {
  const rows = attemptsOf(saleCase, [buy]).get(buy)!
  const what =
    deviation === 'quantity'
      ? `of ${formatQuantity(order.quantity, 'unit')} exists, although`
      : `exists in the name of ${order.userId ?? 'nobody'}, although its request came from`
  const asked =
    deviation === 'quantity' ? ` asked for ${formatQuantity(saleCase.columns.quantity[rows[0]!]!, 'unit')}` : ''
  return {
    sentence: `order ${order.orderId} ${what} ${buyerOf(saleCase, rows[0]!)}${asked}`,
    operations: operationsOf(saleCase, rows),
  }
}

function stories(saleCase: SaleCase): Evidence[] {
  const { settlement } = saleCase
  const refused = settlement.denied.slice(0, EXAMPLES).map((invented) => refusedStory(saleCase, invented))
  const strangers = settlement.surplusStrangers === settlement.strangers.length ? settlement.strangers : []
  const unsent = strangers.slice(0, EXAMPLES).map(({ orderId, requestId, userId }) => ({
    sentence:
      `order ${orderId} exists${userId === null ? '' : ` for user ${userId}`}, and nobody sent its request ${requestId ?? ''}`.trimEnd(),
    operations: [],
  }))
  const unasked = ordersOtherThanAskedFor(saleCase)
    .filter(({ isCertain }) => isCertain)
    .slice(0, EXAMPLES)
    .map((order) => unaskedStory(saleCase, order))
  return [...refused, ...unasked, ...unsent].slice(0, EXAMPLES)
}

function refusedStory(saleCase: SaleCase, { buy, order }: OrderOfBuy): Evidence {
  const { columns } = saleCase
  const rows = attemptsOf(saleCase, [buy]).get(buy)!
  const last = rows.at(-1)!
  const completedAtNs = columns.completedAtNs[last]!
  const at = Number.isNaN(completedAtNs) ? '' : ` at ${moment(saleCase, completedAtNs)}`
  return {
    sentence: `order ${order.orderId} exists, although ${buyerOf(saleCase, last)} was ${refusal(columns.outcome[last]!)}${at}`,
    operations: operationsOf(saleCase, rows),
  }
}

function refusal(outcome: number): string {
  if (outcome === SOLD_OUT) return 'told "sold out"'
  if (outcome === LIMIT_REACHED) return 'told "limit reached"'
  return 'refused'
}
