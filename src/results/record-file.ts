/**
 * Reads a file that holds a record as JSON, for whoever opens a folder. Whatever is wrong with it is one error that says
 * where and what to do.
 */
import { readFile, stat } from 'node:fs/promises'
import type { z } from 'zod'
import { type ErrorCode, HarnessError } from '../core/errors.ts'

export interface RecordFile<T> {
  /** Absolute. */
  readonly file: string
  /** Its name, as it stands in the file. */
  readonly schemaName: string
  readonly schema: z.ZodType<T>
  /** Of the error. */
  readonly code: ErrorCode
  /** What to do where it can't be read at all. */
  readonly unreadableHint: string
  /** What to do where it can be read, and is something else. */
  readonly invalidHint: string
}

const MAX_ISSUES_SHOWN = 10

/** Throws HarnessError of the code that was asked for. */
export async function readRecordFile<T>(asked: RecordFile<T>): Promise<T> {
  const { file, schema, schemaName, code, invalidHint } = asked
  const parsed = schema.safeParse(await readJson(asked))
  if (parsed.success) return parsed.data
  throw new HarnessError(code, {
    message: `${file} is not a valid ${schemaName} record:\n${describeIssues(parsed.error)}`,
    hint: invalidHint,
  })
}

/** A line each, the first of them. */
export function describeIssues({ issues }: z.ZodError): string {
  const lines = issues.map(({ path, message }) => `  ${path.map(String).join('.') || '(whole)'}: ${message}`)
  const more = lines.length - MAX_ISSUES_SHOWN
  return [...lines.slice(0, MAX_ISSUES_SHOWN), ...(more > 0 ? [`  and ${more} more`] : [])].join('\n')
}

async function readJson({ file, code, unreadableHint }: Omit<RecordFile<unknown>, 'schema'>): Promise<unknown> {
  try {
    // A pipe would be waited for without a way out.
    if (!(await stat(file)).isFile()) throw new Error('it is not a regular file')
    return JSON.parse(await readFile(file, 'utf8'))
  } catch (cause) {
    throw new HarnessError(code, {
      message: `cannot read ${file}: ${(cause as Error).message}`,
      hint: unreadableHint,
      cause,
    })
  }
}
