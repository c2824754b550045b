/** Opens the folder of a search for capacity. */
import { join, resolve } from 'node:path'
import { CAPACITY_SCHEMA, type CapacityRecord } from '../core/capacity-record.ts'
import { capacityRecordSchema } from './capacity-schema.ts'
import { CAPACITY_FILE } from './run-files.ts'
import { type RecordKind, readRecord } from './stored-record.ts'

export interface StoredCapacity {
  /** Absolute. */
  readonly path: string
  readonly record: CapacityRecord
}

const KIND: RecordKind = {
  schema: CAPACITY_SCHEMA,
  whichFolder: `the folder of a search for capacity: the one that holds ${CAPACITY_FILE}`,
  again: 'Measure again.',
}

/** Throws HarnessError RUN_DIRECTORY_INVALID. */
export async function openCapacity(directory: string): Promise<StoredCapacity> {
  const path = resolve(directory)
  return { path, record: await readRecord(join(path, CAPACITY_FILE), capacityRecordSchema, KIND) }
}
