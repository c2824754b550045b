/**
 * docs/results.md against real files: every column it names is there with that type and no other is, and every query in
 * it runs, and finds what was planted.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type HistoryColumns, NO_BUY, OUTCOME_CODES, OUTCOME_OPEN } from '../src/core/history.ts'
import type { LedgerOrder } from '../src/core/ledger.ts'
import type { OutcomeKind } from '../src/core/operation.ts'
import { createRunDirectory } from '../src/results/index.ts'
import { fullRecord, fullStep } from '../src/results/testing/records.ts'

const page = readFileSync(new URL('../docs/results.md', import.meta.url), 'utf8')
const queries = new Map(Array.from(page.matchAll(/```sql\n-- (.+)\n([^]+?)```/g), ([, name, sql]) => [name!, sql!]))

interface Row {
  readonly outcome: OutcomeKind | 'open'
  readonly buy: number
  readonly orderId?: string
  readonly code?: string
}

/** One request every 400 ms, answered after 2 ms. */
const ROWS: readonly Row[] = [
  { outcome: 'sold', buy: 0, orderId: 'o-0' },
  { outcome: 'sold', buy: 0, orderId: 'o-0' },
  { outcome: 'sold', buy: 1, orderId: 'o-1' },
  { outcome: 'sold', buy: 2, orderId: 'o-2' },
  { outcome: 'shown', buy: NO_BUY },
  { outcome: 'soldOut', buy: 3 },
  { outcome: 'unknown', buy: 4, code: 'TIMEOUT' },
  { outcome: 'unknown', buy: 5, code: 'TIMEOUT' },
  { outcome: 'dropped', buy: 6, code: 'MAX_IN_FLIGHT' },
  { outcome: 'open', buy: 7 },
]

const CODES = ['', 'TIMEOUT', 'MAX_IN_FLIGHT']

function history(): HistoryColumns {
  const column = (value: (row: Row, index: number) => number): number[] => ROWS.map(value)
  const sent = (index: number): number => index * 4e8 + 1e6
  return {
    stepIndex: 0,
    skus: ['step-1'],
    saleIndex: null,
    length: ROWS.length,
    scheduledAtNs: Float64Array.from(column((_, index) => index * 4e8)),
    sentAtNs: Float64Array.from(column(({ outcome }, index) => (outcome === 'dropped' ? Number.NaN : sent(index)))),
    completedAtNs: Float64Array.from(
      column(({ outcome }, index) => (outcome === 'dropped' || outcome === 'open' ? Number.NaN : sent(index) + 1e6)),
    ),
    kind: Uint8Array.from(column(({ buy }) => (buy === NO_BUY ? 1 : 0))),
    outcome: Uint8Array.from(
      column(({ outcome }) => (outcome === 'open' ? OUTCOME_OPEN : OUTCOME_CODES.indexOf(outcome))),
    ),
    httpStatus: Uint16Array.from(column(({ outcome }) => (outcome === 'sold' ? 201 : 0))),
    code: Uint16Array.from(column(({ code }) => CODES.indexOf(code ?? ''))),
    codes: CODES,
    user: Uint32Array.from(column(({ buy }) => buy % 1000)),
    buy: Uint32Array.from(column(({ buy }) => buy)),
    attempt: new Uint8Array(ROWS.length).fill(1),
    quantity: Uint16Array.from(column(({ buy }) => (buy === NO_BUY ? 0 : 1))),
    shownStock: Int32Array.from(column(({ outcome }) => (outcome === 'shown' ? 7 : 0))),
    requestIdPrefix: 'r-',
    orderId: (row) => ROWS[row]!.orderId ?? null,
  }
}

function order(orderId: string, buy: number, durable = true): LedgerOrder {
  return { orderId, requestId: `r-${buy}`, userId: `u${buy}`, quantity: 1, durable }
}

describe('docs/results.md', () => {
  let root: string
  let duckdb: DuckDBConnection

  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), 'doorbuster-duckdb-'))
    const directory = await createRunDirectory({ out: root, startedAt: new Date(), scenario: 'smoke', target: 'naive' })
    const [sale] = fullStep(0).sales
    await directory.writeRecord(fullRecord({ steps: [{ ...fullStep(0), sales: [{ ...sale!, initial: 2 }] }] }))
    await directory.writeHistory(0, history())
    await directory.writeLedger(0, [
      {
        source: 'postgres table orders',
        stepIndex: 0,
        sku: 'step-1',
        initialStock: 2,
        remainingStock: -2,
        // Buy 0 sold twice, 1 is lost, 2 still in the stream, 4 sold although nobody was told.
        orders: [order('o-0', 0), order('o-9', 0), order('o-2', 2, false), order('o-4', 4)],
        settled: true,
        shownAfterSettling: 0,
        takenAt: '2026-03-14T15:09:26.000Z',
      },
    ])
    duckdb = await (await DuckDBInstance.create(':memory:')).connect()
    await duckdb.run(`SET file_search_path = '${root}'`)
  })

  afterAll(() => {
    duckdb?.closeSync()
    rmSync(root, { recursive: true, force: true })
  })

  const ask = async (sql: string): Promise<unknown[][]> => (await duckdb.runAndReadAll(sql)).getRowsJson()

  it.each(['history', 'ledger'])('names every column of a %s file, with its type', async (kind) => {
    const section = page.split(`## ${kind}/step-NNN.parquet`)[1]!.split('\n## ')[0]!
    const documented = Array.from(section.matchAll(/^\| `(\w+)` \| ([A-Z]+) \| \S/gm), ([, name, type]) => [name, type])
    const actual = await ask(`SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM '${kind}/*.parquet')`)
    expect(documented).toEqual(actual)
  })

  it.each<[string, unknown[][]]>([
    [
      'outcomes',
      [
        [1, 'dropped', '1', null, null],
        [1, 'shown', '1', 2, 2],
        [1, 'sold', '4', 2, 2],
        [1, 'soldOut', '1', 2, 2],
        [1, 'unknown', '2', 2, 2],
        [1, null, '1', null, null],
      ],
    ],
    [
      'lost orders',
      [
        [1, 'u1', 'r-1', 'o-1', false],
        [1, 'u2', 'r-2', 'o-2', true],
      ],
    ],
    ['oversold', [['1', '2', '4', '2']]],
    ['sold twice', [[1, 'r-0', '2', ['o-0', 'o-9']]]],
    ['unknown', [[1, 'TIMEOUT', '2', '1']]],
    [
      'by second',
      [
        [1, 0, '3', '3', null],
        [1, 1, '2', '1', null],
        [1, 2, '3', '0', 2],
        [1, 3, '2', '0', null],
      ],
    ],
    ['settled', [['step-001.parquet', 'postgres table orders', -2, true]]],
  ])('has a query for "%s" that finds it', async (name, rows) => {
    expect(await ask(queries.get(name)!)).toEqual(rows)
  })

  it('has no query that is not tried here', () => {
    expect([...queries.keys()]).toEqual([
      'outcomes',
      'lost orders',
      'oversold',
      'sold twice',
      'unknown',
      'by second',
      'settled',
    ])
    expect(page.match(/```sql/g)).toHaveLength(queries.size)
  })
})
