/** The sales that can be bought from at the moment, as far as this instance was told of them. */
import type { SaleHours } from './opening-hours.ts'

export class OpenSales {
  readonly #hours = new Map<string, SaleHours>()

  opened(sku: string, hours: SaleHours): void {
    this.#hours.set(sku, hours)
  }

  closed(sku: string): void {
    this.#hours.delete(sku)
  }

  /** SKUs, those opened first before the others. `nowMs`: since 1970. */
  at(nowMs: number): readonly string[] {
    for (const [sku, { closesAtMs }] of this.#hours) {
      if (closesAtMs !== null && closesAtMs <= nowMs) this.#hours.delete(sku)
    }
    return [...this.#hours.keys()]
  }
}
