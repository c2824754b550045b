import { describe, expect, it } from 'vitest'
import { workBytes, workCounts } from './work-counts.ts'
import type { ProbedWork } from './work-record.ts'

const probe: ProbedWork = {
  kind: 'sold',
  requests: 20,
  counters: { retries: 3 },
  sql: {
    statements: [{ text: 'SELECT sell($1)', calls: 20, rows: 20 }],
    nested: [{ text: 'UPDATE stock', calls: 20, rows: 20 }],
    transactions: 20,
    walBytes: 12_000,
    walRecords: 161,
  },
  redis: { commands: { evalsha: 40 }, receivedBytes: 2_000, sentBytes: 100 },
  notCounted: [],
}

describe('workCounts', () => {
  it('names each count, per request', () => {
    expect(workCounts(probe)).toEqual([
      { name: 'sql: SELECT sell($1)', perRequest: 1 },
      { name: 'nested sql: UPDATE stock', perRequest: 1 },
      { name: 'transactions', perRequest: 1 },
      { name: 'wal records', perRequest: 8.05 },
      { name: 'redis: evalsha', perRequest: 2 },
    ])
  })

  it('keeps bytes apart', () => {
    expect(workBytes(probe)).toEqual([
      { name: 'wal bytes', perRequest: 600 },
      { name: 'redis bytes received', perRequest: 100 },
      { name: 'redis bytes sent', perRequest: 5 },
    ])
  })

  it('has no count of what could not be counted, and none at all of requests that were not answered so', () => {
    expect(workCounts({ ...probe, sql: null }).map(({ name }) => name)).toEqual(['redis: evalsha'])
    expect(workCounts({ ...probe, requests: 0 })).toEqual([])
    expect(workBytes({ ...probe, redis: null }).map(({ name }) => name)).toEqual(['wal bytes'])
  })
})
