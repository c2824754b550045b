/**
 * The folder of a step's files, for this user alone: they may hold tokens and keys. It is named after the process that
 * made it, so that what a killed one left can be told from what is in use, and is taken away before the next is made.
 */
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'

const OF_PROCESS = /^doorbuster-k6-(\d+)-/

/** A new one in `parent`, which only this user may enter. */
export async function makeStepFolder(parent: string): Promise<string> {
  await removeThoseOfTheDead(parent)
  return mkdtemp(join(parent, `doorbuster-k6-${process.pid}-`))
}

async function removeThoseOfTheDead(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const pid = Number(OF_PROCESS.exec(name)?.[1] ?? process.pid)
    // Another user's can't be removed, and need not be.
    if (!isAlive(pid)) await rm(join(parent, name), { recursive: true, force: true }).catch(() => undefined)
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
