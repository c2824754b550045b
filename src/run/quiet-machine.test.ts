import { describe, expect, it } from 'vitest'
import { awaitQuietMachine, whatIsBusy } from './quiet-machine.ts'

const state = { quiet: false, idleShare: 0.31, stealShare: 0, heavy: [], waitedMs: 1000 } as const

describe('what keeps a machine busy', () => {
  it('is named, with what is left', () => {
    const heavy = [{ pid: 42, name: 'tsc', cores: 1.1 }]
    expect(whatIsBusy({ ...state, heavy, stealShare: 0.07 })).toBe(
      'tsc (process 42) uses 110% of a core, 7% is taken by its host, 31% of its CPU time is free',
    )
  })

  it('is not known where nobody says, and not claimed of a quiet one', () => {
    expect(whatIsBusy({ ...state, quiet: null, idleShare: null, stealShare: null })).toMatch(/does not say/)
    expect(whatIsBusy({ ...state, quiet: true })).toBe('the machine is quiet')
  })
})

describe('waiting for a quiet machine', () => {
  it('ends at once when it is interrupted', async () => {
    const { quiet } = await awaitQuietMachine({ maxWaitMs: 600_000, signal: AbortSignal.abort() })
    expect([true, false, null]).toContain(quiet)
  })
})
