/** Reads the record of a folder by its schema. Whatever is wrong with it is one error that says where and what to do. */
import { readFile } from 'node:fs/promises'
import type { z } from 'zod'
import { HarnessError } from '../core/errors.ts'

const MAX_ISSUES_SHOWN = 10

export interface RecordKind {
  /** "doorbuster.compare/1". */
  readonly schema: string
  /** Which folder to name in place of one that holds none. */
  readonly whichFolder: string
  /** How to come by a valid one. */
  readonly again: string
}

/** Throws HarnessError RUN_DIRECTORY_INVALID. */
export async function readRecord<T>(file: string, schema: z.ZodType<T>, kind: RecordKind): Promise<T> {
  const parsed = schema.safeParse(await readJson(file, kind))
  if (parsed.success) return parsed.data
  const { issues } = parsed.error
  const lines = issues
    .slice(0, MAX_ISSUES_SHOWN)
    .map((issue) => `  ${issue.path.map(String).join('.') || '(whole)'}: ${issue.message}`)
  const more = issues.length > MAX_ISSUES_SHOWN ? [`  and ${issues.length - MAX_ISSUES_SHOWN} more`] : []
  throw new HarnessError('RUN_DIRECTORY_INVALID', {
    message: [`${file} is not a valid ${kind.schema} record:`, ...lines, ...more].join('\n'),
    hint: `It was changed after it was written, or by another version of doorbuster. ${kind.again}`,
  })
}

async function readJson(file: string, { whichFolder }: RecordKind): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'))
  } catch (cause) {
    throw new HarnessError('RUN_DIRECTORY_INVALID', {
      message: `cannot read ${file}: ${(cause as Error).message}`,
      hint: `Name ${whichFolder}.`,
      cause,
    })
  }
}
