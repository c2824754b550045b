/**
 * Reads what Linux tells of its processes (proc(5)). A file there is made anew at each reading, and is gone with its
 * process, which is no error: whoever looks at processes sees some of them vanish. Synchronous, since a look is worth
 * something only as far as it is of one moment.
 */
import { closeSync, openSync, readdirSync, readSync } from 'node:fs'

const FIRST_BYTES = 64 * 1024

/** Grows with the longest file; of one thread, and read from at once. */
let bytes = Buffer.alloc(FIRST_BYTES)

/** null: it is gone, or not ours to read. */
export function readProc(path: string): string | null {
  let file = -1
  try {
    file = openSync(path, 'r')
    let length = 0
    for (;;) {
      if (length === bytes.length) bytes = Buffer.concat([bytes], 2 * length)
      const read = readSync(file, bytes, length, bytes.length - length, null)
      if (read === 0) return bytes.toString('latin1', 0, length)
      length += read
    }
  } catch {
    return null
  } finally {
    if (file !== -1) closeSync(file)
  }
}

/** Names in a folder that are numbers: processes, threads. None: it is gone, or not ours to read. */
export function numbersIn(folder: string): number[] {
  try {
    return readdirSync(folder)
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
  } catch {
    return []
  }
}
