/**
 * Files that are whole or not there. Each is written beside its name, forced to the disk and then renamed, so that
 * a harness that is killed at any moment leaves the last whole version and never half of one.
 */
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { HarnessError } from '../core/errors.ts'

/** Makes `path` hold what `write` puts into the handle. Throws HarnessError RESULTS_NOT_WRITABLE. */
export async function writeDurably(path: string, write: (file: FileHandle) => Promise<void>): Promise<void> {
  const partial = join(dirname(path), `.${basename(path)}.partial`)
  try {
    const file = await open(partial, 'w')
    try {
      await write(file)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(partial, path)
    await syncDirectory(dirname(path))
  } catch (cause) {
    await rm(partial, { force: true }).catch(() => undefined)
    throw notWritable(path, cause)
  }
}

/** Throws HarnessError RESULTS_NOT_WRITABLE. */
export function writeText(path: string, text: string): Promise<void> {
  return writeDurably(path, (file) => file.writeFile(text))
}

export function notWritable(path: string, cause: unknown): HarnessError {
  if (cause instanceof HarnessError) return cause
  return new HarnessError('RESULTS_NOT_WRITABLE', {
    message: `cannot write ${path}: ${cause instanceof Error ? cause.message : String(cause)}`,
    hint: 'Is there room on the disk, and may this user write there? Choose another folder with --out DIR.',
    cause,
  })
}

/** A rename survives a power cut only when its folder was synced too. */
async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
