/** Opens the folder of a search for capacity. Whatever is wrong with it is one error that says what to do. */
import { join, resolve } from 'node:path'
import { CAPACITY_SCHEMA, type CapacityRecord } from '../core/capacity-record.ts'
import { capacityRecordSchema } from './capacity-schema.ts'
import { readRecordFile } from './record-file.ts'
import { CAPACITY_FILE } from './run-files.ts'

export interface StoredCapacity {
  /** Absolute. */
  readonly path: string
  readonly record: CapacityRecord
}

/** Throws HarnessError RUN_DIRECTORY_INVALID. */
export async function openCapacity(directory: string): Promise<StoredCapacity> {
  const path = resolve(directory)
  const record = await readRecordFile({
    file: join(path, CAPACITY_FILE),
    schemaName: CAPACITY_SCHEMA,
    schema: capacityRecordSchema,
    code: 'RUN_DIRECTORY_INVALID',
    unreadableHint: `Name the folder of a search for capacity: the one that holds ${CAPACITY_FILE}.`,
    invalidHint: 'It was changed after it was written, or by another version of doorbuster. Measure again.',
  })
  return { path, record }
}
