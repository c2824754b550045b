import { describe, expect, it } from 'vitest'
import type { ProbedWork } from '../core/work-record.ts'
import { workTable } from './work-table.ts'

const style = { width: 100, dim: (text: string) => text }

const sold: ProbedWork = {
  kind: 'sold',
  sent: 20,
  requests: 20,
  counters: {},
  sql: {
    statements: [{ text: 'SELECT sell($1)', calls: 20, rows: 20 }],
    nested: [{ text: 'UPDATE stock', calls: 21, rows: 21 }],
    transactions: 20,
    walBytes: 13_392,
    walRecords: 161,
  },
  redis: { commands: { evalsha: 20, xadd: 20 }, receivedBytes: 1, sentBytes: 1 },
  notCounted: [],
}

describe('the table of work an order', () => {
  it('has counts per request', () => {
    expect(workTable([sold], style)).toEqual([
      'work an order  statements  nested  transactions  WAL bytes  Redis commands',
      'sold                    1    1.05             1        670               2',
    ])
  })

  it('divides by what was sent, whatever it was answered', () => {
    expect(workTable([{ ...sold, requests: 10 }], style)).toEqual(workTable([sold], style))
  })

  it('leaves open how many transactions there were where it is not known', () => {
    const unknown: ProbedWork = { ...sold, sql: { ...sold.sql!, transactions: null } }
    expect(workTable([unknown], style)[1]).toBe(
      'sold                    1    1.05             -        670               2',
    )
  })

  it('says what was not counted, once', () => {
    const why = 'SQL is not counted: the database has no extension pg_stat_statements'
    const without: ProbedWork = { ...sold, sql: null, notCounted: [why] }
    expect(workTable([without, { ...without, kind: 'soldOut', sent: 0, requests: 0 }], style).slice(1)).toEqual([
      'sold                    -       -             -          -               2',
      'sold out                -       -             -          -               -',
      `    - not counted: ${why}`,
    ])
  })

  it('is not there where nobody probed', () => {
    expect(workTable(null, style)).toEqual([])
  })
})
