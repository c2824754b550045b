/**
 * The shortest stretch of history that proves a contradiction. What is too few sold is shown by one answer: all the
 * buys that were sent by its return are not enough. What is too many sold is shown by two moments: an answer that says
 * how many were sold by then at least, and the buys that were sent after it and answered `sold` before the later moment.
 * (The sweep takes the sale with the nearest deadline first, so the last one that it took with a deadline beyond the
 * later moment was taken for such an answer, and everything that was due since was sent since.)
 */
import type { Evidence } from '../core/check.ts'
import { formatCount, formatQuantity, NS_PER_MS } from '../core/units.ts'
import { NO_ROW } from './buys.ts'
import { certaintyOf, deadlineOf } from './judging-pass.ts'
import type { Contradiction } from './linear-sweep.ts'
import { buyerOf, moment, operationsOf, reading, type SaleCase } from './sale-case.ts'
import { BUY, READ, SHOWN, SOLD_OUT } from './sale-columns.ts'
import { isTellingAnswer, wasSent } from './timeline.ts'

export function proofOf(saleCase: SaleCase, contradiction: Contradiction): Evidence {
  switch (contradiction.kind) {
    case 'shows-too-few-left':
      return tooFewLeft(saleCase, contradiction)
    case 'shows-too-many-left':
    case 'beyond-stock':
      return tooManySold(saleCase, contradiction)
  }
}

type TooFewLeft = Extract<Contradiction, { kind: 'shows-too-few-left' }>
type TooManySold = Exclude<Contradiction, TooFewLeft>

function tooFewLeft(saleCase: SaleCase, { row, possiblySold, neededSold }: TooFewLeft): Evidence {
  const { sale, columns } = saleCase
  const stock = formatQuantity(sale.initialStock, 'unit')
  const told = whatWasTold(saleCase, row)
  const at = moment(saleCase, columns.completedAtNs[row]!)
  const because =
    neededSold > sale.initialStock
      ? `there ${sale.initialStock === 1 ? 'was' : 'were'} ${stock} in all`
      : `at most ${formatCount(possiblySold)} of ${stock} can have been sold: no more buys that may have sold had been sent`
  return { sentence: `${told}, answered at ${at}; ${because}`, operations: operationsOf(saleCase, [row]) }
}

function tooManySold(saleCase: SaleCase, contradiction: TooManySold): Evidence {
  const { sale } = saleCase
  if (contradiction.kind === 'shows-too-many-left' && contradiction.shownSold < 0) {
    const sentence = `${endText(saleCase, contradiction)}, more than there ever were`
    return { sentence, operations: operationsOf(saleCase, [contradiction.row]) }
  }
  const allowed = contradiction.kind === 'beyond-stock' ? sale.initialStock : contradiction.shownSold
  const moments = new SalesBefore(saleCase, contradiction)
  const anchor = latestAnchor(saleCase, contradiction.atNs, moments, allowed)
  const rows = moments.rowsInvokedAfter(anchor === null ? Number.NEGATIVE_INFINITY : anchor.returnedAtNs)
  const shownRow = contradiction.kind === 'beyond-stock' ? [] : [contradiction.row]
  const anchorRow = anchor === null ? [] : [anchor.row]
  const before = [anchorText(saleCase, anchor), salesText(saleCase, rows, anchor)].filter((part) => part !== '')
  const end = endText(saleCase, contradiction)
  const isContrast = before.length > 0 && contradiction.kind !== 'beyond-stock'
  return {
    sentence: [...before, isContrast ? `yet ${end}` : end].join('; '),
    operations: operationsOf(saleCase, [...anchorRow, ...rows.slice(-4), ...shownRow]),
  }
}

/** An answer that says how many were sold at least by its return. */
interface Anchor {
  readonly row: number
  readonly returnedAtNs: number
  readonly soldByThen: number
}

/** The buys that were answered `sold` before the moment of the contradiction, or are in the ledger when it is the end. */
class SalesBefore {
  readonly #rows: Uint32Array
  readonly #invokedAtNs: Float64Array
  readonly #sortedInvokedAtNs: Float64Array

  constructor(saleCase: SaleCase, contradiction: TooManySold) {
    const { columns, buys, settlement, sale } = saleCase
    const marginNs = sale.clockErrorMs * NS_PER_MS
    const { firstRow, sentAtNs } = firstAttempts(saleCase)
    const isDue = (buy: number): boolean => {
      const certainty = certaintyOf(buys, settlement, buy)
      if (certainty === null || certainty === 'possible') return false
      const deadlineNs = deadlineOf(columns, buys, buy, marginNs)
      return contradiction.kind === 'beyond-stock' ? deadlineNs <= contradiction.atNs : deadlineNs < contradiction.atNs
    }
    const due: number[] = []
    for (let buy = 0; buy < buys.count; buy++) if (isDue(buy)) due.push(buy)
    const answeredAtNs = (buy: number): number => deadlineOf(columns, buys, buy, marginNs)
    due.sort((a, b) => answeredAtNs(a) - answeredAtNs(b) || a - b)
    this.#rows = Uint32Array.from(due, (buy) => {
      const sold = buys.firstSoldRow(buy)
      return sold === NO_ROW ? firstRow[buy]! : sold
    })
    this.#invokedAtNs = Float64Array.from(due, (buy) => sentAtNs[buy]! - marginNs)
    this.#sortedInvokedAtNs = this.#invokedAtNs.slice().sort()
  }

  countInvokedAfter(atNs: number): number {
    let low = 0
    let high = this.#sortedInvokedAtNs.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.#sortedInvokedAtNs[middle]! > atNs) high = middle
      else low = middle + 1
    }
    return this.#sortedInvokedAtNs.length - low
  }

  /** In order of their answers. */
  rowsInvokedAfter(atNs: number): number[] {
    return Array.from(this.#rows).filter((_, i) => this.#invokedAtNs[i]! > atNs)
  }
}

function firstAttempts({ columns, buys }: SaleCase): { firstRow: Uint32Array; sentAtNs: Float64Array } {
  const firstRow = new Uint32Array(buys.count)
  const sentAtNs = new Float64Array(buys.count).fill(Number.POSITIVE_INFINITY)
  for (let row = 0; row < columns.length; row++) {
    const buy = columns.buy[row]!
    if (columns.kind[row] !== BUY || !wasSent(columns, row) || columns.sentAtNs[row]! >= sentAtNs[buy]!) continue
    sentAtNs[buy] = columns.sentAtNs[row]!
    firstRow[buy] = row
  }
  return { firstRow, sentAtNs }
}

/** The latest answer from which on the sales alone are too many; null: they are too many from the start. */
function latestAnchor(saleCase: SaleCase, beforeNs: number, sales: SalesBefore, allowed: number): Anchor | null {
  const { columns, sale } = saleCase
  const marginNs = sale.clockErrorMs * NS_PER_MS
  let latest: Anchor | null = null
  for (let row = 0; row < columns.length; row++) {
    const soldByThen = soldSeenIn(saleCase, row)
    if (soldByThen === null || soldByThen <= 0) continue
    const returnedAtNs = columns.completedAtNs[row]! + marginNs
    if (returnedAtNs >= beforeNs || (latest !== null && returnedAtNs <= latest.returnedAtNs)) continue
    if (soldByThen + sales.countInvokedAfter(returnedAtNs) > allowed) latest = { row, returnedAtNs, soldByThen }
  }
  return latest
}

/** How many were sold at least when this answer was given; null if it doesn't say. */
function soldSeenIn({ columns, sale }: SaleCase, row: number): number | null {
  if (!wasSent(columns, row) || !isTellingAnswer(columns, row)) return null
  if (columns.outcome[row] === SOLD_OUT && columns.kind[row] === BUY)
    return sale.initialStock - columns.quantity[row]! + 1
  const isRead = columns.outcome[row] === SHOWN && columns.kind[row] === READ
  return isRead && sale.promise.reads.kind === 'linearizable' ? sale.initialStock - columns.shownStock[row]! : null
}

function whatWasTold(saleCase: SaleCase, row: number): string {
  const { columns } = saleCase
  const sent = `at ${moment(saleCase, columns.sentAtNs[row]!)}`
  if (columns.outcome[row] === SOLD_OUT) return `${buyerOf(saleCase, row)} asked ${sent} and was told "sold out"`
  return `${reading(columns.operation(row))} ${sent} showed ${formatCount(columns.shownStock[row]!)} left`
}

function anchorText(saleCase: SaleCase, anchor: Anchor | null): string {
  if (anchor === null) return ''
  const sold = `${formatCount(anchor.soldByThen)} of ${formatQuantity(saleCase.sale.initialStock, 'unit')}`
  return `${whatWasTold(saleCase, anchor.row)}, so at least ${sold} were sold by ${moment(saleCase, saleCase.columns.completedAtNs[anchor.row]!)}`
}

function salesText(saleCase: SaleCase, rows: readonly number[], anchor: Anchor | null): string {
  if (rows.length === 0) return ''
  const { columns } = saleCase
  const units = formatQuantity(rows.length, 'buy')
  const which = anchor === null ? units : `${units} sent after that`
  const last = columns.completedAtNs[rows.at(-1)!]!
  const until = Number.isNaN(last) ? '' : ` by ${moment(saleCase, last)}`
  const were = rows.length === 1 ? 'was' : 'were'
  const isAnswered = rows.every((row) => !Number.isNaN(columns.completedAtNs[row]!) && isTellingAnswer(columns, row))
  return isAnswered
    ? `${which} ${were} answered "sold"${until}`
    : `${which} ${were} answered "sold" or ${were} found in the ledger`
}

function endText(saleCase: SaleCase, contradiction: TooManySold): string {
  const stock = formatQuantity(saleCase.sale.initialStock, 'unit')
  if (contradiction.kind === 'beyond-stock') {
    return `there ${saleCase.sale.initialStock === 1 ? 'was' : 'were'} only ${stock}`
  }
  return `${whatWasTold(saleCase, contradiction.row)} of ${stock}`
}
