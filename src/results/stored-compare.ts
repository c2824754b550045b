/** Opens the folder of a comparison. */
import { join, resolve } from 'node:path'
import { COMPARE_SCHEMA, type CompareRecord } from '../core/compare-record.ts'
import { compareRecordSchema } from './compare-schema.ts'
import { COMPARE_FILE } from './run-files.ts'
import { type RecordKind, readRecord } from './stored-record.ts'

export interface StoredCompare {
  /** Absolute. */
  readonly path: string
  readonly record: CompareRecord
}

const KIND: RecordKind = {
  schema: COMPARE_SCHEMA,
  whichFolder: `the folder of a comparison: the one that holds ${COMPARE_FILE}`,
  again: 'Compare again.',
}

/** Throws HarnessError RUN_DIRECTORY_INVALID. */
export async function openCompare(directory: string): Promise<StoredCompare> {
  const path = resolve(directory)
  return { path, record: await readRecord(join(path, COMPARE_FILE), compareRecordSchema, KIND) }
}
