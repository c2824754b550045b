import { copyFileSync, mkdtempSync, rmSync, unlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { HistoryColumns } from '../core/history.ts'
import type { LedgerSnapshot } from '../core/ledger.ts'
import type { RunRecord } from '../core/run-record.ts'
import { createRunDirectory, type RunDirectory } from './run-directory.ts'
import { openRun } from './stored-run.ts'
import { fullRecord, fullStep } from './testing/records.ts'
import { currentWriter } from './writer-process.ts'

let root: string
let directory: RunDirectory
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'doorbuster-stored-'))
  directory = await createRunDirectory({
    resultsRoot: root,
    startedAt: new Date('2026-03-14T15:09:26Z'),
    scenario: 'smoke',
    target: 'naive',
  })
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

function historyOf(stepIndex: number): HistoryColumns {
  return {
    stepIndex,
    skus: [`step-${stepIndex + 1}`],
    saleIndex: null,
    length: 1,
    scheduledAtNs: Float64Array.of(1),
    sentAtNs: Float64Array.of(2),
    completedAtNs: Float64Array.of(3.5),
    kind: Uint8Array.of(0),
    outcome: Uint8Array.of(0),
    httpStatus: Uint16Array.of(201),
    code: Uint16Array.of(0),
    codes: [''],
    user: Uint32Array.of(7),
    buy: Uint32Array.of(0),
    attempt: Uint8Array.of(1),
    quantity: Uint16Array.of(1),
    shownStock: Int32Array.of(0),
    requestIdPrefix: 'r-',
    orderId: () => 'o-1',
  }
}

function ledgerOf(stepIndex: number): LedgerSnapshot {
  return {
    source: 'postgres',
    stepIndex,
    sku: `step-${stepIndex + 1}`,
    initialStock: 1,
    remainingStock: 0,
    orders: [{ orderId: 'o-1', requestId: 'r-0', userId: 'u7', quantity: 1, durable: true }],
    settled: true,
    shownAfterSettling: null,
    takenAt: '2026-03-14T15:09:26.000Z',
  }
}

async function writeStep(stepIndex: number): Promise<void> {
  await directory.writeHistory(stepIndex, historyOf(stepIndex))
  await directory.writeLedger(stepIndex, [ledgerOf(stepIndex)])
}

const running = (changes: Partial<RunRecord> = {}): RunRecord =>
  fullRecord({
    status: 'running',
    writer: currentWriter(),
    finishedAt: null,
    verdict: null,
    exitCode: null,
    steps: [],
    ...changes,
  })

describe('a stored run', () => {
  it('is read as it was written', async () => {
    await writeStep(1)
    await writeStep(0)
    await directory.writeRecord(fullRecord())
    const run = await openRun(directory.path)
    expect(run).toMatchObject({ path: directory.path, state: 'complete', finishedSteps: [0, 1] })
    expect(run.record).toEqual(fullRecord())
    expect((await run.readHistory(1)).skus).toEqual(['step-2'])
    expect(await run.readLedger(1)).toEqual([ledgerOf(1)])
  })

  it('is running while its process is there', async () => {
    await directory.writeRecord(running())
    expect(await openRun(directory.path)).toMatchObject({
      state: 'running',
      record: { status: 'running', verdict: null },
    })
  })

  it.each([
    ['gone', { pid: 2 ** 22 + 1, startedAtTicks: '1' }],
    ['another one with its number', { ...currentWriter(), startedAtTicks: '1' }],
    ['gone, where no start time is known', { pid: 2 ** 22 + 1, startedAtTicks: null }],
  ])('is incomplete when its process is %s', async (_, writer) => {
    await writeStep(0)
    await directory.writeRecord(running({ writer, steps: [{ ...fullStep(0), verdict: 'passed' }] }))
    const run = await openRun(directory.path)
    expect(run.state).toBe('incomplete')
    expect(run.record).toMatchObject({
      status: 'interrupted',
      verdict: 'interrupted',
      exitCode: 130,
      endedBy: 'interrupted',
      endedEarly: expect.stringContaining('1 of 2 steps were finished') as string,
    })
  })

  it('stays wrong when it was wrong before its process died', async () => {
    await writeStep(0)
    await directory.writeRecord(running({ writer: { pid: 2 ** 22 + 1, startedAtTicks: '1' }, steps: [fullStep(0)] }))
    expect((await openRun(directory.path)).record).toMatchObject({
      status: 'interrupted',
      verdict: 'wrong',
      exitCode: 1,
    })
  })

  it('counts a step as finished only with both of its files', async () => {
    await writeStep(0)
    await directory.writeHistory(1, historyOf(1))
    writeFileSync(join(directory.path, 'ledger', '.step-002.parquet.partial'), 'half')
    writeFileSync(join(directory.path, 'history', 'notes.txt'), '')
    await directory.writeRecord(running())
    const run = await openRun(directory.path)
    expect(run.finishedSteps).toEqual([0])
    await expect(run.readLedger(1)).rejects.toMatchObject({ code: 'RUN_DIRECTORY_INVALID' })
  })

  it('tells a file that stands in the place of another step', async () => {
    await writeStep(0)
    await directory.writeRecord(running({ steps: [fullStep(0)] }))
    for (const kind of ['history', 'ledger']) {
      copyFileSync(join(directory.path, kind, 'step-001.parquet'), join(directory.path, kind, 'step-002.parquet'))
    }
    const run = await openRun(directory.path)
    for (const read of [() => run.readHistory(1), () => run.readLedger(1)]) {
      await expect(read()).rejects.toMatchObject({
        code: 'RUN_DIRECTORY_INVALID',
        message: expect.stringContaining('holds step 1, not step 2') as string,
      })
    }
  })
})

const invalid = async (): Promise<{ message: string; hint: string }> => {
  const error: unknown = await openRun(directory.path).catch((reason: unknown) => reason)
  expect(error).toMatchObject({ code: 'RUN_DIRECTORY_INVALID', exitCode: 2 })
  return error as { message: string; hint: string }
}

describe('a run that was changed after it ended', () => {
  it.each([
    ['history', 'step 2 was finished, but its history is missing (history/step-002.parquet)'],
    ['ledger', 'step 2 was finished, but its ledger is missing (ledger/step-002.parquet)'],
  ])('lost a %s', async (folder, message) => {
    await writeStep(0)
    await writeStep(1)
    await directory.writeRecord(fullRecord())
    unlinkSync(join(directory.path, folder, 'step-002.parquet'))
    expect((await invalid()).message).toContain(message)
  })

  it.each([
    ['lost a step', [fullStep(0)], 'only 1 of its 2 steps are there'],
    ['has a step too many', [fullStep(0), fullStep(1), fullStep(2)], 'it has 3 steps, its scenario 2'],
    ['has a step twice', [fullStep(0), fullStep(0)], 'steps.1.index is 0'],
    ['has its steps in another order', [fullStep(1), fullStep(0)], 'steps.0.index is 1'],
    ['has a step without a sale', [fullStep(0), { ...fullStep(1), sales: [] }], 'steps.1.sales'],
  ])('%s', async (_, steps, message) => {
    for (const stepIndex of [0, 1, 2]) await writeStep(stepIndex)
    await directory.writeRecord(fullRecord({ steps }))
    expect((await invalid()).message).toContain(message)
  })
})

describe('a folder that is no run', () => {
  const record = (text: string): void => writeFileSync(join(directory.path, 'run.json'), text)

  it.each([
    ['is not JSON', '{"schema": "doorbuster.run/1",', /run\.json is not JSON/, /Restore it/],
    [
      'is of a later schema',
      '{"schema": "doorbuster.run/9"}',
      /"doorbuster\.run\/9".*reads "doorbuster\.run\/1"/,
      /another version/,
    ],
    ["is somebody else's", '{"name": "x"}', /has no schema/, /not written by doorbuster/],
    ['is no object', 'null', /has no schema/, /not written by doorbuster/],
    ['lacks members', '{"schema": "doorbuster.run/1", "runId": 5}', /runId: .*\n/, /Restore it/],
  ])('has a record that %s', async (_, text, message, hint) => {
    record(text)
    const error = await invalid()
    expect(error.message).toMatch(message)
    expect(error.hint).toMatch(hint)
    expect(error.message.split('\n').length).toBeLessThanOrEqual(12)
  })

  it('has no record, or is not there at all', async () => {
    expect((await invalid()).message).toContain('has no run.json')
    await expect(openRun(join(root, 'none'))).rejects.toMatchObject({ code: 'RUN_DIRECTORY_INVALID' })
    record('{}')
    await expect(openRun(join(directory.path, 'run.json'))).rejects.toMatchObject({ code: 'RUN_DIRECTORY_INVALID' })
    unlinkSync(join(directory.path, 'run.json'))
  })
})
