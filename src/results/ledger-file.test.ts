import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { LedgerOrder, LedgerSnapshot } from '../core/ledger.ts'
import { readLedgerFile, writeLedgerFile } from './ledger-file.ts'
import { ROWS_PER_GROUP } from './parquet-writing.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'doorbuster-ledger-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function snapshot(orders: readonly LedgerOrder[], changes: Partial<LedgerSnapshot> = {}): LedgerSnapshot {
  return {
    source: 'postgres table orders',
    stepIndex: 1,
    sku: 'step-2',
    initialStock: 5,
    remainingStock: -2,
    orders,
    settled: true,
    shownAfterSettling: 0,
    takenAt: '2026-03-14T15:09:26.000Z',
    ...changes,
  }
}

const ORDERS: readonly LedgerOrder[] = [
  { orderId: 'o-1', requestId: 'r-1', userId: 'u1', quantity: 2, durable: true },
  { orderId: '', requestId: null, userId: null, quantity: 0, durable: false },
  { orderId: 'ordér \u{1f3b8}', requestId: '', userId: '\u001b[31m', quantity: 1000, durable: false },
]

describe('a ledger file', () => {
  it.each<[string, ...LedgerSnapshot[]]>([
    ['with orders of all kinds', snapshot(ORDERS)],
    ['without an order', snapshot([])],
    [
      'of which the stores said nothing',
      snapshot([], { initialStock: null, remainingStock: null, shownAfterSettling: null, settled: false }),
    ],
    [
      'of several SKUs',
      snapshot(ORDERS, { sku: 'cherry' }),
      snapshot([], { sku: 'lemon', initialStock: 7, remainingStock: null, shownAfterSettling: 7 }),
      snapshot(ORDERS.slice(0, 1), { sku: 'plain', remainingStock: 3 }),
    ],
    [
      'of more than one row group',
      snapshot(Array.from({ length: ROWS_PER_GROUP + 3 }, (_, n) => ({ ...ORDERS[n % 3]!, orderId: `o${n}` }))),
    ],
  ])('gives a snapshot back as it was: %s', async (_, ...ledgers) => {
    const path = join(folder, 'ledger.parquet')
    await writeLedgerFile(path, ledgers)
    expect(await readLedgerFile(path)).toEqual(ledgers)
  })

  it('is refused when a byte of it was changed', async () => {
    const path = join(folder, 'changed.parquet')
    await writeLedgerFile(path, [snapshot(ORDERS)])
    const bytes = readFileSync(path)
    for (let at = 0; at < bytes.length; at += 7) {
      const changed = Buffer.from(bytes)
      changed[at] = changed[at]! ^ 0x10
      writeFileSync(path, changed)
      await expect(readLedgerFile(path)).rejects.toMatchObject({ code: 'RUN_DIRECTORY_INVALID' })
    }
  })
})
