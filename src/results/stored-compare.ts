/** Opens the folder of a comparison. Whatever is wrong with it is one error that says what to do. */
import { join, resolve } from 'node:path'
import { COMPARE_SCHEMA, type CompareRecord } from '../core/compare-record.ts'
import { compareRecordSchema } from './compare-schema.ts'
import { readRecordFile } from './record-file.ts'
import { COMPARE_FILE } from './run-files.ts'

export interface StoredCompare {
  /** Absolute. */
  readonly path: string
  readonly record: CompareRecord
}

/** Throws HarnessError RUN_DIRECTORY_INVALID. */
export async function openCompare(directory: string): Promise<StoredCompare> {
  const path = resolve(directory)
  const record = await readRecordFile({
    file: join(path, COMPARE_FILE),
    schemaName: COMPARE_SCHEMA,
    schema: compareRecordSchema,
    code: 'RUN_DIRECTORY_INVALID',
    unreadableHint: `Name the folder of a comparison: the one that holds ${COMPARE_FILE}.`,
    invalidHint: 'It was changed after it was written, or by another version of doorbuster. Compare again.',
  })
  return { path, record }
}
