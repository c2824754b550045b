/**
 * A service that a command starts. It lives in a process group of its own, which is ended with the run, also when the
 * harness is killed: a watcher sees that, and the owner file of the run names the process for the next start.
 */
import { spawn } from 'node:child_process'
import { basename, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { HarnessError } from '../core/errors.ts'
import type { TargetAccess } from '../core/target-access.ts'
import type { ShellCommand, StartedBy } from '../core/target-descriptor.ts'
import { commandEnvironment } from './access/access.ts'
import { commandName, programOf } from './access/command.ts'
import { groupLives, killGroup } from './process-group.ts'
import { refuseTakenPort, untilReady } from './readiness.ts'
import type { ServiceContext, StartedService } from './service.ts'
import { TextTail } from './text-tail.ts'
import { END_GROUP, whenWeDie } from './watcher.ts'

const STOP_WITHIN_MS = 10_000
const KILLED_WITHIN_MS = 5_000
const ASK_EVERY_MS = 20
const QUOTED_LINES = 12

type StartCommand = Extract<StartedBy, { by: 'command' }>

/** Throws HarnessError TARGET_FAILED when its port is taken or it ends, TARGET_TIMEOUT when it isn't ready in time. */
export async function startCommand(
  start: StartCommand,
  stop: ShellCommand | null,
  folder: string,
  access: TargetAccess,
  context: ServiceContext,
): Promise<StartedService> {
  await refuseTakenPort(access)
  const group = spawnGroup(start, folder, access, context)
  let ending: Promise<void> | null = null
  const service: StartedService = {
    pid: group.pid,
    resources: () => (group.end() === null ? context.resourcesOf(group.pid) : null),
    hasEnded: () => group.end() !== null,
    lastWords: group.lastWords,
    [Symbol.asyncDispose]: () => (ending ??= endGroup(group, stop, access)),
  }
  const name = `\`${commandName(start.command)}\``
  const problem = await untilReady(start.ready, access, start.deadlineMs, group.end, context.signal).catch(
    async (error: unknown) => {
      await service[Symbol.asyncDispose]()
      throw error
    },
  )
  if (problem === null) return service
  const hadEnded = group.end() !== null
  await service[Symbol.asyncDispose]()
  const words = group.lastWords()
  throw new HarnessError(hadEnded ? 'TARGET_FAILED' : 'TARGET_TIMEOUT', {
    message: access.redact(`start: ${name}: ${problem}${words === '' ? '' : `\n${words}`}`),
  })
}

interface Group {
  /** Of its leader, and its number. */
  readonly pid: number
  /** What became of the leader, in a few words; null while it runs. */
  readonly end: () => string | null
  readonly lastWords: () => string
  /** To be called when nothing of it lives any more. */
  readonly forget: () => void
}

function spawnGroup(start: StartCommand, folder: string, access: TargetAccess, context: ServiceContext): Group {
  const [file, parameters] = programOf(start.command)
  const owned = context.own({ program: basename(file), marker: `doorbuster-service-${context.runId}` })
  const child = spawn(file, parameters, {
    cwd: resolve(folder, start.cwd),
    env: commandEnvironment(start, {}, access.fill),
    stdio: ['ignore', 'pipe', 'pipe'],
    // A process group of its own: Ctrl-C at the terminal is for the harness, which still needs the service to settle.
    detached: true,
  })
  const words = new TextTail()
  child.stdout.on('data', (bytes: Buffer) => words.add(bytes))
  child.stderr.on('data', (bytes: Buffer) => words.add(bytes))
  let end: string | null = null
  child.once('error', (error) => {
    end = `could not be started: ${error.message}`
  })
  child.once('exit', (code, signal) => {
    end = `ended ${code === null ? `by ${signal}` : `with exit code ${code}`}`
  })
  // Without an id nothing runs; the error comes as an event.
  const pid = child.pid ?? 0
  if (pid !== 0) owned.started(pid)
  const watcher = pid === 0 ? null : whenWeDie(END_GROUP, [String(pid)])
  return {
    pid,
    end: () => end,
    lastWords: () => access.redact(words.lastLines(QUOTED_LINES)),
    forget: () => {
      watcher?.dismiss()
      owned.ended()
      child.stdout.destroy()
      child.stderr.destroy()
    },
  }
}

/** Throws HarnessError TARGET_FAILED when a `stop` command fails; what was started is gone then too. */
async function endGroup(group: Group, stop: ShellCommand | null, access: TargetAccess): Promise<void> {
  try {
    if (group.pid === 0) return
    if (stop !== null && group.end() === null) {
      await runStop(stop, access)
      await isTrueWithin(() => group.end() !== null, STOP_WITHIN_MS)
    }
    // What a stop command leaves is asked as well.
    killGroup(group.pid, 'SIGTERM')
    if (await isTrueWithin(() => !groupLives(group.pid), STOP_WITHIN_MS)) return
    killGroup(group.pid, 'SIGKILL')
    await isTrueWithin(() => !groupLives(group.pid), KILLED_WITHIN_MS)
  } catch (error) {
    killGroup(group.pid, 'SIGKILL')
    await isTrueWithin(() => !groupLives(group.pid), KILLED_WITHIN_MS)
    throw error
  } finally {
    group.forget()
  }
}

export async function runStop(stop: ShellCommand, access: TargetAccess): Promise<void> {
  try {
    await access.run(stop, {})
  } catch (error) {
    if (!(error instanceof HarnessError)) throw error
    throw new HarnessError('TARGET_FAILED', { message: `stop: ${error.message}`, hint: error.hint })
  }
}

async function isTrueWithin(claim: () => boolean, deadlineMs: number): Promise<boolean> {
  const deadline = performance.now() + deadlineMs
  while (!claim()) {
    if (performance.now() > deadline) return false
    await sleep(ASK_EVERY_MS)
  }
  return true
}
