/**
 * Starts a server that runs until it is stopped, in a session of its own: a Ctrl-C at the terminal reaches the harness
 * alone, which still has to read the ledger from it. Its output goes to a file, because a pipe would break with the
 * harness.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync, realpathSync } from 'node:fs'
import { basename } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { HarnessError } from '../../core/errors.ts'
import { endProcess } from '../owned/end-process.ts'
import { identityOf } from '../owned/process-identity.ts'
import type { ResourceFigures } from '../../core/run-record.ts'
import type { ProcessOwner } from '../service.ts'
import { resourcesOfTree } from './resources.ts'
import type { ServerUser } from './server-user.ts'

export interface ServerCommand {
  /** As messages call it: `postgres`. */
  readonly name: string
  readonly file: string
  readonly args: readonly string[]
  readonly env?: NodeJS.ProcessEnv
  /** Working folder; also what the process is found by. */
  readonly folder: string
  readonly user: ServerUser | null
  readonly logFile: string
  readonly stopSignal: 'SIGTERM' | 'SIGQUIT'
}

/** A process of ours, or a container. */
export interface RunningServer {
  readonly hasEnded: () => Promise<boolean>
  /** The last lines of its log, for an error's message. */
  readonly logTail: () => Promise<string>
  /** null where it can't be read, or the server is gone. */
  readonly resources: () => Promise<ResourceFigures | null>
  readonly stop: () => Promise<void>
}

export async function spawnServer(command: ServerCommand, owner: ProcessOwner): Promise<RunningServer> {
  const owned = owner.own({
    program: basename(realpathSync(command.file)),
    marker: command.folder,
    stopSignal: command.stopSignal,
  })
  const log = openSync(command.logFile, 'a', 0o600)
  const child = spawn(command.file, command.args, {
    ...command.user,
    cwd: command.folder,
    env: command.env ?? process.env,
    stdio: ['ignore', log, log],
    detached: true,
  })
  closeSync(log)
  let ended = false
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => {
      ended = true
      resolve()
    })
  })
  try {
    await once(child, 'spawn')
  } catch (cause) {
    owned.ended()
    throw new HarnessError('SERVICE_FAILED', {
      message: `${command.name} could not be started: ${(cause as Error).message}`,
      cause,
    })
  }
  const pid = child.pid as number
  owned.started(pid)
  child.unref()
  return {
    hasEnded: () => Promise.resolve(ended),
    logTail: () => Promise.resolve(tail(command.logFile)),
    resources: () => Promise.resolve(resourcesOfTree(pid)),
    stop: async () => {
      const identity = ended ? null : identityOf(pid)
      if (identity && !(await endProcess(identity, command.stopSignal))) {
        throw new HarnessError('SERVICE_TIMEOUT', { message: `${command.name} (process ${pid}) does not end` })
      }
      // It is gone, but for its entry in the process table until its parent has heard of it.
      child.ref()
      await exited
      owned.ended()
    },
  }
}

const START_WITHIN_MS = 20_000
const ASK_EVERY_MS = 10

/** Asks until `isReady` says so; an error of it means "not yet". */
export async function untilReady(name: string, server: RunningServer, isReady: () => Promise<void>): Promise<void> {
  const deadline = performance.now() + START_WITHIN_MS
  for (;;) {
    try {
      return await isReady()
    } catch (cause) {
      if (await server.hasEnded()) {
        throw new HarnessError('SERVICE_FAILED', {
          message: `${name} ended while it started. The end of its log:\n${await server.logTail()}`,
          cause,
        })
      }
      if (performance.now() > deadline) {
        throw new HarnessError('SERVICE_TIMEOUT', {
          message: `${name} did not answer within ${START_WITHIN_MS} ms. The end of its log:\n${await server.logTail()}`,
          cause,
        })
      }
    }
    await sleep(ASK_EVERY_MS)
  }
}

const TAIL_LINES = 12

function tail(path: string): string {
  try {
    return readFileSync(path, 'utf8').trimEnd().split('\n').slice(-TAIL_LINES).join('\n')
  } catch {
    return '(no log)'
  }
}
