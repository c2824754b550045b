import { expect, it } from 'vitest'
import type { Baseline } from '../ledger/index.ts'
import { standsStill } from './stands-still.ts'

/** What is left at each look; after the last it stays so. */
function ledgerWith(remaining: readonly number[]) {
  let looks = 0
  const look = (): Promise<Baseline[]> =>
    Promise.resolve([{ orderIds: new Set<string>(), remaining: remaining[Math.min(looks++, remaining.length - 1)]! }])
  return { look, looks: () => looks }
}

const NEVER = new AbortController().signal

it('a ledger that pauses between two batches has not come to rest', async () => {
  const batches = ledgerWith([9, 8, 8, 8, 8, 8, 8, 7])
  expect(await standsStill(batches.look, 60_000, NEVER, 1)).toBe(true)
  expect(batches.looks()).toBe(8 + 6)
})

it('has not come to rest by a deadline that is over at once', async () => {
  expect(await standsStill(ledgerWith([9]).look, 0, NEVER, 1)).toBe(false)
})
