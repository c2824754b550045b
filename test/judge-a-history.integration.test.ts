/** The way that the documentation shows from a database to a verdict, walked on a real one. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from 'pg'
import { expect, it } from 'vitest'
import { acquireServices } from '../src/services/index.ts'
import { doorbuster, temporaryFolder } from './doorbuster.ts'
import { describeWithServices } from './require-service.ts'

/** The statement that docs/judge-a-history.md hands to psql. */
function exportStatement(): string {
  const document = readFileSync(new URL('../docs/judge-a-history.md', import.meta.url), 'utf8')
  return /psql -At -c "(select json_build_object[^"]+)"/.exec(document)![1]!
}

/** The orders of a shop whose ids are numbers, as psql -At prints them. */
async function exportedOrders(orders: readonly (readonly [string, number, number])[]): Promise<string> {
  const services = await acquireServices({
    needs: ['postgres'],
    mode: 'auto',
    settings: { synchronousCommit: 'off', appendfsync: 'no' },
    runId: `export-${process.pid}-${orders.length}`,
    env: { ...process.env, DATABASE_URL: undefined },
  })
  try {
    const client = new Client({ connectionString: services.postgres!.url })
    await client.connect()
    try {
      await client.query(
        'CREATE TABLE orders (id bigserial PRIMARY KEY, request_id text, user_id bigint, quantity int)',
      )
      for (const order of orders) {
        await client.query('INSERT INTO orders (request_id, user_id, quantity) VALUES ($1, $2, $3)', [...order])
      }
      const { rows } = await client.query<[unknown]>({ text: exportStatement(), rowMode: 'array' })
      return rows.map(([line]) => `${JSON.stringify(line)}\n`).join('')
    } finally {
      await client.end()
    }
  } finally {
    await services[Symbol.asyncDispose]()
  }
}

const HISTORY = [
  { op: 'buy', requestId: 'r1', userId: 7, quantity: 2, invokedAt: 0, completedAt: 1, outcome: 'sold', orderId: 1 },
  { op: 'buy', requestId: 'r2', userId: 8, invokedAt: 2, completedAt: 3, outcome: 'sold', orderId: 2 },
]

describeWithServices(['postgres'], 'orders with numbers for ids, exported as the documentation shows', () => {
  it.each([
    ['are judged', 2, 0, /PASSED/],
    ['are convicted of an order that is not what was asked for', 1, 1, /asked for 2 units .* order 1 is of 1/],
  ])('%s', async (_, quantity, expected, words) => {
    const cwd = temporaryFolder()
    const orders = await exportedOrders([
      ['r1', 7, quantity],
      ['r2', 8, 1],
    ])
    writeFileSync(join(cwd, 'orders.ndjson'), orders)
    writeFileSync(join(cwd, 'sale.ndjson'), HISTORY.map((line) => `${JSON.stringify(line)}\n`).join(''))
    const { exitCode, stdout } = await doorbuster(
      ['verify', '--history', 'sale.ndjson', '--initial-stock', '5', '--ledger', 'orders.ndjson'],
      { cwd },
    )
    expect(stdout.replaceAll(/\s+/g, ' ')).toMatch(words)
    expect(exitCode).toBe(expected)
  })
})
