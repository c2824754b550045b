import { describe, expect, it } from 'vitest'
import type { StepRecord } from '../../core/run-record.ts'
import { checkOf, recordOf, stepOf, strategyTarget } from '../../report/testing/records.ts'
import { climbOf, renderStaircase } from './staircase-table.ts'

function step(index: number, offered: number, achieved: number, changes: Partial<StepRecord> = {}): StepRecord {
  return stepOf(index, {
    offeredRatePerSec: offered,
    achievedRatePerSec: achieved,
    saturated: achieved < offered * 0.99,
    dropped: Math.max(0, Math.round(offered - achieved)),
    ...changes,
  })
}

function rowsOf(...records: ReturnType<typeof recordOf>[]): string[] {
  return renderStaircase(records.map(climbOf)).split('\n').slice(2)
}

describe('the table of the staircase', () => {
  it('names the last rate that was carried, and the first that was not', () => {
    const steps = [step(0, 400, 400), step(1, 800, 795), step(2, 1600, 1202), step(3, 3200, 1190)]
    expect(rowsOf(recordOf({ steps }))).toEqual([
      '| [`redis-lua`](docs/strategies/redis-lua.md) | 800/s | 1.50ms, 4.50ms | 1,600/s: saturated at 1,202/s | 1,190/s | right |',
    ])
  })

  it('has no such rate where all were carried, or none', () => {
    const [all] = rowsOf(recordOf({ steps: [step(0, 400, 400), step(1, 800, 800)] }))
    expect(all).toContain('| 800/s | 1.50ms, 4.50ms | - | 800/s, nothing dropped | right |')
    const [none] = rowsOf(recordOf({ steps: [step(0, 400, 90)] }))
    expect(none).toContain('| - | - | 400/s: saturated at 90/s | 90/s | right |')
  })

  it('says what was wrong, and from which rate on', () => {
    const steps = [step(0, 400, 400), step(1, 800, 800)]
    const failed = checkOf('no-oversell', { step: 1, verdict: 'fail', measured: 1234, unit: 'units' })
    const [row] = rowsOf(recordOf({ steps, checks: [checkOf('conservation'), failed] }))
    expect(row).toMatch(/\| \*\*wrong\*\* from 800\/s: no-oversell \|$/)
    const doubt = checkOf('linearizable', { verdict: 'unknown' })
    expect(rowsOf(recordOf({ steps, checks: [doubt] }))[0]).toMatch(/\| undecided \|$/)
  })

  it('begins with the strategy that carried most', () => {
    const named = (strategy: string, steps: readonly StepRecord[]) =>
      recordOf({ steps, target: { ...strategyTarget, strategy } })
    const rows = rowsOf(
      named('slow', [step(0, 400, 400), step(1, 800, 500)]),
      named('fast', [step(0, 400, 400), step(1, 800, 800)]),
      named('middling', [step(0, 400, 400), step(1, 800, 600)]),
    )
    expect(rows.map((row) => /`(\w+)`/.exec(row)![1])).toEqual(['fast', 'middling', 'slow'])
  })
})
