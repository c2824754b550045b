/**
 * Judges files that anything recorded: sorts the lines of a history and of a ledger by sale and lets each be judged.
 * Lines come in any order; openings and SKUs that are left out are filled in only where a single sale can be meant.
 */
import type { CheckResult } from '../core/check.ts'
import { HarnessError } from '../core/errors.ts'
import type { LedgerOrder, LedgerSnapshot } from '../core/ledger.ts'
import type { ReadsPromise } from '../core/promise.ts'
import { NS_PER_MS } from '../core/units.ts'
import { type OpenLine, parseHistoryLine } from './history-line.ts'
import { invalid, withoutMark } from './json-line.ts'
import { judgeColumns } from './judge.ts'
import { parseLedgerLine, type WrittenOrder } from './ledger-line.ts'
import { createOperationRecorder, type OperationRecorder } from './operation-recorder.ts'
import { ID_KINDS, idsThatNeverAgree } from './order-comparison.ts'
import { fileOrders, type OrderLines } from './order-filing.ts'
import type { SaleUnderJudgement } from './sale.ts'
import { type SaleColumns, SOLD } from './sale-columns.ts'
import type { OpeningHours } from './sale.ts'

export interface CourtTerms {
  /** For sales that no `open` line opens; null: every sale must have one. */
  readonly initialStock: number | null
  /** Likewise; null: not given. */
  readonly perUserLimit: number | null
  /** Units left at the end of the only sale; null: not given. Needs a ledger. */
  readonly remainingStock: number | null
  /** Whether there is a ledger, be it an empty one. */
  readonly hasLedger: boolean
  /** False: nobody recorded what buyers asked and were told, and the ledger is judged alone. */
  readonly hasHistory?: boolean
  readonly reads: ReadsPromise
  /** Nobody is turned away while units are left; false unless given: then what stays unsold is a figure. */
  readonly sellsThrough?: boolean
  /** Where the ledger was read, for people. */
  readonly ledgerSource?: string
  readonly clockErrorMs: number
}

export interface HistoryCourt {
  /** `lineNumber` counts from 1; blank lines are passed over. Throws HarnessError HISTORY_INVALID. */
  historyLine(text: string, lineNumber: number): void
  /** Likewise. */
  ledgerLine(text: string, lineNumber: number): void
  /**
   * The results of all sales, in the order in which they first appeared. Throws HarnessError HISTORY_INVALID when a sale
   * has no opening or an order's sale can't be told, USAGE when the terms don't fit the files.
   */
  verdict(): CheckResult[]
}

/** Throws HarnessError USAGE when the terms contradict one another. */
export function createHistoryCourt(terms: CourtTerms): HistoryCourt {
  if (terms.remainingStock !== null && !terms.hasLedger) {
    throw new HarnessError('USAGE', {
      message: 'the remaining stock says nothing without a ledger of what was sold',
      hint: 'Pass --ledger FILE.ndjson beside --remaining-stock.',
    })
  }
  return new Court(terms)
}

/** How the sale of a file that names none is called in the results: no SKU of anybody's looks like it. */
const UNNAMED = '(unnamed)'

interface FiledSale {
  readonly recorder: OperationRecorder
  opening: OpenLine | null
  openedInLine: number
}

/** What the sales of a file show together. */
interface KnownOfAll extends Required<Pick<SaleUnderJudgement, 'idsMayDiffer'>> {
  /** Something was sold in one of them. */
  readonly soldElsewhere: boolean
}

class Court implements HistoryCourt {
  readonly #terms: CourtTerms
  /** By SKU; null for lines that name none. */
  readonly #sales = new Map<string | null, FiledSale>()
  readonly #orders: OrderLines = { order: [], sku: [], lineNumber: [] }
  /** Some line of the history says how many units: then one that doesn't is of one. */
  #saysQuantities = false
  #lastSku: string | null = null
  #lastSale: FiledSale | null = null

  constructor(terms: CourtTerms) {
    this.#terms = terms
  }

  historyLine(text: string, lineNumber: number): void {
    if (isBlank(text)) return
    const line = parseHistoryLine(withoutMark(text, lineNumber), lineNumber)
    const sale = this.#saleOf(line.sku)
    if (line.op === 'open') open(sale, line, lineNumber)
    else {
      sale.recorder.add(line.row)
      this.#saysQuantities ||= line.saysQuantity
    }
  }

  ledgerLine(text: string, lineNumber: number): void {
    if (isBlank(text)) return
    const { order, sku } = parseLedgerLine(withoutMark(text, lineNumber), lineNumber)
    this.#orders.order.push(this.#inKnownWords(order))
    this.#orders.sku.push(sku)
    this.#orders.lineNumber.push(lineNumber)
  }

  verdict(): CheckResult[] {
    const sales = this.#namedSales()
    refuseSeveralSkus(sales, this.#orders)
    const columnsOf = new Map([...sales].map(([sku, { recorder }]) => [sku, recorder.columns]))
    const ordersOf = fileOrders(this.#orders, columnsOf, UNNAMED)
    if (this.#terms.remainingStock !== null && ordersOf.size > 1) throw remainingOfMany([...ordersOf.keys()])
    if (ordersOf.size === 0) throw nothingToJudge()
    const isSold = (sku: string, orders: readonly LedgerOrder[]): boolean =>
      orders.length > 0 || hasSold(columnsOf.get(sku))
    const soldElsewhere = [...ordersOf].some(([sku, orders]) => isSold(sku, orders))
    const filed = [...ordersOf].map(([sku, orders]) => ({ sku, sale: sales.get(sku) ?? this.#newSale(sku), orders }))
    // One sale sees by itself what agrees in it.
    const idsMayDiffer =
      filed.length === 1
        ? ID_KINDS
        : idsThatNeverAgree(filed.map(({ sale, orders }) => ({ columns: sale.recorder.columns, orders })))
    return filed.flatMap(({ sku, sale, orders }) => this.#judge(sku, sale, orders, { soldElsewhere, idsMayDiffer }))
  }

  /** The same order with the history's own strings for its ids: a ledger repeats them all, and need not hold them twice. */
  #inKnownWords(order: WrittenOrder): WrittenOrder {
    const columns = this.#lastSale?.recorder.columns
    if (columns === undefined) return order
    const buy = order.requestId === null ? undefined : columns.buyOf(order.requestId)
    const user = order.userId === null ? undefined : columns.userOf(order.userId)
    return {
      orderId: order.orderId,
      requestId: buy === undefined ? order.requestId : columns.requestIdOf(buy),
      userId: user === undefined ? order.userId : columns.userIdOf(user),
      quantity: order.quantity,
      durable: order.durable,
    }
  }

  #saleOf(sku: string | null): FiledSale {
    if (this.#lastSale !== null && this.#lastSku === sku) return this.#lastSale
    let sale = this.#sales.get(sku)
    if (sale === undefined) this.#sales.set(sku, (sale = this.#newSale(sku)))
    this.#lastSku = sku
    this.#lastSale = sale
    return sale
  }

  #newSale(sku: string | null): FiledSale {
    const recorder = createOperationRecorder({ stepIndex: 0, sku: sku ?? UNNAMED })
    return { recorder, opening: null, openedInLine: 0 }
  }

  /** Lines without a SKU are of the one sale that was opened by name, if they have no opening of their own. */
  #namedSales(): Map<string, FiledSale> {
    const named = new Map<string, FiledSale>()
    const unnamed = this.#sales.get(null)
    for (const [sku, sale] of this.#sales) named.set(sku ?? UNNAMED, sale)
    if (unnamed === undefined || unnamed.opening !== null || this.#sales.size !== 2) return named
    const [sku, sale] = [...this.#sales].find(([sku]) => sku !== null)!
    return sale.opening === null ? named : new Map([[sku!, this.#joined(sku!, sale, unnamed)]])
  }

  #joined(sku: string, ...parts: readonly FiledSale[]): FiledSale {
    const joined = { ...this.#newSale(sku), opening: parts[0]!.opening }
    for (const { recorder } of parts) {
      for (let row = 0; row < recorder.columns.length; row++) joined.recorder.add(recorder.columns.operation(row))
    }
    return joined
  }

  #judge(
    sku: string,
    { recorder, opening }: FiledSale,
    orders: readonly LedgerOrder[],
    { soldElsewhere, idsMayDiffer }: KnownOfAll,
  ): CheckResult[] {
    const terms = this.#terms
    const initialStock = opening?.stock ?? terms.initialStock
    if (initialStock === null) throw notOpened(sku)
    const perUserLimit = opening?.perUserLimit === undefined ? terms.perUserLimit : opening.perUserLimit
    const sale = {
      stepIndex: 0,
      sku,
      initialStock,
      perUserLimit,
      perUserLimitKnown: opening?.perUserLimit !== undefined || terms.perUserLimit !== null,
      ...(opening?.hours && { hours: onTheClock(opening.hours) }),
      promise: { reads: terms.reads, sellsThrough: terms.sellsThrough ?? false },
      idsMayDiffer,
      quantitiesKnown: this.#saysQuantities,
      ...(terms.hasHistory === false && { hasHistory: false }),
      timeoutMs: 0,
      clockErrorMs: terms.clockErrorMs,
    }
    const ledger = terms.hasLedger ? ledgerOf(sku, orders, terms) : null
    return judgeColumns(sale, recorder.columns, ledger, { saturated: false, soldElsewhere })
  }
}

/** The lines of one file are on one clock, as far as `clockErrorMs` says. */
function onTheClock({ opensAtMs, closesAtMs }: NonNullable<OpenLine['hours']>): OpeningHours {
  return {
    opensAtNs: opensAtMs === null ? null : opensAtMs * NS_PER_MS,
    closesAtNs: closesAtMs === null ? null : closesAtMs * NS_PER_MS,
    errorMs: 0,
  }
}

function open(sale: FiledSale, line: OpenLine, lineNumber: number): void {
  if (sale.opening !== null) {
    const which = line.sku === null ? 'the sale' : `the sale "${line.sku}"`
    throw invalid({ file: 'history', lineNumber }, `${which} was opened in line ${sale.openedInLine} already`)
  }
  sale.opening = line
  sale.openedInLine = lineNumber
}

function hasSold(columns: SaleColumns | undefined): boolean {
  return columns !== undefined && columns.outcome.subarray(0, columns.length).includes(SOLD)
}

/** A history that names no SKU is of one sale: a ledger of several can't be its. */
function refuseSeveralSkus(sales: ReadonlyMap<string, FiledSale>, { sku, lineNumber }: OrderLines): void {
  if (!sales.has(UNNAMED)) return
  const first = sku.find((sku) => sku !== null)
  const other = sku.findIndex((sku) => sku !== null && sku !== first)
  if (first === undefined || other < 0) return
  const place = { file: 'ledger', lineNumber: lineNumber[other]! } as const
  throw invalid(place, `the ledger is of "${first}" and "${sku[other]!}", the history names no "sku"`)
}

/** What a file of orders says: these exist, and no others. */
function ledgerOf(
  sku: string,
  orders: readonly LedgerOrder[],
  { remainingStock, ledgerSource }: CourtTerms,
): LedgerSnapshot {
  return {
    source: ledgerSource ?? 'ledger file',
    stepIndex: 0,
    sku,
    initialStock: null,
    remainingStock,
    orders,
    settled: true,
    shownAfterSettling: null,
    takenAt: '',
  }
}

function isBlank(text: string): boolean {
  return text.trim() === ''
}

function notOpened(sku: string): HarnessError {
  const which = sku === UNNAMED ? 'the sale' : `the sale "${sku}"`
  const skuMember = sku === UNNAMED ? '' : `"sku":${JSON.stringify(sku)},`
  return new HarnessError('HISTORY_INVALID', {
    message: `nobody said how many units ${which} opened with`,
    hint: `Pass --initial-stock N, or add the line {"op":"open",${skuMember}"stock":N}.`,
  })
}

function nothingToJudge(): HarnessError {
  return new HarnessError('HISTORY_INVALID', {
    message: 'the history holds no line, so there is nothing to judge',
    hint: 'A history has one JSON object a line: {"op":"buy","invokedAt":0,"completedAt":3.5,"outcome":"sold"}',
  })
}

function remainingOfMany(skus: readonly string[]): HarnessError {
  return new HarnessError('USAGE', {
    message: `--remaining-stock is of one sale, and the files hold ${skus.length}: ${skus.slice(0, 5).join(', ')}`,
    hint: 'Split the files by SKU.',
  })
}
