import { expect, it } from 'vitest'
import { backoffMs } from './backoff.ts'

it('waits up to a bound that doubles, and no further than the largest', () => {
  const bounds = [1, 2, 3, 4, 5].map((tries) => backoffMs({ firstMs: 2, maxMs: 20 }, tries, () => 1))
  expect(bounds).toEqual([2, 4, 8, 16, 20])
  expect(backoffMs({ firstMs: 2, maxMs: 20 }, 5, () => 0)).toBe(0)
})

it('waits for another span each time', () => {
  const spans = Array.from({ length: 20 }, () => backoffMs({ firstMs: 1, maxMs: 32 }, 6))
  expect(new Set(spans).size).toBeGreaterThan(1)
  expect(Math.max(...spans)).toBeLessThan(32)
})
