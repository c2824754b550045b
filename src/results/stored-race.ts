/**
 * Reads the record of a race, to run its order again or to report of it. It may have been kept in a repository for a year:
 * whatever is wrong with it is one error that says where and what to do.
 */
import { readFile, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { HarnessError } from '../core/errors.ts'
import { RACE_SCHEMA, type RaceRecord } from '../core/race-record.ts'
import { raceRecordSchema } from './race-schema.ts'
import { RACE_FILE } from './run-files.ts'

export interface StoredRace {
  /** Of its record, absolute. */
  readonly file: string
  readonly record: RaceRecord
}

const MAX_ISSUES_SHOWN = 10

/** `path`: of a race.json, whatever it is called by now, or of the folder that holds one. Throws HarnessError USAGE. */
export async function openRace(path: string): Promise<StoredRace> {
  const file = await fileAt(resolve(path))
  const parsed = raceRecordSchema.safeParse(await readJson(file))
  if (parsed.success) return { file, record: parsed.data }
  const { issues } = parsed.error
  const lines = issues
    .slice(0, MAX_ISSUES_SHOWN)
    .map((issue) => `  ${issue.path.map(String).join('.') || '(whole)'}: ${issue.message}`)
  const more = issues.length > MAX_ISSUES_SHOWN ? [`  and ${issues.length - MAX_ISSUES_SHOWN} more`] : []
  throw new HarnessError('USAGE', {
    message: [`${file} is not a valid ${RACE_SCHEMA} record:`, ...lines, ...more].join('\n'),
    hint: 'It is none of a race, was changed after it was written, or is of another version of doorbuster. Race again.',
  })
}

async function fileAt(path: string): Promise<string> {
  try {
    return (await stat(path)).isDirectory() ? join(path, RACE_FILE) : path
  } catch (cause) {
    throw unreadable(path, cause)
  }
}

async function readJson(file: string): Promise<unknown> {
  try {
    // A pipe would be waited for without a way out.
    if (!(await stat(file)).isFile()) throw new Error('it is not a regular file')
    return JSON.parse(await readFile(file, 'utf8'))
  } catch (cause) {
    throw unreadable(file, cause)
  }
}

function unreadable(file: string, cause: unknown): HarnessError {
  return new HarnessError('USAGE', {
    message: `cannot read ${file}: ${(cause as Error).message}`,
    hint: `Name the ${RACE_FILE} of a race, or the folder that holds it.`,
    cause,
  })
}
