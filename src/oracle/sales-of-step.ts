/**
 * The history of a step taken apart by SKU: each is a sale of its own. Buys and users get numbers of their own in each
 * sale, dense from 0, so that judging all of a step's sales costs about as much as judging one sale of its size.
 * A step with one SKU is read where it stands.
 */
import { type HistoryColumns, NO_BUY, operationAt, userIdOf } from '../core/history.ts'
import { BUY, NO_USER, type SaleColumns, saleColumnsOf } from './sale-columns.ts'

/** One a SKU, in the order of `skus`; made when asked for, so that one sale is held at a time. */
export function* salesOfStep(history: HistoryColumns): Generator<SaleColumns> {
  if (history.saleIndex === null) {
    yield saleColumnsOf(history)
    return
  }
  const { rows, starts } = rowsBySale(history.saleIndex, history.length, history.skus.length)
  const whole = saleColumnsOf(history)
  const numberOfBuy = new Uint32Array(whole.buyCount)
  for (let sale = 0; sale < history.skus.length; sale++) {
    yield columnsOfRows(history, whole, rows.subarray(starts[sale], starts[sale + 1]), numberOfBuy)
  }
}

/** All rows, those of one sale together and in their order: a counting sort. `starts[i]` is where sale i begins. */
function rowsBySale(
  saleIndex: Uint16Array,
  length: number,
  sales: number,
): { readonly rows: Uint32Array; readonly starts: Uint32Array } {
  const starts = new Uint32Array(sales + 1)
  for (let row = 0; row < length; row++) starts[saleIndex[row]! + 1]!++
  for (let sale = 0; sale < sales; sale++) starts[sale + 1]! += starts[sale]!
  const next = starts.slice()
  const rows = new Uint32Array(length)
  for (let row = 0; row < length; row++) rows[next[saleIndex[row]!]!++] = row
  return { rows, starts }
}

/** `numberOfBuy`: room to note a buy's number within its sale; a buy is of one sale only. */
function columnsOfRows(
  history: HistoryColumns,
  whole: SaleColumns,
  rows: Uint32Array,
  numberOfBuy: Uint32Array,
): SaleColumns {
  const buys = renumbered(rows, (row) => history.buy[row]!, NO_BUY)
  // Who only looks is nobody's user.
  const users = renumbered(rows, (row) => (history.kind[row] === BUY ? history.user[row]! : NO_USER), NO_USER)
  const numberOfUser = lazily(() => new Map(Array.from(users.originals, (user, number) => [user, number])))
  for (const [number, buy] of buys.originals.entries()) numberOfBuy[buy] = number
  const gathered = <Column extends Float64Array | Int32Array | Uint32Array | Uint16Array | Uint8Array>(
    from: Column,
    into: Column,
  ): Column => {
    for (let i = 0; i < rows.length; i++) into[i] = from[rows[i]!]!
    return into
  }
  return {
    length: rows.length,
    sentAtNs: gathered(history.sentAtNs, new Float64Array(rows.length)),
    completedAtNs: gathered(history.completedAtNs, new Float64Array(rows.length)),
    kind: gathered(history.kind, new Uint8Array(rows.length)),
    outcome: gathered(history.outcome, new Uint8Array(rows.length)),
    code: gathered(history.code, new Uint16Array(rows.length)),
    codes: history.codes,
    user: users.numbers,
    buy: buys.numbers,
    quantity: gathered(history.quantity, new Uint16Array(rows.length)),
    shownStock: gathered(history.shownStock, new Int32Array(rows.length)),
    buyCount: buys.originals.length,
    userCount: users.originals.length,
    requestIdOf: (buy) => whole.requestIdOf(buys.originals[buy]!),
    buyOf: (requestId) => {
      const original = whole.buyOf(requestId)
      const number = original === undefined ? undefined : numberOfBuy[original]
      return number !== undefined && buys.originals[number] === original ? number : undefined
    },
    userOf: (userId) => {
      const original = whole.userOf(userId)
      return original === undefined ? undefined : numberOfUser().get(original)
    },
    userIdOf: (user) => userIdOf(users.originals[user]!),
    orderId: (row) => history.orderId(rows[row]!),
    operation: (row) => operationAt(history, rows[row]!),
  }
}

/** Each number in the order of its first row; `originals` leads back. */
function renumbered(
  rows: Uint32Array,
  numberOf: (row: number) => number,
  none: number,
): { readonly numbers: Uint32Array; readonly originals: Uint32Array } {
  const numbers = new Uint32Array(rows.length).fill(none)
  const originals = new Uint32Array(rows.length)
  const known = new Map<number, number>()
  for (let i = 0; i < rows.length; i++) {
    const original = numberOf(rows[i]!)
    if (original === none) continue
    let number = known.get(original)
    if (number === undefined) {
      number = known.size
      known.set(original, number)
      originals[number] = original
    }
    numbers[i] = number
  }
  return { numbers, originals: originals.slice(0, known.size) }
}

function lazily<T extends object>(make: () => T): () => T {
  let made: T | null = null
  return () => (made ??= make())
}
