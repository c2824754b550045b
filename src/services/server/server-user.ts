/**
 * The user that a Postgres of ours runs as. It refuses to be root, so for root it is `nobody`, who then has to be able
 * to enter every folder that leads to its binaries and its data.
 */
import { chownSync, readFileSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { userId } from '../folders.ts'
import { IN_OWN_SESSION } from '../own-session.ts'

export interface ServerUser {
  readonly uid: number
  readonly gid: number
}

const USUAL_NOBODY: ServerUser = { uid: 65_534, gid: 65_534 }

/** null: the present user will do. */
export function otherServerUser(): ServerUser | null {
  return userId() === 0 ? nobody() : null
}

function nobody(): ServerUser {
  try {
    const line = /^nobody:[^:]*:(\d+):(\d+):/m.exec(readFileSync('/etc/passwd', 'utf8'))
    return line ? { uid: Number(line[1]), gid: Number(line[2]) } : USUAL_NOBODY
  } catch {
    return USUAL_NOBODY
  }
}

export function giveToServerUser(path: string): void {
  const user = otherServerUser()
  if (user) chownSync(path, user.uid, user.gid)
}

export interface Tried {
  readonly ok: boolean
  /** What it printed, trimmed; or why it could not be started. */
  readonly output: string
}

const TRY_FOR_MS = 60_000

/** Runs a program to its end as the server's user, in `/`, which everyone can enter. */
export function runAsServerUser(file: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): Tried {
  const result = spawnSync(file, args, {
    ...otherServerUser(),
    ...IN_OWN_SESSION,
    cwd: '/',
    env,
    encoding: 'utf8',
    timeout: TRY_FOR_MS,
    killSignal: 'SIGKILL',
  })
  if (result.error) return { ok: false, output: result.error.message }
  return { ok: result.status === 0, output: `${result.stdout}${result.stderr}`.trim() }
}
