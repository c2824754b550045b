/**
 * Units of each sale of a run: by what buyers were told while it is on, by its ledger as soon as that was read. Attempts
 * of one buy count once. Beyond so many sales the rest is told as one, so that a line about them stays short.
 */
import type { CheckResult } from '../core/check.ts'
import { type HistoryColumns, NO_BUY, OUTCOME_CODES, skuAt } from '../core/history.ts'
import { MOST_SKUS, OTHER } from '../core/metric-table.ts'
import type { SaleFigures } from '../core/run-record.ts'
import type { SaleTelemetry } from '../core/telemetry.ts'
import type { Arrival } from '../load/arrival.ts'

const SOLD = OUTCOME_CODES.indexOf('sold')
const UNKNOWN = OUTCOME_CODES.indexOf('unknown')

/** What is known of a buy by now; the higher one stays. */
const UNHEARD = 0
const UNANSWERED = 1
const TOLD_SOLD = 2

interface Sale {
  readonly sku: string
  step: number
  stock: number
  sold: number
  unknown: number
  /** By the checks. `lost` is null where none was made. */
  oversold: number
  lost: number | null
}

export interface SaleTallyOptions {
  /** All steps are one sale: it goes on under its name. */
  readonly isOneSale: boolean
  /** More "sold" answers than units show that units were oversold; not where others fill up, or "sold" means queued. */
  readonly answersConvict: boolean
}

export class SaleTally {
  readonly #options: SaleTallyOptions
  /** In order of their beginning. */
  readonly #sales: Sale[] = []
  /** Of the step that is on, by SKU. */
  #current = new Map<string, Sale>()
  /** By number of the buy, less the first of the step. */
  #buys = new Uint8Array(0)
  #firstBuy = 0

  constructor(options: SaleTallyOptions) {
    this.#options = options
  }

  /** `buys`: numbers of the step's buys, as its plan has them. `step` from 1. */
  begin(step: number, stocks: ReadonlyMap<string, number>, buys: Uint32Array): void {
    const before = this.#current
    this.#current = new Map(
      [...stocks].map(([sku, stock]) => {
        const goesOn = this.#options.isOneSale ? before.get(sku) : undefined
        const sale = goesOn ?? { sku, step, stock, sold: 0, unknown: 0, oversold: 0, lost: null }
        if (goesOn === undefined) this.#sales.push(sale)
        sale.step = step
        return [sku, sale]
      }),
    )
    const { first, end } = rangeOf(buys)
    this.#firstBuy = first
    this.#buys = new Uint8Array(end - first)
  }

  take(history: HistoryColumns, row: number, { outcome, wasSent }: Arrival): void {
    if ((outcome !== SOLD && outcome !== UNKNOWN) || !wasSent) return
    const buy = history.buy[row]!
    if (buy === NO_BUY) return
    const index = buy - this.#firstBuy
    const known = this.#buys[index]
    const heard = outcome === SOLD ? TOLD_SOLD : UNANSWERED
    if (known === undefined || known >= heard) return
    const sale = this.#current.get(skuAt(history, row))
    if (sale === undefined) return
    const units = history.quantity[row]!
    this.#buys[index] = heard
    if (known === UNANSWERED) sale.unknown -= units
    if (known === UNHEARD && heard === UNANSWERED) sale.unknown += units
    if (heard === TOLD_SOLD) sale.sold += units
  }

  /** What the step's ledgers and checks say. */
  endOfStep(figures: readonly SaleFigures[], checks: readonly CheckResult[]): void {
    for (const { sku, sold } of figures) {
      const sale = this.#current.get(sku)
      if (sale === undefined) continue
      if (sold !== null) sale.sold = sold
      const measureOf = (name: CheckResult['check']): CheckResult | undefined =>
        checks.find((one) => one.check === name && one.sku === sku)
      const oversell = measureOf('no-oversell')
      if (oversell?.verdict === 'fail') sale.oversold = oversell.measured ?? 0
      const kept = measureOf('acknowledged-kept')
      sale.lost = kept?.verdict === 'pass' || kept?.verdict === 'fail' ? (kept.details['lostUnits'] ?? null) : sale.lost
    }
  }

  /** The first so many by their names, all others together. */
  telemetry(): SaleTelemetry[] {
    const told = this.#sales.map((sale) => this.#told(sale))
    const others = told.slice(MOST_SKUS)
    return others.length === 0 ? told : [...told.slice(0, MOST_SKUS), together(others)]
  }

  #told(sale: Sale): SaleTelemetry {
    const { sku, step, stock, sold, unknown, lost } = sale
    const over = this.#options.answersConvict ? Math.max(0, sold - stock) : 0
    return { sku, step, stock, sold, oversold: Math.max(sale.oversold, over), lost, unknown }
  }
}

/** One sale or more, as one. */
export function together(sales: readonly SaleTelemetry[]): SaleTelemetry {
  return { ...sales.reduce(sum), sku: OTHER }
}

function sum(a: SaleTelemetry, b: SaleTelemetry): SaleTelemetry {
  return {
    sku: OTHER,
    step: Math.max(a.step, b.step),
    stock: a.stock + b.stock,
    sold: a.sold + b.sold,
    oversold: a.oversold + b.oversold,
    lost: a.lost === null && b.lost === null ? null : (a.lost ?? 0) + (b.lost ?? 0),
    unknown: a.unknown + b.unknown,
  }
}

function rangeOf(buys: Uint32Array): { first: number; end: number } {
  let [first, last] = [NO_BUY, -1]
  for (const buy of buys) {
    if (buy === NO_BUY) continue
    if (buy < first) first = buy
    if (buy > last) last = buy
  }
  return last < 0 ? { first: 0, end: 0 } : { first, end: last + 1 }
}
