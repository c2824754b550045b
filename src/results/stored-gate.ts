/** Opens the folder of a gate. Whatever is wrong with it is one error that says what to do. */
import { join, resolve } from 'node:path'
import { GATE_SCHEMA, type GateRecord } from '../core/gate-record.ts'
import { gateRecordSchema } from './gate-schema.ts'
import { readRecordFile } from './record-file.ts'
import { GATE_FILE } from './run-files.ts'

export interface StoredGate {
  /** Absolute. */
  readonly path: string
  readonly record: GateRecord
}

/** Throws HarnessError RUN_DIRECTORY_INVALID. */
export async function openGate(directory: string): Promise<StoredGate> {
  const path = resolve(directory)
  const record = await readRecordFile({
    file: join(path, GATE_FILE),
    schemaName: GATE_SCHEMA,
    schema: gateRecordSchema,
    code: 'RUN_DIRECTORY_INVALID',
    unreadableHint: `Name the folder of a gate: the one that holds ${GATE_FILE}.`,
    invalidHint: 'It was changed after it was written, or by another version of doorbuster. Run the gate again.',
  })
  return { path, record }
}
