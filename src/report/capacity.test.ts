import { describe, expect, it } from 'vitest'
import { fullTrial } from '../core/testing/capacity-records.ts'
import type { CapacityInterval, CapacityRecord } from '../core/capacity-record.ts'
import { capacityJunit, capacitySummary, renderCapacity } from './index.ts'

const FOUND: CapacityInterval = {
  lowerRatePerSec: 8_100,
  upperRatePerSec: 8_500,
  relevantLowerRatePerSec: 8_100,
  relevantUpperRatePerSec: 8_500,
  conditionalThroughputPerSec: 8_090,
  trialMs: 8_000,
  ended: 'precise',
}

function record(changed: Partial<CapacityRecord> = {}): CapacityRecord {
  return {
    schema: 'doorbuster.capacity/1',
    capacityId: 'r1',
    status: 'complete',
    startedAt: '2026-03-14T15:09:26.000Z',
    finishedAt: '2026-03-14T15:14:26.000Z',
    scenario: { name: 'flat' } as CapacityRecord['scenario'],
    seed: 1,
    target: { kind: 'service', name: 'shop' } as CapacityRecord['target'],
    environment: null,
    slo: ['p99 < 42ms', 'achieved >= 99%'],
    sloFrom: 'option',
    budgetMs: 300_000,
    search: {
      fromRatePerSec: 100,
      toRatePerSec: 200_000,
      precision: 0.05,
      phases: [{ trialMs: 8_000, durationSumMs: 24_000, width: 0.05 }],
    },
    trials: [],
    capacity: FOUND,
    knee: null,
    demand: null,
    scalability: { fitted: false, because: 'it takes 6 rates or more, there were 3' },
    plan: null,
    prediction: null,
    wrong: null,
    notes: [],
    verdict: 'passed',
    exitCode: 0,
    ...changed,
  }
}

function said(changed: Partial<CapacityRecord> = {}): string {
  return renderCapacity(record(changed), { color: false, width: 120, directory: 'results/x' })
}

describe('a search for capacity as JUnit', () => {
  const WRONG = { trial: 3, ratePerSec: 400, check: 'no-oversell', sentence: 'oversold by 214 units' } as const
  it.each<[string, Partial<CapacityRecord>, right: string, slo: string]>([
    ['one that met its SLO', {}, 'pass', 'pass'],
    ['one that missed it', { verdict: 'missed' }, 'pass', 'failure'],
    ['one that was wrong', { verdict: 'wrong', wrong: WRONG }, 'failure', 'skipped'],
    ['one that came to no answer', { verdict: 'inconclusive', trials: [] }, 'error', 'error'],
    ['one that goes on', { verdict: null, status: 'running' }, 'error', 'error'],
    ['one that was interrupted', { verdict: 'interrupted', status: 'interrupted' }, 'error', 'error'],
  ])('of %s has a case for what is right, and one for the SLO', (_, changed, right, slo) => {
    const cases = capacityJunit(record({ trials: [fullTrial()], ...changed }))
      .split('<testcase')
      .slice(1)
    const found = cases.map((text) => /<(failure|error|skipped)/.exec(text)?.[1] ?? 'pass')
    expect(found).toEqual([right, slo])
  })
})

describe('a search for capacity in words', () => {
  it('begins with the interval', () => {
    expect(said()).toMatch(/^CAPACITY {1,2}shop meets p99 < 42ms up to 8,100-8,500\/s\n/)
  })

  it('says that a sale was wrong before anything else, and at what rate', () => {
    const wrong = { trial: 3, ratePerSec: 400, check: 'no-oversell', sentence: 'oversold by 214 units' } as const
    expect(said({ wrong, verdict: 'wrong' })).toMatch(/^WRONG at 400\/s: no-oversell: oversold by 214 units/)
  })

  it.each([
    [
      'the cap was reached',
      'passed',
      { ended: 'cap', upperRatePerSec: null },
      /^CAPACITY {1,2}shop meets .* at 8,100\/s, and no more was asked of it/,
    ],
    [
      'the generator was the limit',
      'inconclusive',
      { ended: 'no-answer', upperRatePerSec: null },
      /^AT LEAST: shop meets .* at 8,100\/s; beyond, no trial told anything/,
    ],
    [
      'the time was over',
      'inconclusive',
      { ended: 'budget', upperRatePerSec: null },
      /^AT LEAST: shop meets .* at 8,100\/s; the time was over/,
    ],
    [
      'the time was over before a rate was low enough',
      'inconclusive',
      { ended: 'budget', lowerRatePerSec: null, upperRatePerSec: 100 },
      /^INCONCLUSIVE: shop meets .* at no rate that was tried, not even at 100\/s; the time was over before lower ones\s+were/,
    ],
    [
      'no rate was low enough',
      'missed',
      { ended: 'floor', lowerRatePerSec: null, upperRatePerSec: 16 },
      /^SLO MISSED: shop meets .* at no rate that was tried, not even at 16\/s/,
    ],
    [
      'it was interrupted',
      'interrupted',
      { ended: 'interrupted' },
      /^INTERRUPTED: so far, shop meets .* up to 8,100-8,500\/s/,
    ],
  ] as const)('says that %s', (_claim, verdict, found, words) => {
    expect(said({ verdict, capacity: { ...FOUND, ...found } })).toMatch(words)
  })

  it('says of one that goes on that it does, and nothing of its end', () => {
    const going = { verdict: null, status: 'running', exitCode: null } as const
    const words = said({ ...going, capacity: { ...FOUND, ended: 'budget', upperRatePerSec: null } })
    expect(words).toMatch(/^RUNNING: so far, shop meets .* at 8,100\/s; of higher rates nothing is known/)
    expect(said({ ...going, capacity: { ...FOUND, ended: 'budget', upperRatePerSec: 9_720 } })).not.toContain('budget')
    const stopped = { verdict: 'interrupted', status: 'interrupted' } as const
    expect(said({ ...stopped, capacity: { ...FOUND, ended: 'interrupted', upperRatePerSec: null } })).not.toContain(
      'time was over',
    )
  })

  it('says how wide the interval is only where that is wider than was asked for, and why', () => {
    expect(said()).not.toContain('wide')
    const wide = { ...FOUND, upperRatePerSec: 9_720 }
    expect(said({ capacity: wide })).toContain(
      'the interval is 20% wide, not 5%: trials near it contradicted one another',
    )
    expect(said({ capacity: { ...wide, ended: 'budget' } })).toContain('the budget was over')
    const lowest = { ...FOUND, lowerRatePerSec: 16, upperRatePerSec: 17 }
    expect(said({ capacity: lowest })).toContain('the interval is 6.25% wide, not 5%: no whole rate lies between')
  })

  it('says where the SLO came from when nobody named one', () => {
    expect(said({ sloFrom: 'default' })).toContain('p99 < 100ms was taken')
    expect(said()).not.toContain('was taken')
  })

  it('says what was predicted as an interval, and what was measured', () => {
    const prediction = {
      lowLoadShare: 0.3,
      saturation: {
        predictedPerSec: { low: 7_000, high: 19_000 },
        resource: 'machine',
        measuredAtLeastPerSec: 10_000,
        measuredBelowPerSec: 12_000,
      },
      response: {
        ratePerSec: 9_600,
        predictedMeanMs: { low: 2, high: Number.POSITIVE_INFINITY },
        measuredMeanMs: 12.5,
      },
    }
    const words = said({ prediction }).replaceAll(/\s+/g, ' ')
    expect(words).toContain('predicted 7,000/s to 19,000/s; measured: not saturated at 10,000/s, saturated at 12,000/s')
    expect(words).toContain('at 9,600/s: predicted saturated to 2.00ms, measured 12.5ms')
  })

  it('lets no foreign text reach the terminal or the page as it is', () => {
    const target = { kind: 'service', name: 'a\u001B[31m<b>|' } as CapacityRecord['target']
    expect(said({ target })).not.toContain('\u001B')
    expect(capacitySummary(record({ target }))).toContain('&lt;b&gt;\\|')
  })
})
