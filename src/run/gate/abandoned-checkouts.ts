/**
 * Checkouts that a gate left behind because it was killed: git's own list names them, and a file beside each says whose it
 * is. The next gate of the same repository takes them away.
 */
import { readFileSync, realpathSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { HarnessError } from '../../core/errors.ts'
import type { RunRecord } from '../../core/run-record.ts'
import { currentWriter, isWriterAlive } from '../../results/index.ts'
import { type CommandSurroundings, listWorktrees, removeWorktree } from './git.ts'

/** Of the folder that holds the checkouts of one gate, below the system's temporary one. */
export const CHECKOUTS_PREFIX = 'doorbuster-gate-'
const OWNER_FILE = 'owner.json'

/** To be called before anything is checked out into it. */
export async function ownCheckouts(folder: string): Promise<void> {
  await writeFile(join(folder, OWNER_FILE), JSON.stringify(currentWriter()))
}

/** Those of gates that go on stay. */
export async function removeAbandoned(repository: string, surroundings: CommandSurroundings): Promise<void> {
  const temporary = realpathSync(tmpdir())
  for (const worktree of await listWorktrees(repository, surroundings)) {
    const folder = dirname(worktree)
    const isOfGate = dirname(folder) === temporary && basename(folder).startsWith(CHECKOUTS_PREFIX)
    if (!isOfGate || hasOwner(folder)) continue
    await forgetWorktree(repository, worktree, surroundings.env)
    await rm(folder, { recursive: true, force: true, maxRetries: 3 })
  }
}

/** What was never made, or is gone already, is no failure: its folder is removed by whoever calls. */
export async function forgetWorktree(
  repository: string,
  folder: string,
  env: CommandSurroundings['env'],
): Promise<void> {
  try {
    await removeWorktree(repository, folder, env)
  } catch (error) {
    if (!(error instanceof HarnessError)) throw error
  }
}

function hasOwner(folder: string): boolean {
  try {
    return isWriterAlive(JSON.parse(readFileSync(join(folder, OWNER_FILE), 'utf8')) as RunRecord['writer'])
  } catch {
    return false
  }
}
