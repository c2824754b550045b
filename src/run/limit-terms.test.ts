import { expect, it } from 'vitest'
import type { ServiceTarget } from '../core/run-record.ts'
import { limitTerms } from './limit-terms.ts'

const TOLD: ServiceTarget = {
  kind: 'service',
  name: 'shop',
  summary: '',
  url: 'http://127.0.0.1:8080',
  promise: { reads: { kind: 'advisory' }, sellsThrough: false },
  soldMeans: 'paid',
  shared: false,
  salePerStep: true,
}
const UNTOLD: ServiceTarget = { ...TOLD, perUserLimit: 'untold' }
const SALE = { perUserLimit: 2 }

it('a target is held to the limit that it was told or promises, and not to one that it never heard of', () => {
  expect(limitTerms(SALE, TOLD, 0)).toEqual({ perUserLimit: 2 })
  expect(limitTerms(SALE, { ...TOLD, perUserLimit: 5 }, 0)).toEqual({ perUserLimit: 5 })
  expect(limitTerms(SALE, UNTOLD, 0)).toMatchObject({
    perUserLimit: null,
    perUserLimitKnown: false,
    limitRefusalsExcused: expect.stringContaining('was not told of the limit') as string,
  })
})

it('"limit reached" is not judged where buyers may have bought before the run', () => {
  expect(limitTerms(SALE, TOLD, 3)).toEqual({
    perUserLimit: 2,
    limitRefusalsExcused: 'the ledger held 3 orders before the run, which count to it',
  })
})
