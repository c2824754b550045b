/**
 * Opens the folder of a run that was, or still is, written. Whatever is wrong with it is one error that says what to do.
 */
import { readdir, readFile, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { HarnessError } from '../core/errors.ts'
import { decidingVerdict, exitCodeOf } from '../core/exit-codes.ts'
import type { HistoryColumns } from '../core/history.ts'
import type { LedgerSnapshot } from '../core/ledger.ts'
import { RUN_SCHEMA, type RunRecord } from '../core/run-record.ts'
import { readHistoryFile } from './history-file.ts'
import { readLedgerFile } from './ledger-file.ts'
import { describeIssues } from './record-file.ts'
import { checkConsistent, type StepFiles } from './record-consistency.ts'
import { HISTORY_DIRECTORY, LEDGER_DIRECTORY, RECORD_FILE, stepFileName, stepOfFileName } from './run-files.ts'
import { runRecordSchema } from './run-schema.ts'
import { isWriterAlive } from './writer-process.ts'

export interface StoredRun {
  /** Absolute. */
  readonly path: string
  /** A `running` record whose process is gone is given as `interrupted`, with the reason in `endedEarly`. */
  readonly record: RunRecord
  /** `incomplete`: its process died without closing the record. */
  readonly state: 'running' | 'complete' | 'interrupted' | 'incomplete'
  /** Indexes of the steps whose history and ledger are both there, rising. */
  readonly finishedSteps: readonly number[]
  /** Throws HarnessError RUN_DIRECTORY_INVALID. */
  readHistory(stepIndex: number): Promise<HistoryColumns>
  /** Throws HarnessError RUN_DIRECTORY_INVALID. */
  /** One a sale of the step. */
  readLedger(stepIndex: number): Promise<readonly LedgerSnapshot[]>
}

/** Throws HarnessError RUN_DIRECTORY_INVALID. */
export async function openRun(directory: string): Promise<StoredRun> {
  const path = resolve(directory)
  const written = await readRecord(path)
  const dead = written.status === 'running' && !isWriterAlive(written.writer)
  const files = await stepFiles(path)
  checkConsistent(written, path, files)
  const finishedSteps = [...files.histories].filter((step) => files.ledgers.has(step)).sort((a, b) => a - b)
  return {
    path,
    record: dead ? asInterrupted(written, finishedSteps.length) : written,
    state: dead ? 'incomplete' : written.status,
    finishedSteps,
    readHistory: (stepIndex) =>
      readStep(join(path, HISTORY_DIRECTORY, stepFileName(stepIndex)), stepIndex, readHistoryFile),
    readLedger: (stepIndex) =>
      readStep(join(path, LEDGER_DIRECTORY, stepFileName(stepIndex)), stepIndex, readLedgerFile),
  }
}

/** A file that was copied to another step's name is whole, and wrong. */
async function readStep<T extends { readonly stepIndex: number } | readonly { readonly stepIndex: number }[]>(
  file: string,
  stepIndex: number,
  read: (file: string) => Promise<T>,
): Promise<T> {
  const contents = await read(file)
  const found = 'stepIndex' in contents ? contents.stepIndex : contents[0]!.stepIndex
  if (found === stepIndex) return contents
  throw new HarnessError('RUN_DIRECTORY_INVALID', {
    message: `${file} holds step ${found + 1}, not step ${stepIndex + 1}`,
    hint: 'It was moved or copied after the run. Restore it from a copy, or run the scenario again.',
  })
}

async function readRecord(path: string): Promise<RunRecord> {
  const file = join(path, RECORD_FILE)
  let json: unknown
  try {
    json = JSON.parse(await readFile(file, 'utf8'))
  } catch (cause) {
    throw unreadableRecord(path, file, cause)
  }
  const schema = (json as { schema?: unknown } | null)?.schema
  if (schema !== RUN_SCHEMA) throw unknownSchema(file, schema)
  const parsed = runRecordSchema.safeParse(json)
  if (parsed.success) return parsed.data
  throw new HarnessError('RUN_DIRECTORY_INVALID', {
    message: `${file} is not a valid ${RUN_SCHEMA} record:\n${describeIssues(parsed.error)}`,
    hint: 'It was changed after it was written. Restore it from a copy, or run the scenario again.',
  })
}

function unreadableRecord(path: string, file: string, cause: unknown): HarnessError {
  if (cause instanceof SyntaxError) {
    return new HarnessError('RUN_DIRECTORY_INVALID', {
      message: `${file} is not JSON: ${cause.message}`,
      hint: 'It was changed after it was written. Restore it from a copy, or run the scenario again.',
      cause,
    })
  }
  const code = (cause as NodeJS.ErrnoException).code
  const missing = code === 'ENOENT' || code === 'ENOTDIR'
  return new HarnessError('RUN_DIRECTORY_INVALID', {
    message: missing
      ? `${path} is not the folder of a run: it has no ${RECORD_FILE}`
      : `cannot read ${file}: ${(cause as Error).message}`,
    hint: 'Name one run\'s folder, such as results/20260314T150926Z-smoke-naive; "ls results" lists them.',
    cause,
  })
}

function unknownSchema(file: string, schema: unknown): HarnessError {
  const isOurs = typeof schema === 'string' && schema.startsWith('doorbuster.run/')
  const named = typeof schema === 'string' ? `"${schema.slice(0, 60)}"` : 'no schema'
  return new HarnessError('RUN_DIRECTORY_INVALID', {
    message: `${file} has ${named}; this version of doorbuster reads "${RUN_SCHEMA}"`,
    hint: isOurs
      ? 'It was written by another version of doorbuster: read it with that one, or update this one.'
      : 'It was not written by doorbuster. Name the folder of a run.',
  })
}

async function stepFiles(path: string): Promise<StepFiles> {
  return {
    histories: new Set(await stepsIn(join(path, HISTORY_DIRECTORY))),
    ledgers: new Set(await stepsIn(join(path, LEDGER_DIRECTORY))),
  }
}

async function stepsIn(directory: string): Promise<number[]> {
  const isThere = await stat(directory).then(
    (entry) => entry.isDirectory(),
    () => false,
  )
  if (!isThere) return []
  return (await readdir(directory)).map(stepOfFileName).filter((step) => step !== null)
}

function asInterrupted(record: RunRecord, finishedSteps: number): RunRecord {
  const verdict = decidingVerdict([...record.steps.map((step) => step.verdict), 'interrupted'])
  return {
    ...record,
    status: 'interrupted',
    verdict,
    exitCode: exitCodeOf(verdict),
    endedBy: 'interrupted',
    endedEarly: `its process (${record.writer.pid}) is gone; ${finishedSteps} of ${record.scenario.steps.length} steps were finished`,
  }
}
