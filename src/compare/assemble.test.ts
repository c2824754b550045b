import { describe, expect, it } from 'vitest'
import type { Contestant } from '../core/compare-record.ts'
import type { RunVerdict } from '../core/exit-codes.ts'
import type { RunRecord } from '../core/run-record.ts'
import type { Scenario } from '../core/scenario.ts'
import { assembleComparison, type Comparison } from './assemble.ts'
import type { MeasuredRun } from './contestant-result.ts'
import { stepWith, timesWith } from './testing/results.ts'

interface RunChanges {
  readonly regime?: number
  /** That were measured. */
  readonly answers?: number
}

const BUSY = { quiet: false, idleShare: 0.2, stealShare: 0, heavy: [{ pid: 1, name: 'tsc', cores: 1 }], waitedMs: 1 }

function contestant(name: string, builtWrong = false): Contestant {
  return {
    name,
    target: null,
    promise: { reads: { kind: 'linearizable' }, sellsThrough: true },
    durableWhen: null,
    settings: {},
    builtWrong,
  }
}

function run(name: string, p99: number, verdict: RunVerdict = 'passed', changes: RunChanges = {}): MeasuredRun {
  const record = {
    runId: 'r',
    startedAt: '',
    verdict,
    engine: { model: 'open' },
    environment: { cores: 2, services: { [name]: { version: '1' } } },
    steps: [stepWith({ responseMs: timesWith({ p99, count: changes.answers ?? 1_000 }) })],
    checks: [],
    thresholds: [],
    workAnOrder: null,
    endedBy: null,
  } as unknown as RunRecord
  return {
    contestant: name,
    regime: changes.regime ?? 0,
    directory: 'runs/01',
    machine: BUSY,
    record,
    headline: verdict,
  }
}

function assembled(changes: Partial<Comparison>) {
  return assembleComparison({
    compareId: 'c1',
    status: 'complete',
    startedAt: '',
    finishedAt: '',
    scenario: { thresholds: [], steps: [{}] } as unknown as Scenario,
    seed: 1,
    repeat: 3,
    contestants: [contestant('a'), contestant('naive', true)],
    sellThroughs: [1],
    runs: [...[8, 9, 10].map((p99) => run('a', p99)), run('naive', 1, 'wrong')],
    notRun: new Map(),
    broughtAlong: new Set(),
    samplesNeeded: () => 0,
    remarks: [],
    ...changes,
  })
}

describe('a comparison', () => {
  it('is the same again from the same runs', () => {
    expect(assembled({})).toEqual(assembled({}))
  })

  it('is wrong with a control that was asked for by name, and not with one that was brought along', () => {
    expect(assembled({})).toMatchObject({ verdict: 'wrong', exitCode: 1 })
    expect(assembled({ broughtAlong: new Set(['a', 'naive']) })).toMatchObject({ verdict: 'passed', exitCode: 0 })
  })

  it('is wrong with a strategy that was brought along to be right', () => {
    const runs = [run('a', 8, 'wrong'), run('naive', 1)]
    expect(assembled({ runs, broughtAlong: new Set(['a', 'naive']) }).verdict).toBe('wrong')
  })

  it('goes without who was brought along and has no store here', () => {
    const terms = { runs: [run('a', 8)], notRun: new Map([['naive', 'there is no Redis']]) }
    expect(assembled({ ...terms, broughtAlong: new Set(['a', 'naive']) })).toMatchObject({
      verdict: 'passed',
      notes: expect.arrayContaining(['naive could not run: there is no Redis']),
    })
    expect(assembled(terms).verdict).toBe('environment')
  })

  it('has no verdict while it goes on', () => {
    expect(assembled({ status: 'running', finishedAt: null })).toMatchObject({ verdict: null, exitCode: null })
  })

  it('has the stores of all of its runs', () => {
    expect(Object.keys(assembled({}).environment!.services).toSorted()).toEqual(['a', 'naive'])
  })

  it('says that it was made on a busy machine, and by whom', () => {
    expect(assembled({}).notes.find((note) => note.startsWith('4 of 4 runs'))).toMatch(/\(tsc\), with down to 20%/)
  })

  it('says of a fault on purpose that no check met it', () => {
    const notes = assembled({ runs: [run('a', 8), run('naive', 1)] }).notes
    expect(notes).toContain('naive has a fault on purpose, which no check met here; it is not ranked')
  })

  it('ranks nowhere who was wrong in one regime', () => {
    const everywhere = (name: string, p99: number) => [0, 1].map((regime) => run(name, p99, 'passed', { regime }))
    const runs = [...everywhere('a', 8), ...everywhere('b', 1), run('b', 1, 'wrong', { regime: 1 })]
    const { regimes } = assembled({ contestants: [contestant('a'), contestant('b')], sellThroughs: [1, 0.01], runs })
    expect(regimes.map(({ places }) => places.flatMap(({ contestants }) => contestants))).toEqual([['a'], ['a']])
  })

  it('says how many runs of each places are made of, as made and not as planned', () => {
    const contestants = [contestant('a'), contestant('b')]
    const notesOfRuns = (...runs: MeasuredRun[]) => assembled({ contestants, runs }).notes
    expect(notesOfRuns(run('a', 8), run('b', 9))).toContainEqual(
      expect.stringMatching(/^one run of each: by so few no two can be told apart/),
    )
    expect(notesOfRuns(run('a', 8), run('a', 8), run('b', 9))).toContainEqual(
      expect.stringMatching(/^1 to 2 runs of each: by so few/),
    )
    const three = [8, 9, 10].flatMap((p99) => [run('a', p99), run('b', p99)])
    expect(notesOfRuns(...three)).toContainEqual(
      expect.stringMatching(
        /^3 runs of each: two that are equal come out on different places by chance in 10% of pairs/,
      ),
    )
  })

  it('says that p99 is ranked by on fewer answers than it takes, and of whom is ranked alone', () => {
    const runs = [run('a', 8, 'passed', { answers: 100 }), run('a', 9), run('naive', 1, 'passed', { answers: 1 })]
    expect(assembled({ runs, samplesNeeded: () => 459 }).notes).toContainEqual(
      expect.stringMatching(/^ranked by p99, which needs 459 answers: 1 of 2 runs had fewer, down to 100;/),
    )
    expect(assembled({ samplesNeeded: () => 459 }).notes.join()).not.toContain('459')
  })
})
