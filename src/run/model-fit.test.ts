import { describe, expect, it } from 'vitest'
import { buildScenario } from '../scenario/testing/build-scenario.ts'
import { refuseOtherModel } from './model-fit.ts'

const open = { name: 'open-loop', model: 'open' } as const
const closed = { name: 'autocannon', model: 'closed' } as const
const counts = buildScenario({ steps: [{}, { connections: 16 }] })

describe('a scenario of connections', () => {
  it('is for an engine of the closed model', () => {
    expect(() => refuseOtherModel(closed, counts)).not.toThrow()
    expect(() => refuseOtherModel(open, counts)).toThrow(
      'step 2 of test asks for 16 connections, and the engine open-loop keeps a rate',
    )
  })

  it('is the only one that an open engine refuses', () => {
    expect(() => refuseOtherModel(open, buildScenario())).not.toThrow()
    expect(() => refuseOtherModel(closed, buildScenario())).not.toThrow()
  })
})
