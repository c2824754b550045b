import { describe, expect, it } from 'vitest'
import type { RunRecord } from '../../core/run-record.ts'
import { fullRecord } from '../../results/testing/records.ts'
import type { StoredRun } from './stored-runs.ts'
import { storedVisitsOf } from './stored-visits.ts'

const SIDE = { folders: ['results/main'], arm: 'baseline', isOfOneGate: false } as const

function stored(changes: Partial<RunRecord> = {}, place: Partial<StoredRun> = {}): StoredRun {
  const planned = { arm: 'baseline', round: 1, block: null } as const
  return { planned, isCalibration: false, directory: 'results/main', record: fullRecord(changes), ...place }
}

const DEAD = { endedBy: 'environment', endedEarly: 'the server died', verdict: 'environment' } as const

describe('stored visits', () => {
  it('leave a run out whose target died, and say so', () => {
    const { visits, record, notes } = storedVisitsOf(
      [stored({ ...DEAD, runId: 'dead' }), stored({ runId: 'r2' })],
      SIDE,
    )
    expect([visits.map(({ runId }) => runId), record.runId]).toEqual([['r2'], 'r2'])
    expect(notes).toEqual(['left out: 1 stored run of the baseline that ended early'])
    expect(() => storedVisitsOf([stored(DEAD)], SIDE)).toThrow(
      'results/main: every run of the baseline ended early, the first because the server died',
    )
  })

  it('keep a run that was wrong before its target died', () => {
    const { visits, notes } = storedVisitsOf([stored({ ...DEAD, verdict: 'wrong' })], SIDE)
    expect([visits.map(({ verdict }) => verdict), notes]).toEqual([['wrong'], []])
  })

  it('say what any of the runs had that the first had not', () => {
    const { environment, engine, target } = fullRecord()
    const runs = [
      stored(),
      stored(),
      stored({ environment: { ...environment, cpuModel: 'Xeon' }, engine: { ...engine, workers: 2 } }),
      stored({ target: { ...target, strategy: 'mutex' } as RunRecord['target'] }),
    ]
    expect(storedVisitsOf(runs, SIDE).differences).toEqual([
      'target: mutex where another run of the baseline had naive',
      'CPU: Xeon where another run of the baseline had cpu',
      'workers of the generator: 2 where another run of the baseline had 1',
    ])
    expect(storedVisitsOf([stored(), stored({ runId: 'r2', seed: 2 })], SIDE).differences).toEqual([])
  })

  it('keep the blocks of one gate, and no others', () => {
    const planned = { arm: 'baseline', round: 2, block: 3 } as const
    const runs = [stored({}, { planned }), stored({}, { isCalibration: true })]
    const ofOne = storedVisitsOf(runs, { ...SIDE, isOfOneGate: true })
    expect(ofOne.visits).toMatchObject([planned])
    expect(ofOne.calibration.length).toBe(1)
    expect(storedVisitsOf(runs, SIDE).visits).toMatchObject([{ round: 1, block: null }])
  })

  it('are those of the calibration where a gate came no further', () => {
    const { visits, calibration } = storedVisitsOf([stored({}, { isCalibration: true })], SIDE)
    expect([visits.length, calibration.length]).toEqual([1, 0])
  })
})
