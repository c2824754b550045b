/** The rates of a staircase of steps, and how many requests a rate comes to. */
import { formatCount } from '../core/units.ts'
import { SCENARIO_LIMITS } from './limits.ts'

interface WrittenStaircase {
  readonly from: number
  readonly to: number
  readonly double?: true | undefined
  readonly by?: number | undefined
  readonly every?: number | undefined
}

type Rates =
  | { readonly ok: true; readonly value: readonly number[] }
  | { readonly ok: false; readonly sentence: string }

/** Every step's rate, the last one exactly `to`; or why there is no such staircase. */
export function planRates({ from, to, double, by }: WrittenStaircase): Rates {
  if (to < from) return { ok: false, sentence: `must be at least from (${formatRate(from)})` }
  const rates: number[] = []
  // From the first rate each time: adding up would pile up rounding errors.
  const rateOf = (index: number): number => (double ? from * 2 ** index : from + (by ?? 0) * index)
  for (let index = 0; rateOf(index) < to * (1 - 1e-9); index++) {
    if (index === SCENARIO_LIMITS.steps - 1) {
      return { ok: false, sentence: `makes more than ${formatCount(SCENARIO_LIMITS.steps)} steps` }
    }
    rates.push(rateOf(index))
  }
  const next = rateOf(rates.length)
  if (next > to * (1 + 1e-9)) {
    const before = rates.at(-1) ?? from
    const how = double ? 'doubling' : `steps of ${formatRate(by ?? 0)}`
    return {
      ok: false,
      sentence: `is not reached from ${formatRate(from)} by ${how}; ${formatRate(before)} and ${formatRate(next)} are`,
    }
  }
  return { ok: true, value: [...rates, to] }
}

/** The rates that are run, of a staircase that {@link planRates} takes: all, or those that `every` leaves. */
export function staircaseRates(staircase: WrittenStaircase, full: boolean): readonly number[] {
  const rates = planRates(staircase)
  if (!rates.ok) throw new RangeError(`the schema passed a staircase that has no steps: ${rates.sentence}`)
  const { every } = staircase
  if (every === undefined || full) return rates.value
  return rates.value.filter((_, index, all) => index === 0 || (index + 1) % every === 0 || index === all.length - 1)
}

/** HTTP requests that a step of evenly spaced arrivals has. */
export function plannedRequests(arrivalRatePerSec: number, durationMs: number): number {
  return Math.round((arrivalRatePerSec * durationMs) / 1000)
}

function formatRate(rate: number): string {
  return rate.toLocaleString('en-US', { maximumFractionDigits: 3 })
}
