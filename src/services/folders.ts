/**
 * Where services keep things: what is dear to make again in a cache folder, what belongs to a living run in a
 * temporary one. Both are private to the present user; a folder that somebody else could have planted is refused,
 * since process ids to end are read from it.
 */
import { accessSync, chmodSync, constants, existsSync, lstatSync, mkdirSync, statSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { HarnessError } from '../core/errors.ts'
import type { Environment } from './service.ts'

/** Longest path of a Unix socket on the systems we run on: 104 bytes on macOS, 108 on Linux, both with a final zero. */
export const LONGEST_SOCKET_PATH = 103

/** What comes after the run's folder in the longest socket path we make. */
const SOCKET_PATH_ROOM = '/runs/00000000/postgres/socket/.s.PGSQL.5432'.length

/** `<tmp>/doorbuster-<uid>`: enterable by others, because Postgres runs as another user when we are root. */
export function temporaryFolder(): string {
  const name = `doorbuster-${userId()}`
  const usual = join(tmpdir(), name)
  const willDo = usual.length + SOCKET_PATH_ROOM <= LONGEST_SOCKET_PATH && (userId() !== 0 || othersMayEnter(tmpdir()))
  return ownedFolder(willDo ? usual : join('/tmp', name))
}

/** Every folder on the way too. */
function othersMayEnter(path: string): boolean {
  const mayEnterThis = existsSync(path) && (statSync(path).mode & 0o001) !== 0
  return mayEnterThis && (path === dirname(path) || othersMayEnter(dirname(path)))
}

/** Folders of living runs, and of dead ones that nobody has swept yet. */
export function runsFolder(): string {
  return ownedFolder(join(temporaryFolder(), 'runs'))
}

/**
 * `$DOORBUSTER_CACHE_DIR`, else `$XDG_CACHE_HOME/doorbuster`, else `~/.cache/doorbuster`, else (no such home, or not
 * ours to write) in the temporary folder.
 */
export function cacheFolder(env: Environment): string {
  const parent = env['XDG_CACHE_HOME'] ?? join(env['HOME'] ?? homedir(), '.cache')
  return writableFolder(env['DOORBUSTER_CACHE_DIR'] ?? join(parent, 'doorbuster')) ?? openCacheFolder()
}

/** A cache folder that others may pass through. */
export function openCacheFolder(): string {
  return ownedFolder(join(temporaryFolder(), 'cache'))
}

function writableFolder(path: string): string | null {
  if (!path.startsWith('/')) return null
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 })
    accessSync(path, constants.W_OK | constants.X_OK)
    return isOurs(path) ? path : null
  } catch {
    return null
  }
}

function ownedFolder(path: string): string {
  try {
    mkdirSync(path, { mode: 0o711 })
    chmodSync(path, 0o711)
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') {
      throw new HarnessError('SERVICE_FAILED', {
        message: `${path} can't be made: ${(cause as Error).message}`,
        hint: 'Point TMPDIR at a folder that this user can write to.',
        cause,
      })
    }
  }
  if (!isOurs(path)) {
    throw new HarnessError('SERVICE_FAILED', {
      message: `${path} belongs to somebody else, or others may write to it`,
      hint: 'Remove it, or point TMPDIR at a folder of your own.',
    })
  }
  return path
}

function isOurs(path: string): boolean {
  const stat = lstatSync(path)
  return stat.isDirectory() && stat.uid === userId() && (stat.mode & 0o022) === 0
}

export function userId(): number {
  return process.getuid?.() ?? 0
}
