/**
 * Which of many sales are told of one by one: a sale that was stays so, so that its series never comes and goes. Some
 * places are kept for those that are oversold when all others are taken. The rest is told as one.
 */
import { MOST_SKUS } from '../core/metric-table.ts'
import type { SaleTelemetry } from '../core/telemetry.ts'
import { together } from './sale-tally.ts'

/** Of {@link MOST_SKUS}. */
const KEPT_FOR_OVERSOLD = 20

export class ShownSales {
  /** SKUs, in the order in which they were first shown. */
  readonly #shown = new Set<string>()

  /** All sales, each once; further ones may come with every call. */
  of(sales: readonly SaleTelemetry[]): SaleTelemetry[] {
    this.#show(sales.filter(({ oversold }) => oversold > 0).sort(mostOversoldFirst), MOST_SKUS)
    this.#show(sales, MOST_SKUS - KEPT_FOR_OVERSOLD)
    const bySku = new Map(sales.map((sale) => [sale.sku, sale]))
    const shown = [...this.#shown].flatMap((sku) => bySku.get(sku) ?? [])
    const others = sales.filter(({ sku }) => !this.#shown.has(sku))
    return others.length === 0 ? shown : [...shown, together(others)]
  }

  #show(sales: readonly SaleTelemetry[], most: number): void {
    for (const { sku } of sales) if (this.#shown.size < most) this.#shown.add(sku)
  }
}

function mostOversoldFirst(one: SaleTelemetry, other: SaleTelemetry): number {
  return other.oversold - one.oversold
}
