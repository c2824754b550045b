/** The folder of one race: `race.json`, replaced whole after each stock, and beside it what people and CI read of it. */
import { rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { RaceRecord } from '../core/race-record.ts'
import { writeText } from './durable-file.ts'
import { createFolder } from './run-directory.ts'
import { RACE_FILE, type RACE_REPORTS } from './run-files.ts'

export type RaceDirectoryOptions =
  /** Its own folder: made if missing, refused when not empty. */
  | { readonly out: string }
  /** The folder in which one is made, named after the target. */
  | { readonly resultsRoot: string; readonly startedAt: Date; readonly target: string }

/** Every method throws HarnessError RESULTS_NOT_WRITABLE when the disk doesn't take it. */
export interface RaceDirectory {
  /** Absolute. */
  readonly path: string
  writeRecord(record: RaceRecord): Promise<void>
  /** Removes the folder if nothing was written into it. */
  removeEmpty(): Promise<void>
  writeText(name: (typeof RACE_REPORTS)['md' | 'junit'], text: string): Promise<void>
}

/** Throws HarnessError OUT_NOT_EMPTY or RESULTS_NOT_WRITABLE. */
export async function createRaceDirectory(options: RaceDirectoryOptions): Promise<RaceDirectory> {
  const path = await createFolder('out' in options ? options : { ...options, words: ['race', options.target] })
  return {
    path,
    writeRecord: (record) => writeText(join(path, RACE_FILE), `${JSON.stringify(record, null, 2)}\n`),
    async removeEmpty() {
      // One that holds something stays.
      const removed = await rmdir(path).then(
        () => true,
        () => false,
      )
      if (removed && !('out' in options)) await rmdir(options.resultsRoot).catch(() => {})
    },
    writeText: (name, text) => writeText(join(path, name), text),
  }
}
