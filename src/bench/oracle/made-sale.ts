/**
 * The history and the ledger of a sale that went right, of any length: what the oracle's time and memory are measured
 * with. Ten thousand units, a hundred thousand buyers, 12,800 requests a second, answered after 6 to 30 ms.
 */
import { type HistoryColumns, KIND_CODES, NO_BUY, OUTCOME_CODES, userIdOf } from '../../core/history.ts'
import type { LedgerOrder } from '../../core/ledger.ts'
import { NS_PER_MS } from '../../core/units.ts'

export const STOCK = 10_000
export const PER_USER_LIMIT = 2
export const RATE_PER_SEC = 12_800
const USERS = 100_000
const READ_SHARE = 0.1
const DOUBLE_CLICK_SHARE = 0.05
const GAP_NS = 1e9 / RATE_PER_SEC
const MOST_LATENESS_NS = 0.1 * NS_PER_MS
const LEAST_LATENCY_NS = 6 * NS_PER_MS
const MOST_LATENCY_NS = 30 * NS_PER_MS
/** Requests that are all in flight at one moment, at which they take effect in any order. */
const ROWS_PER_MOMENT = Math.floor((LEAST_LATENCY_NS / GAP_NS) * 0.9)

const BUY = KIND_CODES.indexOf('buy')
const READ = KIND_CODES.indexOf('read')
const SOLD = OUTCOME_CODES.indexOf('sold')
const SOLD_OUT = OUTCOME_CODES.indexOf('soldOut')
const LIMIT_REACHED = OUTCOME_CODES.indexOf('limitReached')
const SHOWN = OUTCOME_CODES.indexOf('shown')

export interface MadeSale {
  readonly history: HistoryColumns
  readonly orders: readonly LedgerOrder[]
  readonly remaining: number
}

/** `length` rows; the same for the same arguments. */
export function makeSale(length: number, { sku, requestIdPrefix }: { sku: string; requestIdPrefix: string }): MadeSale {
  const random = createRandom()
  const columns = emptyColumns(length)
  sendAll(columns, length, random)
  const orders: LedgerOrder[] = []
  const orderOfBuy = new Map<number, string>()
  const unitsOf = new Uint8Array(USERS)
  const answer = (row: number): number => {
    if (columns.kind[row] === READ) {
      columns.shownStock[row] = STOCK - orders.length
      return SHOWN
    }
    const buy = columns.buy[row]!
    const user = columns.user[row]!
    if (orderOfBuy.has(buy)) return SOLD
    if (orders.length === STOCK) return SOLD_OUT
    if (unitsOf[user] === PER_USER_LIMIT) return LIMIT_REACHED
    unitsOf[user]! += 1
    const orderId = `order-${orders.length}`
    orderOfBuy.set(buy, orderId)
    orders.push({
      orderId,
      requestId: requestIdPrefix + String(buy),
      userId: userIdOf(user),
      quantity: 1,
      durable: true,
    })
    return SOLD
  }
  for (let first = 0; first < length; first += ROWS_PER_MOMENT) {
    for (const row of shuffled(first, Math.min(first + ROWS_PER_MOMENT, length), random)) {
      columns.outcome[row] = answer(row)
    }
  }
  const orderId = (row: number): string | null =>
    columns.outcome[row] === SOLD ? orderOfBuy.get(columns.buy[row]!)! : null
  const names = { stepIndex: 0, skus: [sku], saleIndex: null, codes: [''], requestIdPrefix }
  return { history: { ...names, length, ...columns, orderId }, orders, remaining: STOCK - orders.length }
}

function sendAll(columns: ReturnType<typeof emptyColumns>, length: number, random: () => number): void {
  let buys = 0
  for (let row = 0; row < length; row++) {
    columns.scheduledAtNs[row] = row * GAP_NS
    columns.sentAtNs[row] = row * GAP_NS + random() * MOST_LATENESS_NS
    columns.completedAtNs[row] =
      columns.sentAtNs[row]! + LEAST_LATENCY_NS + random() * (MOST_LATENCY_NS - LEAST_LATENCY_NS)
    columns.attempt[row] = 1
    columns.httpStatus[row] = 200
    if (row > 0 && columns.kind[row - 1] === BUY && random() < DOUBLE_CLICK_SHARE) {
      columns.user[row] = columns.user[row - 1]!
      columns.buy[row] = columns.buy[row - 1]!
      columns.quantity[row] = 1
    } else if (random() < READ_SHARE) {
      columns.kind[row] = READ
      columns.buy[row] = NO_BUY
    } else {
      columns.user[row] = Math.floor(random() * USERS)
      columns.buy[row] = buys++
      columns.quantity[row] = 1
    }
  }
}

function emptyColumns(length: number) {
  return {
    scheduledAtNs: new Float64Array(length),
    sentAtNs: new Float64Array(length),
    completedAtNs: new Float64Array(length),
    kind: new Uint8Array(length),
    outcome: new Uint8Array(length),
    httpStatus: new Uint16Array(length),
    code: new Uint16Array(length),
    user: new Uint32Array(length),
    buy: new Uint32Array(length),
    attempt: new Uint8Array(length),
    quantity: new Uint16Array(length),
    shownStock: new Int32Array(length),
  }
}

/** The rows [first, end) in any order (Fisher-Yates). */
function shuffled(first: number, end: number, random: () => number): number[] {
  const rows = Array.from({ length: end - first }, (_, index) => first + index)
  for (let last = rows.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1))
    ;[rows[last], rows[other]] = [rows[other]!, rows[last]!]
  }
  return rows
}

/** Numerical Recipes' linear congruential generator, in [0, 1): good enough to look irregular. */
function createRandom(): () => number {
  let state = 1
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}
