/**
 * The folder of a comparison: `compare.json`, replaced whole after each run, a summary for people and for CI, and below
 * `runs/` the folder of each run, which is one like any other.
 */
import { join } from 'node:path'
import type { CompareRecord } from '../core/compare-record.ts'
import { writeText } from './durable-file.ts'
import { createFolder, inFileName } from './run-directory.ts'
import { COMPARE_FILE } from './run-files.ts'

const RUNS_DIRECTORY = 'runs'

export type CompareDirectoryOptions =
  /** Its own folder: made if missing, refused when not empty. */
  | { readonly out: string }
  /** The folder in which one is made, named after the scenario. */
  | { readonly resultsRoot: string; readonly startedAt: Date; readonly scenario: string }

/** Every method throws HarnessError RESULTS_NOT_WRITABLE when the disk doesn't take it. */
export interface CompareDirectory {
  /** Absolute. */
  readonly path: string
  writeRecord(record: CompareRecord): Promise<void>
  writeText(name: 'compare.md' | 'junit.xml', text: string): Promise<void>
}

/** Throws HarnessError OUT_NOT_EMPTY or RESULTS_NOT_WRITABLE. */
export async function createCompareDirectory(options: CompareDirectoryOptions): Promise<CompareDirectory> {
  const path = await createFolder('out' in options ? options : { ...options, words: [options.scenario, 'compared'] })
  return {
    path,
    writeRecord: (record) => writeText(join(path, COMPARE_FILE), `${JSON.stringify(record, null, 2)}\n`),
    writeText: (name, text) => writeText(join(path, name), text),
  }
}

/** Of one run, beside compare.json: `runs/07-redis-lua-sell-through-0.01`. `number` from 1. */
export function runFolderName(number: number, of: number, words: readonly string[]): string {
  const digits = Math.max(2, String(of).length)
  return join(RUNS_DIRECTORY, [String(number).padStart(digits, '0'), ...words.map(inFileName)].join('-'))
}
