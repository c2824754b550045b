/**
 * The folder that one run writes. A step's history and ledger are closed when the step ends, and `run.json` is replaced
 * whole, so that whenever the harness dies, every step that had finished can still be read and judged.
 */
import { existsSync } from 'node:fs'
import { mkdir, readdir } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { HarnessError } from '../core/errors.ts'
import type { HistoryColumns } from '../core/history.ts'
import type { LedgerSnapshot } from '../core/ledger.ts'
import type { RunRecord } from '../core/run-record.ts'
import { notWritable, writeText } from './durable-file.ts'
import { writeHistoryFile } from './history-file.ts'
import { writeLedgerFile } from './ledger-file.ts'
import { HISTORY_DIRECTORY, LEDGER_DIRECTORY, RECORD_FILE, stepFileName } from './run-files.ts'

interface RunName {
  readonly startedAt: Date
  readonly scenario: string
  readonly target: string
}

export type RunDirectoryOptions = RunName &
  /** The run's own folder: made if missing, refused when not empty. */
  (
    | { readonly out: string }
    /** The folder in which one is made for this run, named after it. */
    | { readonly resultsRoot: string }
  )

export type FolderOptions =
  | { readonly out: string }
  | { readonly resultsRoot: string; readonly startedAt: Date; readonly words: readonly string[] }

/** Every method throws HarnessError RESULTS_NOT_WRITABLE when the disk doesn't take it. */
export interface RunDirectory {
  /** Absolute. */
  readonly path: string
  writeRecord(record: RunRecord): Promise<void>
  /** `stepIndex` from 0: step 0 is written to `history/step-001.parquet`. */
  writeHistory(stepIndex: number, history: HistoryColumns): Promise<void>
  writeLedger(stepIndex: number, ledgers: readonly LedgerSnapshot[]): Promise<void>
  writeText(name: 'summary.md' | 'junit.xml', text: string): Promise<void>
}

/** Throws HarnessError OUT_NOT_EMPTY or RESULTS_NOT_WRITABLE. */
export async function createRunDirectory(options: RunDirectoryOptions): Promise<RunDirectory> {
  const { scenario, target, startedAt } = options
  const words = [scenario, target]
  const path = await createFolder(
    'out' in options ? { out: options.out } : { resultsRoot: options.resultsRoot, startedAt, words },
  )
  try {
    await mkdir(join(path, HISTORY_DIRECTORY))
    await mkdir(join(path, LEDGER_DIRECTORY))
  } catch (cause) {
    throw notWritable(path, cause)
  }
  return {
    path,
    writeRecord: (record) => writeText(join(path, RECORD_FILE), `${JSON.stringify(record, null, 2)}\n`),
    writeHistory: (stepIndex, history) =>
      writeHistoryFile(join(path, HISTORY_DIRECTORY, stepFileName(stepIndex)), history),
    writeLedger: (stepIndex, ledgers) =>
      writeLedgerFile(join(path, LEDGER_DIRECTORY, stepFileName(stepIndex)), ledgers),
    writeText: (name, text) => writeText(join(path, name), text),
  }
}

/**
 * An empty folder for results: the one that is named, or one that is named after its beginning and some words.
 * Absolute. Throws HarnessError OUT_NOT_EMPTY or RESULTS_NOT_WRITABLE.
 */
export async function createFolder(options: FolderOptions): Promise<string> {
  return 'out' in options ? await makeOwn(resolve(options.out)) : await makeNamed(options)
}

async function makeOwn(path: string): Promise<string> {
  try {
    await makeWithParents(path)
    const entries = await readdir(path)
    if (entries.length === 0) return path
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code
    if (code !== 'EEXIST' && code !== 'ENOTDIR') throw notWritable(path, cause)
    throw new HarnessError('OUT_NOT_EMPTY', {
      message: `${path} is a file, not a folder`,
      hint: 'Name a folder that is empty or does not exist yet.',
      cause,
    })
  }
  throw new HarnessError('OUT_NOT_EMPTY', {
    message: `${path} is not empty`,
    hint: 'A run never mixes its files with others: name a folder that is empty or does not exist yet.',
  })
}

/** `mkdir -p`. Node's own never comes back where the file system refuses to make anything, as below /proc. */
async function makeWithParents(path: string): Promise<void> {
  try {
    await makeIfMissing(path)
  } catch (error) {
    const parent = dirname(path)
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || existsSync(parent)) throw error
    await makeWithParents(parent)
    await makeIfMissing(path)
  }
}

/** Two runs may start within one second: the second one gets a number. */
const MAX_SAME_NAME = 100

async function makeNamed(named: Exclude<FolderOptions, { readonly out: string }>): Promise<string> {
  const root = resolve(named.resultsRoot)
  const name = [utcStamp(named.startedAt), ...named.words.map(inFileName)].join('-')
  try {
    await makeWithParents(root)
    for (let attempt = 1; attempt <= MAX_SAME_NAME; attempt++) {
      const path = join(root, attempt === 1 ? name : `${name}-${attempt}`)
      if (await makeIfMissing(path)) return path
    }
  } catch (cause) {
    throw notWritable(root, cause)
  }
  throw notWritable(root, new Error(`${MAX_SAME_NAME} folders are called ${name} already`))
}

async function makeIfMissing(path: string): Promise<boolean> {
  try {
    await mkdir(path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/** `20260314T150926Z`: sorts by time, and no file system minds it. */
function utcStamp(at: Date): string {
  return `${at.toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`
}

/** A name as a part of a file's, on every file system. */
export function inFileName(name: string): string {
  const safe = name.replaceAll(/[^A-Za-z0-9._-]+/g, '-').replaceAll(/^[-.]+|[-.]+$/g, '')
  return safe.slice(0, 60) || 'unnamed'
}
