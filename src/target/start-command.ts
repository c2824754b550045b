/**
 * A service that a command starts. It lives in a process group of its own, which is ended with the run, also when the
 * harness is killed: a watcher sees that, and the owner file of the run names the process for the next start.
 */
import { spawn } from 'node:child_process'
import { basename, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { HarnessError } from '../core/errors.ts'
import type { TargetAccess } from '../core/target-access.ts'
import type { Readiness, ShellCommand, StartedBy } from '../core/target-descriptor.ts'
import { commandEnvironment } from './access/access.ts'
import { commandName, programOf } from './access/command.ts'
import { groupLives, killGroup } from './process-group.ts'
import { isListenedTo, refuseTakenPort, untilReady } from './readiness.ts'
import type { ServiceContext, StartedService } from './service.ts'
import { TextTail } from './text-tail.ts'
import { endGroupWhenWeDie, type LastCommand } from './watcher.ts'

/** What is asked to leave has so long. */
const STOP_WITHIN_MS = 10_000
const KILLED_WITHIN_MS = 5_000
/** Where another one goes on to listen there, such as a proxy, this is waited for in vain. */
const FREED_WITHIN_MS = 2_000
const ASK_EVERY_MS = 20
const QUOTED_LINES = 12

/** What is started, and what else it takes to be rid of it. */
export interface ServiceCommand extends ShellCommand {
  readonly ready: Readiness
  /** In place of SIGTERM. */
  readonly stop: ShellCommand | null
  /** What was asked to leave is killed after so long. */
  readonly stopWithinMs: number
  /** Run should this process die, before the group is ended. */
  readonly whenWeDie: ShellCommand | null
  /** Whose process tree is measured, once it is ready: the leader's id -> that id; null: none that can be. */
  readonly measured: (leader: number) => Promise<number | null>
  /** When nothing of the group lives any more. */
  readonly cleanUp: () => Promise<void>
}

/** The `start: command` of a descriptor. */
export function commandOf(start: Extract<StartedBy, { by: 'command' }>, stop: ShellCommand | null): ServiceCommand {
  return {
    ...start,
    stop,
    stopWithinMs: STOP_WITHIN_MS,
    whenWeDie: stop,
    measured: (leader) => Promise.resolve(leader),
    cleanUp: () => Promise.resolve(),
  }
}

/** Throws HarnessError TARGET_FAILED when its port is taken or it ends, TARGET_TIMEOUT when it isn't ready in time, INTERRUPTED. */
export async function startCommand(
  start: ServiceCommand,
  folder: string,
  access: TargetAccess,
  context: ServiceContext,
): Promise<StartedService> {
  await refuseTakenPort(access)
  const group = spawnGroup(start, folder, access, context)
  let ending: Promise<void> | null = null
  const end = (): Promise<void> => (ending ??= endGroup(group, start, access))
  const problem = await untilReady(start.ready, access, start.deadlineMs, group.end, context.signal).catch(
    async (error: unknown) => {
      await end()
      throw error
    },
  )
  if (problem === null) {
    const measured = await start.measured(group.pid)
    return {
      pid: group.pid,
      resources: () => (measured === null || group.hasExited() ? null : context.resourcesOf(measured)),
      hasEnded: () => group.end() !== null,
      lastWords: group.lastWords,
      kill: () => (ending ??= killAll(group, start)),
      [Symbol.asyncDispose]: end,
    }
  }
  const hadEnded = group.end() !== null
  await end()
  if (context.signal?.aborted === true) throw new HarnessError('INTERRUPTED', { message: 'interrupted: start' })
  const words = group.lastWords()
  throw new HarnessError(hadEnded ? 'TARGET_FAILED' : 'TARGET_TIMEOUT', {
    message: access.redact(`start: \`${commandName(start.command)}\`: ${problem}${words === '' ? '' : `\n${words}`}`),
  })
}

interface Group {
  /** Of its leader, and its number. */
  readonly pid: number
  /** What became of the leader, in a few words; null while it runs, or where what it started is to run without it. */
  readonly end: () => string | null
  /** Whether the leader is gone. */
  readonly hasExited: () => boolean
  readonly lastWords: () => string
  /** To be called when nothing of it lives any more. */
  readonly forget: () => void
}

function spawnGroup(start: ServiceCommand, folder: string, access: TargetAccess, context: ServiceContext): Group {
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
  let hasExited = false
  child.once('error', (error) => {
    hasExited = true
    end = `could not be started: ${error.message}`
  })
  child.once('exit', (code, signal) => {
    hasExited = true
    // It has brought up something that its `stop` takes down: nothing can be said of that from here.
    if (code === 0 && start.stop !== null) return
    end = `ended ${code === null ? `by ${signal}` : `with exit code ${code}`}`
  })
  // Without an id nothing runs; the error comes as an event.
  const pid = child.pid ?? 0
  if (pid !== 0) owned.started(pid)
  const last = start.whenWeDie === null ? null : lastCommand(start.whenWeDie, folder, access)
  const watcher = pid === 0 ? null : endGroupWhenWeDie(pid, last)
  return {
    pid,
    end: () => end,
    hasExited: () => hasExited,
    lastWords: () => access.redact(words.lastLines(QUOTED_LINES)),
    forget: () => {
      watcher?.dismiss()
      owned.ended()
      child.stdout.destroy()
      child.stderr.destroy()
    },
  }
}

function lastCommand(command: ShellCommand, folder: string, access: TargetAccess): LastCommand {
  const [file, parameters] = programOf(command.command)
  return {
    words: [file, ...parameters],
    cwd: resolve(folder, command.cwd),
    env: commandEnvironment(command, {}, access.fill),
    deadlineMs: command.deadlineMs,
  }
}

/** Throws HarnessError TARGET_FAILED when a `stop` command fails; what was started is gone then too. */
async function endGroup(
  group: Group,
  { stop, stopWithinMs, cleanUp }: ServiceCommand,
  access: TargetAccess,
): Promise<void> {
  try {
    if (group.pid === 0) return
    const asksToStop = stop !== null && group.end() === null
    if (asksToStop) {
      await runStop(stop, access)
      await isTrueWithin(() => group.hasExited(), stopWithinMs)
    }
    // What a stop command leaves is asked as well.
    killGroup(group.pid, 'SIGTERM')
    if (!(await isTrueWithin(() => isGone(group), stopWithinMs))) {
      killGroup(group.pid, 'SIGKILL')
      await isTrueWithin(() => isGone(group), KILLED_WITHIN_MS)
    }
    // What a stop command ends may be a daemon, and be gone later than the command: the next start wants its port.
    if (asksToStop) await isTrueWithin(async () => !(await isListenedTo(access)), FREED_WITHIN_MS)
  } catch (error) {
    killGroup(group.pid, 'SIGKILL')
    await isTrueWithin(() => isGone(group), KILLED_WITHIN_MS)
    throw error
  } finally {
    await cleanUp()
    group.forget()
  }
}

async function killAll(group: Group, { cleanUp }: ServiceCommand): Promise<void> {
  try {
    killGroup(group.pid, 'SIGKILL')
    await isTrueWithin(() => isGone(group), KILLED_WITHIN_MS)
  } finally {
    await cleanUp()
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

/** All of it, and its leader known to be. */
function isGone(group: Group): boolean {
  return group.hasExited() && !groupLives(group.pid)
}

async function isTrueWithin(claim: () => boolean | Promise<boolean>, deadlineMs: number): Promise<boolean> {
  const deadline = performance.now() + deadlineMs
  while (!(await claim())) {
    if (performance.now() > deadline) return false
    await sleep(ASK_EVERY_MS)
  }
  return true
}
