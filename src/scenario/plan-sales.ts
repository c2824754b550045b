/**
 * What a step sells, and which SKU each request is for: drawn from a stream of random numbers beside those of moments,
 * kinds, users and quantities, so that a step with one SKU has the plan that it always had. Pure.
 *
 * SKUs are asked for by Zipf's law in its general form: rank k of n in proportion to 1 / k^s (G. K. Zipf, Human Behavior
 * and the Principle of Least Effort, 1949; with an exponent below 1 as L. Breslau et al. found it for what people ask
 * web servers for, "Web Caching and Zipf-like Distributions", INFOCOM 1999).
 */
import { NO_BUY } from '../core/history.ts'
import { createRandom, type Random } from '../core/random.ts'
import type { PlannedSale, SaleTerms, Scenario, SkuTerms } from '../core/scenario.ts'
import { MAX_STOCK } from '../core/wire.ts'

/** Far from the streams that count steps from 0. */
const SKU_STREAMS = 1 << 22

interface PlannedRows {
  readonly buy: Uint32Array
  readonly quantity: Uint16Array
}

/** The sales of a step, and of which of them each row is; null: all of the only one. */
export function planSales(
  { seed, sale }: Scenario,
  stepIndex: number,
  rows: PlannedRows,
): { readonly sales: readonly PlannedSale[]; readonly saleIndex: Uint16Array | null; readonly initialStock: number } {
  const saleIndex = sale.skus === null ? null : drawSales(sale.skus, createRandom(seed, SKU_STREAMS + stepIndex), rows)
  const units = unitsAskedFor(rows, saleIndex, sale.skus?.names.length ?? 1)
  const sales = skusOfStep(sale, stepIndex).map((sku, index) => ({
    sku,
    unitsAskedFor: units[index]!,
    initialStock: initialStock(sale, units[index]!),
  }))
  return { sales, saleIndex, initialStock: sales.reduce((sum, one) => sum + one.initialStock, 0) }
}

/** Every step is a sale of its own, and so is every SKU of it. */
function skusOfStep({ skus }: SaleTerms, stepIndex: number): string[] {
  const step = `step-${stepIndex + 1}`
  return skus === null ? [step] : skus.names.map((name) => `${step}-${name}`)
}

function drawSales({ names, skew }: SkuTerms, random: Random, { buy }: PlannedRows): Uint16Array {
  const draw = zipfDrawer(names.length, skew, random)
  const saleIndex = new Uint16Array(buy.length)
  for (let row = 0; row < buy.length; row++) {
    const isSecondHalf = row > 0 && buy[row] !== NO_BUY && buy[row] === buy[row - 1]
    saleIndex[row] = isSecondHalf ? saleIndex[row - 1]! : draw()
  }
  return saleIndex
}

/** Ranks from 0. */
function zipfDrawer(count: number, skew: number, random: Random): () => number {
  const upTo = new Float64Array(count)
  let sum = 0
  for (let rank = 0; rank < count; rank++) upTo[rank] = sum += (rank + 1) ** -skew
  return () => {
    const drawn = random.next() * sum
    let low = 0
    let high = count - 1
    while (low < high) {
      const middle = (low + high) >>> 1
      if (drawn < upTo[middle]!) high = middle
      else low = middle + 1
    }
    return low
  }
}

function unitsAskedFor({ buy, quantity }: PlannedRows, saleIndex: Uint16Array | null, sales: number): Float64Array {
  const units = new Float64Array(sales)
  for (let row = 0; row < buy.length; row++) {
    if (buy[row] === NO_BUY || (row > 0 && buy[row] === buy[row - 1])) continue
    units[saleIndex?.[row] ?? 0]! += quantity[row]!
  }
  return units
}

function initialStock({ stock }: SaleTerms, asked: number): number {
  if (stock.kind === 'units') return stock.units
  return Math.min(MAX_STOCK, Math.max(1, Math.round(stock.share * asked)))
}
