import { describe, expect, it } from 'vitest'
import type { RunVerdict } from '../core/exit-codes.ts'
import type { RunRecord, ThresholdResult } from '../core/run-record.ts'
import { type MeasuredRun, resultOf } from './contestant-result.ts'
import { random, stepWith, timesWith } from './testing/results.ts'

const MACHINE = { quiet: true, idleShare: 1, stealShare: 0, heavy: [], waitedMs: 1_000 } as const

const threshold = (verdict: ThresholdResult['verdict']): ThresholdResult => ({
  expression: 'p99 < 42ms',
  step: 0,
  metric: 'p99',
  measured: 1,
  verdict,
  sentence: '',
})

function run(verdict: RunVerdict, p99: number, changes: Partial<RunRecord> = {}): MeasuredRun {
  const record = {
    runId: 'r',
    startedAt: '',
    verdict,
    steps: [stepWith({ responseMs: timesWith({ p99 }) })],
    checks: [],
    thresholds: [threshold(verdict === 'missed' ? 'fail' : 'pass')],
    workAnOrder: null,
    endedBy: null,
    ...changes,
  } as unknown as RunRecord
  return { contestant: 'a', regime: 0, directory: 'runs/01', machine: MACHINE, record, headline: `${verdict} ${p99}` }
}

const resultOfRuns = (...runs: MeasuredRun[]) => resultOf('a', runs, null, random())

describe('what the runs of a contestant came to', () => {
  it('is one figure of all, a value a run', () => {
    const { figures } = resultOfRuns(run('passed', 8), run('passed', 9), run('passed', 7))
    expect(figures!.responseMs.p99).toMatchObject({ median: 8, values: [8, 9, 7] })
    expect(figures!.responseMs.p50).toBeNull()
  })

  it('leaves out of the figures a run that was cut short', () => {
    const { figures, runs } = resultOfRuns(run('passed', 8), run('interrupted', 99, { endedBy: 'interrupted' }))
    expect(figures!.responseMs.p99!.values).toEqual([8])
    expect(runs).toHaveLength(2)
  })

  it('meets the SLO when it held in most runs, and not when in half of them', () => {
    expect(resultOfRuns(run('passed', 1), run('missed', 1), run('passed', 1)).meetsSlo).toBe(true)
    expect(resultOfRuns(run('passed', 1), run('missed', 1)).meetsSlo).toBe(false)
  })

  it('is wrong when one run was, in the words of that one', () => {
    const result = resultOfRuns(run('passed', 1), run('wrong', 2), run('passed', 3))
    expect(result).toMatchObject({ verdict: 'wrong', headline: 'in 1 of 3 runs: wrong 2' })
  })

  it('is told apart from what one run came to where no most of them agree', () => {
    expect(resultOfRuns(run('passed', 1), run('missed', 2))).toMatchObject({
      verdict: 'inconclusive',
      headline: '1 of 2 runs passed, another did not: missed 2',
    })
  })

  it('has in the place of figures why nothing could run', () => {
    expect(resultOf('a', [], 'there is no Redis', random())).toMatchObject({
      verdict: 'environment',
      headline: 'there is no Redis',
      figures: null,
      meetsSlo: false,
    })
  })

  it('is wrong all the same when a later run could not begin', () => {
    const result = resultOf('a', [run('wrong', 2)], 'the server did not start', random())
    expect(result).toMatchObject({ verdict: 'wrong', headline: 'wrong 2' })
  })

  it('is nothing before the first run', () => {
    expect(resultOfRuns()).toMatchObject({ verdict: null, headline: 'not run yet', figures: null })
  })

  it('has the work that one of its runs counted', () => {
    const work: RunRecord['workAnOrder'] = []
    expect(resultOfRuns(run('passed', 1), run('passed', 1, { workAnOrder: work })).work).toBe(work)
    expect(resultOfRuns(run('passed', 1)).work).toBeNull()
  })
})
