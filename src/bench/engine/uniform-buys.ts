/** A plan of buys at an even rate, each by a buyer of its own. */
import type { StepPlan } from '../../core/scenario.ts'

export function uniformBuys(ratePerSec: number, durationMs: number): StepPlan {
  const length = Math.round((ratePerSec * durationMs) / 1000)
  const rows = Uint32Array.from({ length }, (_, row) => row)
  return {
    stepIndex: 0,
    step: { arrivalRatePerSec: ratePerSec, durationMs, arrivals: 'uniform' },
    length,
    atNs: Float64Array.from(rows, (row) => (row / ratePerSec) * 1e9),
    kind: new Uint8Array(length),
    user: rows,
    buy: rows,
    quantity: new Uint16Array(length).fill(1),
    distinctBuys: length,
    unitsAskedFor: length,
    distinctUsers: length,
    initialStock: length,
    sales: [{ sku: 'bench', unitsAskedFor: length, initialStock: length }],
    saleIndex: null,
  }
}
