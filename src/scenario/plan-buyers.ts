/**
 * Who a buyer is, and whether they ask again: drawn from streams of random numbers beside those of moments and kinds, so
 * that a scenario without bots and retries has the plan that it always had. Pure.
 */
import { createRandom, type Random } from '../core/random.ts'
import type { Buyers, Scenario, StepPlan } from '../core/scenario.ts'

/** Far from the streams that count steps from 0. */
const BOT_STREAMS = 1 << 20
const RETRY_STREAMS = 1 << 21

export function botsOfStep({ seed }: Scenario, stepIndex: number): Random {
  return createRandom(seed, BOT_STREAMS + stepIndex)
}

/** Draws the user of each buy in turn. Bots have the numbers that follow the population's. */
export function userDrawer(
  { population, bots }: Buyers,
  random: { readonly population: Random; readonly bots: Random },
): () => number {
  if (bots === null) return () => random.population.below(population)
  return () => {
    // Drawn for bots too, so that the others stay who they are when the share of bots changes.
    const user = random.population.below(population)
    const bot = random.bots.below(bots.users)
    return random.bots.next() < bots.share ? population + bot : user
  }
}

export function plannedRetries({ seed, buyers }: Scenario, stepIndex: number): Pick<StepPlan, 'retries'> {
  if (buyers.retries === null || buyers.retries.share === 0) return {}
  const random = createRandom(seed, RETRY_STREAMS + stepIndex)
  return { retries: { ...buyers.retries, seed: random.below(2 ** 32) } }
}
