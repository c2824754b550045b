import { describe, expect, it } from 'vitest'
import type { StartedBy } from '../core/target-descriptor.ts'
import { refuseWithoutFreshSale, saleRemark } from './capacity-fit.ts'
import type { TargetChoice } from './run-scenario.ts'

const BARE = { name: 'shop', open: null, start: null }
const STARTED = { ...BARE, start: { by: 'command' } as StartedBy }

function choice(descriptor: object): TargetChoice {
  return { kind: 'service', descriptor, permittedHosts: [] } as unknown as TargetChoice
}

describe('a target whose sales nobody opens', () => {
  it('is refused where it goes on from trial to trial: the second would find what the first has left', () => {
    expect(() => refuseWithoutFreshSale(BARE)).toThrow('shop has no fresh sale for each trial')
  })

  it('is taken where each trial starts it anew, and that is said', () => {
    expect(() => refuseWithoutFreshSale(STARTED)).not.toThrow()
    expect(saleRemark(choice(STARTED))).toContain('each trial starts the service anew')
  })
})

it('a target whose sales are opened is taken, and nothing is said of it', () => {
  expect(() => refuseWithoutFreshSale({ ...BARE, open: [] })).not.toThrow()
  expect(saleRemark(choice({ ...BARE, open: [] }))).toBeNull()
})
