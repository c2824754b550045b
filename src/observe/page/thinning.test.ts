import { describe, expect, it } from 'vitest'
import { thinned } from './thinning.ts'

const at = (...times: readonly number[]) => times.map((atMs) => ({ atMs }))
const seconds = (count: number) => at(...Array.from({ length: count }, (_, index) => index * 1_000))

describe('thinned', () => {
  it('leaves as many as are allowed alone, and keeps the ends of more', () => {
    expect(thinned(seconds(10), 10)).toEqual(seconds(10))
    const kept = thinned(seconds(11), 10)
    expect(kept.length).toBeLessThanOrEqual(10)
    expect([kept[0], kept.at(-1)]).toEqual(at(0, 10_000))
  })

  it('spreads them over the time, not over their number', () => {
    const crowded = at(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 5_000, 10_000)
    expect(thinned(crowded, 3)).toEqual(at(0, 5_000, 10_000))
  })

  it('is as even after it was done again and again', () => {
    let points = seconds(0)
    for (const point of seconds(20_000)) points = thinnedAtMost(600, [...points, point])
    const gaps = points.slice(1).map(({ atMs }, index) => atMs - points[index]!.atMs)
    expect(points[0]).toEqual({ atMs: 0 })
    expect(Math.max(...gaps)).toBeLessThan(20_000_000 / 100)
  })

  it('bounds those that all came at once', () => {
    expect(thinned(at(...Array.from({ length: 50 }, () => 7)), 5)).toHaveLength(5)
  })
})

function thinnedAtMost<P extends { readonly atMs: number }>(most: number, points: readonly P[]): P[] {
  return points.length > most ? thinned(points, most / 2) : [...points]
}
