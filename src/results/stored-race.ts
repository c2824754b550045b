/**
 * Reads the record of a race, to run its order again or to report of it. It may have been kept in a repository for a year:
 * whatever is wrong with it is one error that says where and what to do.
 */
import { stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { HarnessError } from '../core/errors.ts'
import { RACE_SCHEMA, type RaceRecord } from '../core/race-record.ts'
import { raceRecordSchema } from './race-schema.ts'
import { readRecordFile } from './record-file.ts'
import { RACE_FILE } from './run-files.ts'

export interface StoredRace {
  /** Of its record, absolute. */
  readonly file: string
  readonly record: RaceRecord
}

const UNREADABLE_HINT = `Name the ${RACE_FILE} of a race, or the folder that holds it.`

/** `path`: of a race.json, whatever it is called by now, or of the folder that holds one. Throws HarnessError USAGE. */
export async function openRace(path: string): Promise<StoredRace> {
  const file = await fileAt(resolve(path))
  const record = await readRecordFile({
    file,
    schemaName: RACE_SCHEMA,
    schema: raceRecordSchema,
    code: 'USAGE',
    unreadableHint: UNREADABLE_HINT,
    invalidHint:
      'It is none of a race, was changed after it was written, or is of another version of doorbuster. Race again.',
  })
  return { file, record }
}

async function fileAt(path: string): Promise<string> {
  try {
    return (await stat(path)).isDirectory() ? join(path, RACE_FILE) : path
  } catch (cause) {
    throw new HarnessError('USAGE', {
      message: `cannot read ${path}: ${(cause as Error).message}`,
      hint: UNREADABLE_HINT,
      cause,
    })
  }
}
