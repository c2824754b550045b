import { expect, it } from 'vitest'
import type { ProbedWork } from '../../core/work-record.ts'
import { workOf } from './visit-work.ts'

const PROBE: ProbedWork = {
  kind: 'sold',
  sent: 20,
  requests: 20,
  counters: {},
  sql: null,
  redis: { commands: { evalsha: 20, set: 40 }, receivedBytes: 1, sentBytes: 1 },
  notCounted: [],
}

it('takes the counts of what was probed, per request', () => {
  expect(workOf({ workAnOrder: [PROBE] })).toEqual([
    {
      kind: 'sold',
      requests: 20,
      stores: ['redis'],
      counts: [
        { name: 'redis: evalsha', perRequest: 1 },
        { name: 'redis: set', perRequest: 2 },
      ],
    },
  ])
})

it('is none where nothing was probed, or nothing could be counted', () => {
  expect(workOf({ workAnOrder: null })).toBeNull()
  expect(workOf({ workAnOrder: [] })).toBeNull()
  expect(workOf({ workAnOrder: [{ ...PROBE, redis: null }] })).toBeNull()
})

it('is none of a kind that was not always answered as its kind is: its counts are of other answers, too', () => {
  expect(workOf({ workAnOrder: [{ ...PROBE, requests: 19 }] })).toBeNull()
})
