/** One request makes one order, and every attempt of it is answered with that order from then on. */
import type { Evidence } from '../core/check.ts'
import { formatQuantity, NS_PER_MS } from '../core/units.ts'
import { NO_ROW } from './buys.ts'
import { EXAMPLES } from './refusal-watch.ts'
import {
  attemptsOf,
  buyerOf,
  type Check,
  moment,
  NOT_SETTLED,
  operationsOf,
  REQUEST_IDS_WANTED,
  type SaleCase,
} from './sale-case.ts'
import { BUY, LIMIT_REACHED, SOLD, SOLD_OUT } from './sale-columns.ts'
import { sharedOrders } from './shared-orders.ts'
import { wasSent } from './timeline.ts'

export const checkExactlyOnce: Check = (saleCase) => {
  const { settlement } = saleCase
  const doubled = new Set(settlement.extra.map(({ buy }) => buy))
  const answers = contraryAnswers(saleCase)
  const shared = sharedOrders(saleCase)
  const requests = new Set([...doubled, ...shared.keys(), ...answers.otherOrder.keys(), ...answers.takenBack.keys()])
  const details = {
    doubled: doubled.size,
    sharedOrder: shared.size,
    answeredDifferently: answers.otherOrder.size,
    takenBack: answers.takenBack.size,
  }
  const finding = { measured: requests.size, allowed: 0, unit: 'requests', details }
  if (requests.size > 0) {
    const sentence = sentenceOf(details)
    return { ...finding, verdict: 'fail', sentence, evidence: stories(saleCase, doubled, shared, answers) }
  }
  if (settlement.given && !settlement.settled) {
    return { ...finding, measured: null, verdict: 'unknown', sentence: `unknown: ${NOT_SETTLED}` }
  }
  if (settlement.anonymous.length > 0) {
    const orders = formatQuantity(settlement.anonymous.length, 'order')
    const sentence = `unknown: ${orders} in the ledger without a request id may be anybody's second one; ${REQUEST_IDS_WANTED}`
    return { ...finding, measured: null, verdict: 'unknown', sentence }
  }
  const basis = settlement.given ? '' : ', by what buyers were told'
  return { ...finding, verdict: 'pass', sentence: `no request made more than one order${basis}` }
}

interface ContraryAnswers {
  /** By buy: row of a `sold` answer that names another order than the first one did. */
  readonly otherOrder: ReadonlyMap<number, number>
  /** By buy: row of an attempt sent after the first `sold` answer that was told `soldOut` or `limitReached`. */
  readonly takenBack: ReadonlyMap<number, number>
}

function contraryAnswers(saleCase: SaleCase): ContraryAnswers {
  const { columns, buys } = saleCase
  const otherOrder = new Map<number, number>()
  const takenBack = new Map<number, number>()
  for (let row = 0; row < columns.length; row++) {
    if (columns.kind[row] !== BUY || !wasSent(columns, row)) continue
    const buy = columns.buy[row]!
    const first = buys.firstSoldRow(buy)
    if (first === NO_ROW || first === row) continue
    const outcome = columns.outcome[row]
    if (outcome === SOLD) {
      if (!otherOrder.has(buy) && namesAnotherOrder(saleCase, first, row)) otherOrder.set(buy, row)
    } else if (outcome === SOLD_OUT || outcome === LIMIT_REACHED) {
      if (!takenBack.has(buy) && wasSentAfterAnswer(saleCase, first, row)) takenBack.set(buy, row)
    }
  }
  return { otherOrder, takenBack }
}

function namesAnotherOrder({ columns }: SaleCase, first: number, row: number): boolean {
  const [one, other] = [columns.orderId(first), columns.orderId(row)]
  return one !== null && other !== null && one !== other
}

/** False without a time of the first answer. */
function wasSentAfterAnswer({ columns, sale }: SaleCase, first: number, row: number): boolean {
  const marginNs = sale.clockErrorMs * NS_PER_MS
  return columns.sentAtNs[row]! - marginNs > columns.completedAtNs[first]! + marginNs
}

function sentenceOf(counts: {
  doubled: number
  sharedOrder: number
  answeredDifferently: number
  takenBack: number
}): string {
  const parts: string[] = []
  if (counts.doubled > 0) parts.push(`${formatQuantity(counts.doubled, 'request')} made more than one order`)
  if (counts.sharedOrder > 0) {
    const were = counts.sharedOrder === 1 ? 'was' : 'were'
    parts.push(`${formatQuantity(counts.sharedOrder, 'request')} ${were} promised the order of another one`)
  }
  if (counts.answeredDifferently > 0) {
    const were = counts.answeredDifferently === 1 ? 'was' : 'were'
    parts.push(`${formatQuantity(counts.answeredDifferently, 'request')} ${were} answered with different orders`)
  }
  if (counts.takenBack > 0) {
    const were = counts.takenBack === 1 ? 'was' : 'were'
    parts.push(`${formatQuantity(counts.takenBack, 'request')} ${were} turned away after having been told "sold"`)
  }
  return parts.join(', ')
}

function stories(
  saleCase: SaleCase,
  doubled: ReadonlySet<number>,
  shared: ReadonlyMap<number, number>,
  answers: ContraryAnswers,
): Evidence[] {
  const { columns, buys } = saleCase
  const told = [
    ...few(doubled).map((buy) => doubledStory(saleCase, buy)),
    ...few(shared).map(([buy, other]) => {
      const row = buys.firstSoldRow(buy)
      return {
        sentence: `${buyerOf(saleCase, other)} and ${buyerOf(saleCase, row)} were both told order ${columns.orderId(row)!}`,
        operations: operationsOf(saleCase, [other, row]),
      }
    }),
    ...few(answers.otherOrder).map(([buy, row]) => {
      const first = buys.firstSoldRow(buy)
      return {
        sentence: `${buyerOf(saleCase, row)} was told order ${columns.orderId(first)!}, then order ${columns.orderId(row)!}`,
        operations: operationsOf(saleCase, [first, row]),
      }
    }),
    ...few(answers.takenBack).map(([buy, row]) => {
      const first = buys.firstSoldRow(buy)
      const answer = columns.outcome[row] === SOLD_OUT ? 'sold out' : 'limit reached'
      const sold = moment(saleCase, columns.completedAtNs[first]!)
      return {
        sentence: `${buyerOf(saleCase, row)} was told "sold" at ${sold}, and "${answer}" to the same request sent at ${moment(saleCase, columns.sentAtNs[row]!)}`,
        operations: operationsOf(saleCase, [first, row]),
      }
    }),
  ]
  return told.slice(0, EXAMPLES)
}

function doubledStory(saleCase: SaleCase, buy: number): Evidence {
  const rows = attemptsOf(saleCase, [buy]).get(buy)!
  const orderIds = saleCase
    .ledger!.orders.filter(({ requestId, orderId }) => isOrderOf(saleCase, buy, requestId, orderId))
    .map(({ orderId }) => orderId)
  return {
    sentence: `the one request of ${buyerOf(saleCase, rows[0]!)} made ${formatQuantity(orderIds.length, 'order')}: ${orderIds.slice(0, EXAMPLES).join(', ')}`,
    operations: operationsOf(saleCase, rows),
  }
}

function isOrderOf(
  { columns, settlement, buys }: SaleCase,
  buy: number,
  requestId: string | null,
  orderId: string,
): boolean {
  if (requestId !== null && requestId === columns.requestIdOf(buy)) return true
  const first = buys.firstSoldRow(buy)
  if (first !== NO_ROW && columns.orderId(first) === orderId) return true
  return settlement.extra.some((extra) => extra.buy === buy && extra.order.orderId === orderId)
}

function few<T>(items: Iterable<T>): T[] {
  const first: T[] = []
  for (const item of items) {
    if (first.length === EXAMPLES) break
    first.push(item)
  }
  return first
}
