import { describe, expect, it } from 'vitest'
import { histogram } from '../testing/telemetry.ts'
import { bucketsBetween, bucketsOf, quantileSeconds } from './time-buckets.ts'

const counts = (...bySecond: readonly (readonly [number, number])[]) => histogram(new Map(bySecond)).counts

describe('quantileSeconds', () => {
  it('interpolates within the bucket, as histogram_quantile does', () => {
    // 10 of 10 between 20 and 30 ms: the half of them is in the middle.
    expect(quantileSeconds(counts([0.03, 10]), 0.5)).toBeCloseTo(0.025, 9)
    expect(quantileSeconds(counts([0.01, 90], [0.03, 10]), 0.95)).toBeCloseTo(0.025, 9)
    expect(quantileSeconds(counts([0.01, 90], [0.03, 10]), 0.9)).toBeCloseTo(0.01, 9)
  })

  it('begins the first bucket at nothing, and ends the last at its last bound', () => {
    expect(quantileSeconds(counts([0.0005, 4]), 0.5)).toBeCloseTo(0.00025, 9)
    expect(quantileSeconds(counts([Infinity, 4]), 0.5)).toBe(10)
  })

  it('says nothing about no sample', () => {
    expect(quantileSeconds(counts(), 0.5)).toBeNull()
    expect(quantileSeconds([], 0.5)).toBeNull()
  })
})

describe('what was added between two looks', () => {
  it('is of all outcomes together', () => {
    const sums = bucketsOf({ sold: histogram(new Map([[0.01, 2]])), soldOut: histogram(new Map([[0.01, 3]])) })
    expect(sums).toEqual(counts([0.01, 5]))
  })

  it('is the difference, and never less than nothing', () => {
    expect(bucketsBetween(counts([0.01, 5]), counts([0.01, 7], [0.03, 1]))).toEqual(counts([0.01, 2], [0.03, 1]))
    expect(bucketsBetween(counts([0.01, 5]), counts([0.01, 4]))).toEqual(counts())
    expect(bucketsBetween([], counts([0.01, 4]))).toEqual(counts([0.01, 4]))
  })
})
