/** Opens the folder of a comparison. Whatever is wrong with it is one error that says what to do. */
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { COMPARE_SCHEMA, type CompareRecord } from '../core/compare-record.ts'
import { HarnessError } from '../core/errors.ts'
import { compareRecordSchema } from './compare-schema.ts'
import { COMPARE_FILE } from './run-files.ts'

export interface StoredCompare {
  /** Absolute. */
  readonly path: string
  readonly record: CompareRecord
}

const MAX_ISSUES_SHOWN = 10

/** Throws HarnessError RUN_DIRECTORY_INVALID. */
export async function openCompare(directory: string): Promise<StoredCompare> {
  const path = resolve(directory)
  const file = join(path, COMPARE_FILE)
  const parsed = compareRecordSchema.safeParse(await readJson(file))
  if (parsed.success) return { path, record: parsed.data }
  const { issues } = parsed.error
  const lines = issues
    .slice(0, MAX_ISSUES_SHOWN)
    .map((issue) => `  ${issue.path.map(String).join('.') || '(whole)'}: ${issue.message}`)
  const more = issues.length > MAX_ISSUES_SHOWN ? [`  and ${issues.length - MAX_ISSUES_SHOWN} more`] : []
  throw new HarnessError('RUN_DIRECTORY_INVALID', {
    message: [`${file} is not a valid ${COMPARE_SCHEMA} record:`, ...lines, ...more].join('\n'),
    hint: 'It was changed after it was written, or by another version of doorbuster. Compare again.',
  })
}

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'))
  } catch (cause) {
    throw new HarnessError('RUN_DIRECTORY_INVALID', {
      message: `cannot read ${file}: ${(cause as Error).message}`,
      hint: 'Name the folder of a comparison: the one that holds compare.json.',
      cause,
    })
  }
}
