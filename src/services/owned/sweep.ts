/**
 * Removes what dead runs left: processes first, by id and start time, then their folders. Runs at each start. A run
 * whose harness lives, or about whose processes nothing can be known from here, is left alone.
 */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { runsFolder } from '../folders.ts'
import { endProcess } from './end-process.ts'
import {
  type ForeignEntry,
  type OwnerFile,
  type ProcessEntry,
  readOwnerFile,
  removeRunFolder,
  writeOwnerFile,
} from './owner-file.ts'
import { isAlive, presentScope, type ProcessScope } from './process-identity.ts'
import { findProcesses } from './process-search.ts'

export interface SweepReport {
  readonly runs: number
  readonly processes: number
  /** What could not be removed, in sentences. */
  readonly problems: readonly string[]
}

/** Removes one thing in a server that isn't ours; false when that server can't be reached from here. */
export type ForeignRemover = (entry: ForeignEntry) => Promise<boolean>

export type Standing = 'alive' | 'dead' | 'of-another-boot' | 'unknowable'

export function standingOf(file: OwnerFile, scope: ProcessScope, lives: (file: OwnerFile) => boolean): Standing {
  if (file.scope.boot !== scope.boot) return 'of-another-boot'
  if (file.scope.namespace !== scope.namespace) return 'unknowable'
  return lives(file) ? 'alive' : 'dead'
}

export async function sweepRunFolders(removeForeign: ForeignRemover): Promise<SweepReport> {
  const scope = presentScope()
  const problems: string[] = []
  let runs = 0
  let processes = 0
  for (const name of readdirSync(runsFolder())) {
    const folder = join(runsFolder(), name)
    const file = readOwnerFile(folder, Date.now())
    if (file === 'too-new' || file === 'foreign') continue
    try {
      if (file !== 'unsigned') {
        const standing = standingOf(file, scope, (content) => isAlive(content.owner))
        if (standing === 'alive' || standing === 'unknowable') continue
        if (standing === 'dead') processes += await endProcesses(Object.values(file.processes))
        const kept = await keptForeign(file.foreign, removeForeign)
        if (kept.length > 0) {
          writeOwnerFile(folder, { ...file, processes: {}, foreign: kept })
          continue
        }
      }
      removeRunFolder(folder)
      runs += 1
    } catch (error) {
      problems.push(`${folder}: ${(error as Error).message}`)
    }
  }
  return { runs, processes, problems }
}

async function endProcesses(entries: readonly ProcessEntry[]): Promise<number> {
  let ended = 0
  for (const entry of entries) {
    const found = entry.identity ? [entry.identity] : findProcesses(entry)
    for (const identity of found.filter(isAlive)) {
      if (!(await endProcess(identity, entry.stopSignal))) {
        throw new Error(`process ${identity.pid} (${entry.program}) does not end`)
      }
      ended += 1
    }
  }
  return ended
}

async function keptForeign(entries: readonly ForeignEntry[], remove: ForeignRemover): Promise<ForeignEntry[]> {
  const kept: ForeignEntry[] = []
  for (const entry of entries) if (!(await remove(entry))) kept.push(entry)
  return kept
}
