import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { HarnessError } from '../core/errors.ts'
import { type HistoryColumns, NO_BUY, OUTCOME_CODES, OUTCOME_OPEN, operationAt } from '../core/history.ts'
import { createRandom } from '../core/random.ts'
import { readHistoryFile, writeHistoryFile } from './history-file.ts'
import { ROWS_PER_GROUP } from './parquet-writing.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'doorbuster-history-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A history that holds every kind of value a column can hold, on shared memory as the engine has it. */
function variedHistory(
  length: number,
  orderIds: readonly (string | null)[],
  skus: readonly string[] = ['step-3'],
): HistoryColumns {
  const random = createRandom(length)
  const doubles = (): Float64Array => new Float64Array(new SharedArrayBuffer(8 * length))
  const history = {
    stepIndex: 2,
    skus,
    saleIndex: skus.length === 1 ? null : new Uint16Array(length),
    length,
    scheduledAtNs: doubles(),
    sentAtNs: doubles(),
    completedAtNs: doubles(),
    kind: new Uint8Array(length),
    outcome: new Uint8Array(length),
    httpStatus: new Uint16Array(length),
    code: new Uint16Array(length),
    codes: ['', 'BUSY', 'a "quoted" \u001b[31mcode\u001b[0m', 'DROPPED'],
    user: new Uint32Array(length),
    buy: new Uint32Array(length),
    attempt: new Uint8Array(length),
    quantity: new Uint16Array(length),
    shownStock: new Int32Array(length),
    requestIdPrefix: 'rmé4-3-',
    orderId: (row: number) => orderIds[row % orderIds.length]!,
  }
  for (let row = 0; row < length; row++) {
    const outcome = row % 17 === 0 ? OUTCOME_OPEN : random.below(OUTCOME_CODES.length)
    const shown = OUTCOME_CODES[outcome] === 'shown'
    history.scheduledAtNs[row] = row * 78_125 + random.next()
    history.sentAtNs[row] = OUTCOME_CODES[outcome] === 'dropped' ? Number.NaN : row * 78_125 + random.below(1e6)
    history.completedAtNs[row] = row % 5 === 0 ? Number.NaN : row * 78_125 + 1e6 + random.next()
    history.kind[row] = shown ? 1 : 0
    history.outcome[row] = outcome
    history.httpStatus[row] = row % 3 === 0 ? 0 : 200 + random.below(400)
    history.code[row] = random.below(4)
    history.user[row] = row % 2 === 0 ? random.below(100) : 0xffff_ffff - random.below(100)
    history.buy[row] = shown ? NO_BUY : row
    history.attempt[row] = 1 + random.below(255)
    if (history.saleIndex !== null) history.saleIndex[row] = random.below(skus.length)
    history.quantity[row] = shown ? 0 : random.below(65_536)
    history.shownStock[row] = shown ? random.below(1000) - 500 : 0
  }
  return history
}

const ORDER_IDS = [null, 'o-1', '', 'ordér \u{1f3b8}', null, 'x'.repeat(300)]

/** Everything that a history says, in a form that can be compared. */
function contentsOf(history: HistoryColumns): object {
  const orderIds = Array.from({ length: history.length }, (_, row) => history.orderId(row))
  return { ...history, orderId: orderIds }
}

describe('a history file', () => {
  it.each([0, 1, 7, 1000, ROWS_PER_GROUP, ROWS_PER_GROUP + 1])('gives %i rows back as they were', async (length) => {
    const path = join(folder, `rows-${length}.parquet`)
    const history = variedHistory(length, ORDER_IDS)
    await writeHistoryFile(path, history)
    expect(contentsOf(await readHistoryFile(path))).toEqual(contentsOf(history))
  })

  it('tells which SKU each row is of', async () => {
    const path = join(folder, 'skus.parquet')
    const history = variedHistory(ROWS_PER_GROUP + 1, ORDER_IDS, ['cherry', 'lemon', 'plain'])
    await writeHistoryFile(path, history)
    expect(contentsOf(await readHistoryFile(path))).toEqual(contentsOf(history))
  })

  it('gives back the same operations', async () => {
    const path = join(folder, 'operations.parquet')
    const history = variedHistory(200, ORDER_IDS)
    await writeHistoryFile(path, history)
    const read = await readHistoryFile(path)
    for (let row = 0; row < 200; row++) expect(operationAt(read, row)).toEqual(operationAt(history, row))
  })

  it('is refused when it was cut short, at whatever byte', async () => {
    const path = join(folder, 'cut.parquet')
    await writeHistoryFile(path, variedHistory(40, ORDER_IDS))
    for (let size = readFileSync(path).length - 1; size >= 0; size -= 13) {
      truncateSync(path, size)
      expect(await damageOf(path)).toMatch(DAMAGED)
    }
  })

  it('is refused when any one byte was changed', async () => {
    const path = join(folder, 'changed.parquet')
    await writeHistoryFile(path, variedHistory(40, ORDER_IDS))
    const whole = readFileSync(path)
    for (let at = 0; at < whole.length; at++) {
      const changed = Buffer.from(whole)
      changed[at] = changed[at]! ^ (1 << (at % 8))
      writeFileSync(path, changed)
      expect(await damageOf(path)).toMatch(DAMAGED)
    }
    writeFileSync(path, whole)
    expect((await readHistoryFile(path)).length).toBe(40)
  })

  it('is refused when it holds no such thing', async () => {
    const path = join(folder, 'text.parquet')
    writeFileSync(path, 'PAR1 this is a text PAR1')
    expect(await damageOf(path)).toMatch(DAMAGED)
    await expect(readHistoryFile(join(folder, 'missing.parquet'))).rejects.toMatchObject({
      code: 'RUN_DIRECTORY_INVALID',
      message: expect.stringContaining('missing.parquet') as string,
    })
  })
})

const DAMAGED = /^RUN_DIRECTORY_INVALID: \S+\.parquet is damaged: [^\n]+$/

/** Code and message of the error that reading gives. */
async function damageOf(path: string): Promise<string> {
  const error: unknown = await readHistoryFile(path).catch((reason: unknown) => reason)
  return error instanceof HarnessError ? `${error.code}: ${error.message}` : `not a HarnessError: ${String(error)}`
}
