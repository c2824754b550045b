import { describe, expect, it } from 'vitest'
import type { RunRecord, ServiceTarget } from '../core/run-record.ts'
import { NS_PER_MS } from '../core/units.ts'
import { atTheirWidest, notesOn } from './export-run.ts'

const TARGET = {
  kind: 'service',
  shared: false,
  soldMeans: 'paid',
  promise: { reads: { kind: 'linearizable' }, sellsThrough: false },
} as unknown as ServiceTarget

function record(target: Partial<ServiceTarget> = {}, timeoutMs = 2_000): Pick<RunRecord, 'scenario' | 'target'> {
  return { scenario: { timeoutMs } as RunRecord['scenario'], target: { ...TARGET, ...target } }
}

describe('the notes beside an exported history', () => {
  it('are the terms of its judgement that differ from what verify and watch take for granted', () => {
    const reads = { kind: 'stale', maxAgeMs: 200 } as const
    const stale = record({ promise: { reads, sellsThrough: false } }, 5_000)
    expect(notesOn(stale, [{ clockErrorMs: 0 }, { clockErrorMs: 1.50001 }])).toEqual([
      'judge it with --reads stale:200ms --clock-error 1.501 (verify, watch)',
      'watch it with --timeout 5000ms',
    ])
    expect(notesOn(record(), [{ clockErrorMs: 0 }])).toEqual([])
  })

  it('warn of a stock from which others sold, and of answers that promised less than a unit', () => {
    expect(notesOn(record({ shared: true, soldMeans: 'queued' }), [{ clockErrorMs: 0 }])).toEqual([
      "others sold from the same stock, which its lines don't tell",
      '"sold" meant "queued" there: who was told so may have got nothing',
    ])
  })
})

describe('the hours of an exported sale', () => {
  it('are as wide as the error of their edges allows', () => {
    const hours = { opensAtNs: 100 * NS_PER_MS, closesAtNs: 200 * NS_PER_MS, errorMs: 3 }
    expect(atTheirWidest(hours)).toEqual({ opensAtNs: 97 * NS_PER_MS, closesAtNs: 203 * NS_PER_MS, errorMs: 0 })
    expect(atTheirWidest({ ...hours, opensAtNs: null })).toMatchObject({ opensAtNs: null })
  })
})
