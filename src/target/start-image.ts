/**
 * A service in a container: `docker run` in the foreground is a command like any other, whose output is the container's
 * and whose end is its end. Published on the loopback interface alone; removed with the run, also when the harness is
 * killed. Secrets reach it by the command's environment, never by its arguments.
 */
import { readFileSync } from 'node:fs'
import { HarnessError } from '../core/errors.ts'
import type { TargetAccess } from '../core/target-access.ts'
import type { ShellCommand, StartedBy } from '../core/target-descriptor.ts'
import type { ServiceContext, StartedService } from './service.ts'
import { startCommand } from './start-command.ts'

type StartImage = Extract<StartedBy, { by: 'image' }>

const ENGINE_WITHIN_MS = 20_000
/** A large image over a slow line. */
const PULL_WITHIN_MS = 900_000
/** The first process of a container only hears a SIGTERM that it listens for: many don't, and nothing is lost by a kill. */
const STOP_WITHIN_MS = 3_000
const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]']

/** Throws HarnessError SERVICE_UNAVAILABLE without an engine or the image; else as {@link startCommand}. */
export async function startImage(
  start: StartImage,
  stop: ShellCommand | null,
  folder: string,
  access: TargetAccess,
  context: ServiceContext,
): Promise<StartedService> {
  const published = publication(access.baseUrl, start.port)
  await needEngine(access)
  await needImage(start.image, access)
  const container = `doorbuster-service-${context.runId}`
  const removal = ['rm', '--force', '--volumes', container]
  const remove = async (): Promise<void> => {
    // It removes itself when it ends; what is gone is no failure.
    await docker(removal, access).catch(() => '')
  }
  const environment = Object.keys(start.env).flatMap((name) => ['--env', name])
  const options = ['--rm', '--name', container, '--publish', published, ...environment]
  const service = await startCommand(
    {
      command: ['docker', 'run', ...options, start.image, ...(start.command ?? [])],
      cwd: '.',
      env: start.env,
      deadlineMs: start.deadlineMs,
      ready: start.ready,
      stop,
      stopWithinMs: STOP_WITHIN_MS,
      whenWeDie: dockerCommand(removal),
      measured: () => processOf(container, access),
      cleanUp: remove,
    },
    folder,
    access,
    context,
  )
  return { ...service, pid: null }
}

/** `127.0.0.1:8080:80`. Throws HarnessError USAGE where the base URL is elsewhere: a container is never opened to a network. */
function publication(baseUrl: string, port: number): string {
  const { hostname, port: own, protocol } = new URL(baseUrl)
  if (LOOPBACK.includes(hostname)) {
    const address = hostname === 'localhost' ? '127.0.0.1' : hostname
    return `${address}:${own === '' ? (protocol === 'https:' ? 443 : 80) : own}:${port}`
  }
  throw new HarnessError('USAGE', {
    message: `start.image: the container is published on this machine alone, but url names ${hostname}`,
    hint: 'Let `url` begin with http://127.0.0.1:PORT.',
  })
}

async function needEngine(access: TargetAccess): Promise<void> {
  try {
    await docker(['version', '--format', '{{.Server.Version}}'], access)
  } catch (error) {
    throw new HarnessError('SERVICE_UNAVAILABLE', {
      message: `start.image needs a Docker engine: ${(error as Error).message}`,
      hint: 'Start one (`docker version` has to answer), or start the service by a command.',
    })
  }
}

async function needImage(image: string, access: TargetAccess): Promise<void> {
  try {
    await docker(['image', 'inspect', '--format', '{{.Id}}', image], access)
  } catch {
    try {
      await docker(['pull', '--quiet', image], access, PULL_WITHIN_MS)
    } catch (error) {
      throw new HarnessError('SERVICE_UNAVAILABLE', {
        message: `start.image: ${image} can't be had: ${(error as Error).message}`,
      })
    }
  }
}

/** Where the engine runs on this machine and system; null elsewhere: the number would be of another process. */
async function processOf(container: string, access: TargetAccess): Promise<number | null> {
  if (process.platform !== 'linux') return null
  const inspected = await docker(['inspect', '--format', '{{.State.Pid}} {{.Id}}', container], access).catch(() => '')
  const [pid = '', id = ''] = inspected.trim().split(' ')
  try {
    return id !== '' && readFileSync(`/proc/${pid}/cgroup`, 'utf8').includes(id) ? Number(pid) : null
  } catch {
    return null
  }
}

function docker(words: readonly string[], access: TargetAccess, deadlineMs = ENGINE_WITHIN_MS): Promise<string> {
  return access.run(dockerCommand(words, deadlineMs), {})
}

function dockerCommand(words: readonly string[], deadlineMs = ENGINE_WITHIN_MS): ShellCommand {
  return { command: ['docker', ...words], cwd: '.', env: {}, deadlineMs }
}
