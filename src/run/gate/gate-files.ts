/** The folder of a gate: its record, replaced whole after each visit, its runs below `visits/`, and what people and CI read. */
import { join } from 'node:path'
import type { GateRecord } from '../../core/gate-record.ts'
import { gateJunitXml, gateMarkdown } from '../../report/index.ts'
import { createFolder, type FolderOptions, GATE_FILE, GATE_REPORTS, writeText } from '../../results/index.ts'

/** Methods throw HarnessError RESULTS_NOT_WRITABLE when the disk doesn't take it. */
export interface GateFolder {
  /** Absolute. */
  readonly path: string
  writeRecord(record: GateRecord): Promise<void>
  /** What is read of a gate that has ended. */
  writeSummaries(record: GateRecord): Promise<void>
}

/** Throws HarnessError OUT_NOT_EMPTY or RESULTS_NOT_WRITABLE. */
export async function createGateFolder(options: FolderOptions): Promise<GateFolder> {
  const path = await createFolder(options)
  return {
    path,
    writeRecord: (record) => writeText(join(path, GATE_FILE), `${JSON.stringify(record, null, 2)}\n`),
    writeSummaries: async (record) => {
      await writeText(join(path, GATE_REPORTS.md), gateMarkdown(record))
      await writeText(join(path, GATE_REPORTS.junit), gateJunitXml(record))
    },
  }
}
