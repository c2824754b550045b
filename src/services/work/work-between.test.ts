import { describe, expect, it } from 'vitest'
import { withoutOwn } from './own-redis.ts'
import { commandsIn, type RedisCounts } from './redis-counts.ts'
import { type CountedStatement, type SqlCounts, statementText } from './sql-counts.ts'
import { type StoreCounts, storeWorkBetween } from './work-between.ts'

function statement(text: string, calls: number, more: Partial<CountedStatement> = {}): CountedStatement {
  return { text, isNested: false, calls, rows: calls, walRecords: 0, ...more }
}

function sql(statements: readonly CountedStatement[], more: Partial<SqlCounts> = {}): SqlCounts {
  return { statements, walBytes: 0, forgotten: 0, resetAt: 'then', countsNested: true, ...more }
}

function counts(postgres: StoreCounts['postgres'], redis: StoreCounts['redis'] = null): StoreCounts {
  return { postgres, redis, notes: [] }
}

function sqlBetween(before: SqlCounts, after: SqlCounts) {
  return storeWorkBetween(counts(before), counts(after))
}

describe('SQL between two readings', () => {
  it('is what was called meanwhile, most called first, functions apart', () => {
    const before = sql([statement('SELECT 1', 5), statement('SELECT 2', 7)], { walBytes: 1_000 })
    const after = sql(
      [
        statement('SELECT 1', 6, { walRecords: 3 }),
        statement('SELECT 2', 7),
        statement('SELECT 3', 4),
        statement('UPDATE stock', 4, { isNested: true, walRecords: 2 }),
      ],
      { walBytes: 1_500 },
    )
    expect(sqlBetween(before, after)).toEqual({
      sql: {
        statements: [
          { text: 'SELECT 3', calls: 4, rows: 4 },
          { text: 'SELECT 1', calls: 1, rows: 1 },
        ],
        nested: [{ text: 'UPDATE stock', calls: 4, rows: 4 }],
        transactions: 5,
        walBytes: 500,
        walRecords: 3,
      },
      redis: { commands: {}, receivedBytes: 0, sentBytes: 0 },
      notCounted: [],
    })
  })

  it('adds up one text of several schemas', () => {
    const after = sql([statement('SELECT 1', 2), statement('SELECT 1', 3)])
    expect(sqlBetween(sql([statement('SELECT 1', 1)]), after).sql?.statements).toEqual([
      { text: 'SELECT 1', calls: 4, rows: 4 },
    ])
  })

  it('has no number of transactions where clients begin some: others may be a statement each', () => {
    const after = sql([statement('BEGIN', 2), statement('SELECT 1', 6), statement('COMMIT', 2)])
    expect(sqlBetween(sql([]), after)).toMatchObject({
      sql: { transactions: null },
      notCounted: [expect.stringMatching(/^transactions: /)],
    })
  })

  it('is none, and says why, when somebody reset the counts or nobody could read them', () => {
    const reset = sqlBetween(sql([]), sql([statement('SELECT 1', 1)], { resetAt: 'now' }))
    expect(reset).toMatchObject({ sql: null, notCounted: [expect.stringContaining('reset')] })
    const unread = storeWorkBetween(counts('no extension'), counts('no extension'))
    expect(unread).toMatchObject({ sql: null, notCounted: ['no extension'] })
  })

  it('says what is missing of it', () => {
    const after = sql([], { forgotten: 1, countsNested: false })
    expect(sqlBetween(sql([]), after).notCounted).toEqual([
      expect.stringContaining('pg_stat_statements.max'),
      expect.stringContaining('pg_stat_statements.track'),
    ])
  })
})

describe('Redis between two readings', () => {
  const own = { serverRun: 'a1', ownReceived: 100, ownSent: 1_000, ownSentLater: 400 }

  it('is without what the readings cost', () => {
    const before = counts(null, { commands: new Map([['get', 3]]), receivedBytes: 100, sentBytes: 1_000, ...own })
    const late = new Map([
      ['get', 5],
      ['evalsha', 4],
    ])
    const after = counts(null, { commands: late, receivedBytes: 250, sentBytes: 2_420, ...own })
    expect(storeWorkBetween(before, after).redis).toEqual({
      commands: { evalsha: 4, get: 2 },
      receivedBytes: 50,
      sentBytes: 20,
    })
  })

  it('is none, and says so, when it was restarted or its counts were reset', () => {
    const read = (calls: Record<string, number>, more: Partial<RedisCounts> = {}): RedisCounts => {
      return { commands: new Map(Object.entries(calls)), receivedBytes: 200, sentBytes: 2_000, ...own, ...more }
    }
    const before = read({ get: 9, set: 1 })
    const nonsense = [
      read({ get: 90, set: 10 }, { serverRun: 'b2' }),
      read({ get: 8, set: 10 }),
      read({ get: 90 }),
      read({ get: 90, set: 10, 'config|resetstat': 1 }),
      read({ get: 90, set: 10 }, { receivedBytes: 199 }),
      read({ get: 90, set: 10 }, { sentBytes: 1_999 }),
    ]
    for (const after of nonsense) {
      expect(storeWorkBetween(counts(null, before), counts(null, after))).toMatchObject({
        redis: null,
        notCounted: [expect.stringMatching(/^Redis commands are not counted: .*restarted.*reset/)],
      })
    }
  })

  it('is without what the harness asked by sessions of its own', () => {
    const calls = new Map([
      ['xinfo|groups', 2],
      ['get|stock', 3],
      ['incr|stock', 1],
    ])
    const commands = new Map([
      ['xinfo|groups', 2],
      ['get', 5],
    ])
    const counted = { ...own, commands, receivedBytes: 500, sentBytes: 900 }
    expect(withoutOwn(counted, { calls, receivedBytes: 100, sentBytes: 200 })).toEqual({
      ...own,
      commands: new Map([
        ['xinfo|groups', 0],
        ['get', 2],
      ]),
      receivedBytes: 400,
      sentBytes: 700,
    })
  })

  it('leaves out what opens and watches connections', () => {
    const info = [
      '# Commandstats',
      'cmdstat_evalsha:calls=7,usec=90,usec_per_call=12.86,rejected_calls=0,failed_calls=0',
      'cmdstat_xinfo|groups:calls=2,usec=9',
      'cmdstat_info:calls=3,usec=9',
      'cmdstat_client|setname:calls=3,usec=9',
      'cmdstat_select:calls=1,usec=9',
    ].join('\r\n')
    expect([...commandsIn(info)]).toEqual([
      ['evalsha', 7],
      ['xinfo|groups', 2],
    ])
  })
})

describe('the text of a statement', () => {
  it('is one line without the name of the schema', () => {
    expect(statementText('SELECT *\n   FROM "doorbuster_r1".stock\n  WHERE sku = $1;', 'doorbuster_r1')).toBe(
      'SELECT * FROM stock WHERE sku = $1',
    )
    expect(statementText('TABLE doorbuster_r1.orders', 'doorbuster_r1')).toBe('TABLE orders')
  })
})
