/**
 * In which order contestants run. A machine drifts: it warms up, others come and go. So runs are laid out in blocks
 * (Fisher's randomised block design): each block holds every contestant in every regime once, in an order of its own, so
 * that what drifts falls on all of them alike, and a comparison that is cut short has about as many runs of each.
 */
import type { Random } from '../core/random.ts'

export interface PlannedRun {
  /** Indexes, from 0. */
  readonly contestant: number
  readonly regime: number
  readonly block: number
}

export interface OrderTerms {
  readonly contestants: number
  readonly regimes: number
  /** Blocks. */
  readonly repeat: number
  readonly random: Random
}

export function orderOfRuns({ contestants, regimes, repeat, random }: OrderTerms): PlannedRun[] {
  return Array.from({ length: repeat }, (_, block) => {
    const runs = Array.from({ length: contestants * regimes }, (_, cell) => ({
      contestant: Math.floor(cell / regimes),
      regime: cell % regimes,
      block,
    }))
    return shuffled(runs, random)
  }).flat()
}

/** Fisher and Yates. */
function shuffled<T>(things: readonly T[], random: Random): T[] {
  const order = [...things]
  for (let last = order.length - 1; last > 0; last--) {
    const chosen = random.below(last + 1)
    const kept = order[last]!
    order[last] = order[chosen]!
    order[chosen] = kept
  }
  return order
}
