/** A target whose capacity is known: response times of a queue with exponential times (M/M/1), and noise on them. */
import { createRandom, type Random } from '../../core/random.ts'
import { addTrial, beginSearch, nextTrial, type SearchState, type SearchTerms, type SearchTrial } from '../search.ts'

export interface FakeTarget {
  /** Rate at which its p99 is just what is allowed. */
  readonly capacityPerSec: number
  trial(ratePerSec: number, durationMs: number): Omit<SearchTrial, 'ratePerSec' | 'durationMs'>
}

const FULL_TRIAL_MS = 8_000
const FARTHEST = 20

export const TERMS: SearchTerms = {
  fromRatePerSec: 100,
  toRatePerSec: 200_000,
  precision: 0.05,
  phases: [
    { trialMs: 2_000, durationSumMs: 2_000, width: 0.2 },
    { trialMs: 4_000, durationSumMs: 4_000, width: 0.1 },
    { trialMs: 8_000, durationSumMs: 24_000, width: 0.05 },
  ],
  floorRatePerSec: 16,
  samples: 459,
  mostTrials: 80,
}

/** p99 of M/M/1 is ln 100 / (mu - lambda); `noise`: standard deviation of its logarithm in a trial of full length. */
export function queueTarget(seed: number, { allowedMs, noise }: { allowedMs: number; noise: number }): FakeTarget {
  const random = createRandom(seed, 7)
  const servedPerSec = 500 + 4_500 * random.next()
  return {
    capacityPerSec: servedPerSec - (Math.log(100) * 1_000) / allowedMs,
    trial(ratePerSec, durationMs) {
      const isSaturated = ratePerSec >= servedPerSec
      const trueMs = isSaturated ? Number.POSITIVE_INFINITY : (Math.log(100) * 1_000) / (servedPerSec - ratePerSec)
      const scatter = Math.exp(noise * Math.sqrt(FULL_TRIAL_MS / durationMs) * normal(random))
      const margin = Math.min(FARTHEST, trueMs / allowedMs) * scatter
      const achievedRatePerSec = Math.min(ratePerSec, servedPerSec)
      return { answer: margin < 1 ? 'good' : 'bad', margin, achievedRatePerSec }
    },
  }
}

/** Box and Muller. */
function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next())
}

/** All of it, as long as `target` answers. */
export function searchThrough(
  target: Pick<FakeTarget, 'trial'>,
  terms: SearchTerms = TERMS,
): { readonly state: SearchState; readonly ended: string } {
  let state = beginSearch(terms)
  for (let made = 0; made <= terms.mostTrials; made++) {
    const next = nextTrial(state)
    if (next.kind === 'done') return { state, ended: next.ended }
    state = addTrial(state, { ...next, ...target.trial(next.ratePerSec, next.durationMs) })
  }
  throw new Error('the search went on beyond its bound')
}
