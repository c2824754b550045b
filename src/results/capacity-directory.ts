/** The folder of one search for capacity: `capacity.json`, replaced whole after each trial, and a run's folder for each. */
import { join } from 'node:path'
import type { CapacityRecord } from '../core/capacity-record.ts'
import { writeText } from './durable-file.ts'
import { createFolder } from './run-directory.ts'
import { CAPACITY_FILE, type CAPACITY_REPORTS } from './run-files.ts'

const TRIALS_DIRECTORY = 'trials'

interface CapacityName {
  readonly startedAt: Date
  readonly scenario: string
  readonly target: string
}

/** Every method throws HarnessError RESULTS_NOT_WRITABLE when the disk doesn't take it. */
export interface CapacityDirectory {
  /** Absolute. */
  readonly path: string
  /** Of a trial's run, beside capacity.json. `number` from 1. */
  trialDirectory(number: number, ratePerSec: number): string
  writeRecord(record: CapacityRecord): Promise<void>
  writeText(name: (typeof CAPACITY_REPORTS)['md' | 'junit'], text: string): Promise<void>
}

/** Throws HarnessError OUT_NOT_EMPTY or RESULTS_NOT_WRITABLE. */
export async function createCapacityDirectory(
  options: CapacityName & ({ readonly out: string } | { readonly resultsRoot: string }),
): Promise<CapacityDirectory> {
  const { scenario, target, startedAt } = options
  const words = ['capacity', scenario, target]
  const path = await createFolder(
    'out' in options ? { out: options.out } : { resultsRoot: options.resultsRoot, startedAt, words },
  )
  return {
    path,
    trialDirectory: (number, ratePerSec) => join(TRIALS_DIRECTORY, `${String(number).padStart(2, '0')}-${ratePerSec}`),
    writeRecord: (record) => writeText(join(path, CAPACITY_FILE), `${JSON.stringify(record, null, 2)}\n`),
    writeText: (name, text) => writeText(join(path, name), text),
  }
}
