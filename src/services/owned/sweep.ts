/**
 * Removes what dead runs left: processes first, by id and start time, then their folders. Runs at each start. A run
 * whose harness lives, or about whose processes nothing can be known from here, is left alone.
 */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { runsFolder } from '../folders.ts'
import { endProcess } from './end-process.ts'
import {
  type ContainerEntry,
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

/** Removes one container; false when its engine can't be reached from here. */
export type ContainerRemover = (entry: ContainerEntry) => Promise<boolean>

/** What stands outside of this machine's processes and files. */
export interface Removers {
  readonly foreign: ForeignRemover
  readonly container: ContainerRemover
}

export type Standing = 'alive' | 'dead' | 'of-another-boot' | 'unknowable'

export function standingOf(file: OwnerFile, scope: ProcessScope, lives: (file: OwnerFile) => boolean): Standing {
  if (file.scope.boot !== scope.boot) return 'of-another-boot'
  if (file.scope.namespace !== scope.namespace) return 'unknowable'
  return lives(file) ? 'alive' : 'dead'
}

export async function sweepRunFolders(removers: Removers): Promise<SweepReport> {
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
        const foreign = await kept(file.foreign, removers.foreign)
        const containers = await kept(file.containers, removers.container)
        if (foreign.length + containers.length > 0) {
          writeOwnerFile(folder, { ...file, processes: {}, foreign, containers })
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

/** Those that could not be removed. */
async function kept<Entry>(entries: readonly Entry[], remove: (entry: Entry) => Promise<boolean>): Promise<Entry[]> {
  const left: Entry[] = []
  for (const entry of entries) if (!(await remove(entry))) left.push(entry)
  return left
}
