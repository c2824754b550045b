import { describe, expect, it } from 'vitest'
import type { Scenario } from '../core/scenario.ts'
import type { GateSide } from '../run/gate/gate-arm.ts'
import { fullRecord } from '../results/testing/records.ts'
import { gateScenario, type GateScenarioOptions, namedScenario } from './gate-scenario.ts'
import type { GateWay } from './gate-way.ts'

const STORED: GateWay = { by: 'stored-baseline', baseline: ['main'], candidate: 'mutex' }
const TARGETS: GateWay = { by: 'targets', baseline: 'mutex', candidate: 'naive' }
const SMOKE = namedScenario('smoke', TARGETS, {})!

function sidesOf(scenario: Scenario | null): { readonly baseline: GateSide } {
  if (scenario === null) return { baseline: { kind: 'target', name: 'mutex' } as GateSide }
  const stored = { visits: [], calibration: [], record: fullRecord({ scenario }), differences: [], notes: [] }
  return { baseline: { kind: 'stored', name: 'stored: main', stored } }
}

function lengthsOf(named: Scenario | null, stored: Scenario | null, options: GateScenarioOptions = {}): number[] {
  return gateScenario(named, sidesOf(stored), options).scenario.steps.map(({ durationMs }) => durationMs)
}

describe('the scenario of a gate', () => {
  it('is cut to the length of a visit, unless a length was asked for', () => {
    expect(lengthsOf(SMOKE, null)).toEqual([1_000, 1_000])
    expect(lengthsOf(SMOKE, null, { quick: true })).toEqual([5_000])
    const asked = { duration: '4s' }
    expect(lengthsOf(namedScenario('smoke', TARGETS, asked), null, asked)).toEqual([4_000, 4_000])
  })

  it('is as long as what it is held against, where that was stored', () => {
    expect(lengthsOf(SMOKE, SMOKE)).toEqual([10_000])
    const ofGate = gateScenario(SMOKE, sidesOf(null), {}).scenario
    expect(lengthsOf(SMOKE, ofGate)).toEqual([1_000, 1_000])
    const several = { ...SMOKE, steps: [SMOKE.steps[0]!, { ...SMOKE.steps[0]!, durationMs: 2_000 }] }
    expect(lengthsOf(several, several)).toEqual([10_000, 2_000])
  })

  it('is the stored one where none is named, and nothing of that can be changed', () => {
    expect(namedScenario(undefined, STORED, {})).toBeNull()
    expect(lengthsOf(null, SMOKE)).toEqual([10_000])
    expect(() => namedScenario(undefined, STORED, { rate: '50', set: ['sale.stock=1'] })).toThrow(
      "--rate, --set can't be used without a scenario",
    )
    expect(() => namedScenario(undefined, TARGETS, {})).toThrow('which scenario?')
  })
})
