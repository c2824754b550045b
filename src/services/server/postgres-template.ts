/**
 * A data folder as initdb leaves it, made once for each server version and copied for each run: a copy takes a tenth of
 * the time. Made beside its place and renamed, so that a half-made one is never taken for a template.
 */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { HarnessError } from '../../core/errors.ts'
import { cacheFolder } from '../folders.ts'
import { removeFolder } from '../owned/owner-file.ts'
import type { Environment } from '../service.ts'
import { INITDB_SETTINGS } from './benchmark-settings.ts'
import { copyFolder } from './copy-folder.ts'
import { giveToServerUser, otherServerUser, runAsServerUser } from './server-user.ts'

const INITDB_ARGS = ['--username=postgres', '--auth=trust', ...INITDB_SETTINGS]

/** Where the programs of one Postgres stand. */
export interface PostgresPrograms {
  readonly postgres: string
  readonly initdb: string
  /** What `postgres --version` prints. */
  readonly version: string
}

/** Makes `folder` (which must not exist) a fresh data folder that belongs to the server's user. */
export function makeDataFolder(programs: PostgresPrograms, folder: string, env: Environment): void {
  const template = templateFolder(programs, env)
  if (existsSync(join(template, 'PG_VERSION'))) {
    copyFolder(template, folder)
    return
  }
  initialise(programs, folder)
  keepAsTemplate(folder, template)
}

function templateFolder(programs: PostgresPrograms, env: Environment): string {
  const key = [programs.version, programs.initdb, otherServerUser()?.uid ?? 'self', ...INITDB_ARGS].join('\n')
  const digest = createHash('sha256').update(key).digest('hex').slice(0, 16)
  return join(cacheFolder(env), 'postgres-templates', digest)
}

function initialise(programs: PostgresPrograms, folder: string): void {
  mkdirSync(folder, { mode: 0o700 })
  giveToServerUser(folder)
  const tried = runAsServerUser(programs.initdb, [`--pgdata=${folder}`, ...INITDB_ARGS])
  if (!tried.ok) throw new HarnessError('SERVICE_FAILED', { message: `initdb failed: ${tried.output}` })
}

function keepAsTemplate(folder: string, template: string): void {
  const parent = join(template, '..')
  mkdirSync(parent, { recursive: true, mode: 0o700 })
  const unfinished = `${template}.${process.pid}`
  removeFolder(unfinished)
  try {
    copyFolder(folder, unfinished)
    renameSync(unfinished, template)
  } catch {
    // Somebody else was first, or the cache can't be written: the next run initialises again.
    removeFolder(unfinished)
  }
}
