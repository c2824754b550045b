/**
 * How the stock of each sale of a step went down by what buyers were told: a buy counts once, when it was first answered
 * `sold`, however often it was asked. And what readers were shown meanwhile. Pure.
 */
import { type HistoryColumns, OUTCOME_CODES } from '../core/history.ts'
import type { SaleFigures } from '../core/run-record.ts'
import type { StockCurve } from '../report/index.ts'

const SOLD = OUTCOME_CODES.indexOf('sold')
const SHOWN = OUTCOME_CODES.indexOf('shown')

export interface StockTerms {
  readonly sales: readonly Pick<SaleFigures, 'sku' | 'initial'>[]
  /** Units of each sale that were sold in steps before, where all steps are one sale. */
  readonly soldBefore: readonly number[]
}

export interface StockBurn {
  readonly curves: readonly StockCurve[]
  /** Units of each sale sold by the end of the step. */
  readonly soldByNow: readonly number[]
}

/** `bucketAt`: index of the bucket of a moment, from 0 to `buckets` - 1. */
export function stockBurn(
  history: HistoryColumns,
  { sales, soldBefore }: StockTerms,
  bucketAt: (atNs: number) => number,
  buckets: number,
): StockBurn {
  const each = (value: number): Float64Array[] => sales.map(() => new Float64Array(buckets).fill(value))
  const [sold, low, high] = [each(0), each(Number.POSITIVE_INFINITY), each(Number.NEGATIVE_INFINITY)]
  for (const row of firstSoldRows(history)) {
    sold[history.saleIndex?.[row] ?? 0]![bucketAt(history.completedAtNs[row]!)]! += history.quantity[row]!
  }
  for (let row = 0; row < history.length; row++) {
    if (history.outcome[row] !== SHOWN) continue
    const sale = history.saleIndex?.[row] ?? 0
    const bucket = bucketAt(history.completedAtNs[row]!)
    const stock = history.shownStock[row]!
    low[sale]![bucket] = Math.min(low[sale]![bucket]!, stock)
    high[sale]![bucket] = Math.max(high[sale]![bucket]!, stock)
  }
  const soldByNow = sales.map((_, sale) => (soldBefore[sale] ?? 0) + sold[sale]!.reduce((sum, units) => sum + units, 0))
  const curves = sales.map(({ sku, initial }, sale) => {
    let left = initial - (soldBefore[sale] ?? 0)
    const fell = Array.from(sold[sale]!, (units) => (left -= units))
    return {
      sku,
      left: [initial - (soldBefore[sale] ?? 0), ...fell],
      shown: Array.from(low[sale]!, (lowest, bucket) =>
        Number.isFinite(lowest) ? { low: lowest, high: high[sale]![bucket]! } : null,
      ),
    }
  })
  return { curves, soldByNow }
}

/** One row a buy. */
function firstSoldRows({ length, outcome, buy, completedAtNs }: HistoryColumns): Iterable<number> {
  const firstRow = new Map<number, number>()
  for (let row = 0; row < length; row++) {
    if (outcome[row] !== SOLD) continue
    const known = firstRow.get(buy[row]!)
    if (known === undefined || completedAtNs[row]! < completedAtNs[known]!) firstRow.set(buy[row]!, row)
  }
  return firstRow.values()
}
