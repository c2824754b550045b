import { describe, expect, it } from 'vitest'
import { countsPerRequest, workBytes, workCounts } from './work-counts.ts'
import type { ProbedWork } from './work-record.ts'

const probe: ProbedWork = {
  kind: 'sold',
  sent: 20,
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

  it('is of what was sent: where some were answered otherwise, it is a mixture, and compared with nothing', () => {
    const mixed = { ...probe, requests: 16 }
    expect(workCounts(mixed)).toEqual([])
    expect(countsPerRequest(mixed)).toEqual(countsPerRequest(probe))
    expect(workBytes(mixed)).toEqual(workBytes(probe))
  })

  it('has transactions for the reader alone, where they are known: their absence is no zero to compare with', () => {
    const unknown = { ...probe, sql: { ...probe.sql!, transactions: null } }
    expect(countsPerRequest(probe)).toContainEqual({ name: 'transactions', perRequest: 1 })
    expect(countsPerRequest(unknown)).toEqual(workCounts(probe))
    expect(workCounts(unknown)).toEqual(workCounts(probe))
  })

  it('has no count of what could not be counted, and none at all where nothing was sent', () => {
    expect(workCounts({ ...probe, sql: null }).map(({ name }) => name)).toEqual(['redis: evalsha'])
    expect(workCounts({ ...probe, sent: 0, requests: 0 })).toEqual([])
    expect(workBytes({ ...probe, redis: null }).map(({ name }) => name)).toEqual(['wal bytes'])
  })
})
