/**
 * One server in a container: its data on a tmpfs, its port on loopback alone. Written down in the run's owner file before
 * it is made, by a name and a token that no other container has; removed with its volumes when the run is over, or by the
 * next start.
 */
import { randomUUID } from 'node:crypto'
import { basename } from 'node:path'
import type { StoreName } from '../../core/catalogue.ts'
import { HarnessError } from '../../core/errors.ts'
import type { ContainerEntry } from '../owned/owner-file.ts'
import type { ServiceRun } from '../provider.ts'
import type { RunningServer } from '../server/spawn-server.ts'
import { parseLogFrames } from './container-log.ts'
import { containerResources } from './container-resources.ts'
import { type Container, type ContainerState, type Engine, messageOf, statusOf } from './engine.ts'
import { ensureImage } from './pull-image.ts'
import { withinDeadline } from './within-deadline.ts'

export interface ContainerSpec {
  readonly store: StoreName
  readonly image: string
  readonly command: readonly string[]
  readonly environment: Readonly<Record<string, string>>
  /** That the server listens on, inside. */
  readonly port: number
  /** Inside: a tmpfs, gone with the container. */
  readonly dataFolder: string
}

export interface RunningContainer extends RunningServer {
  /** On 127.0.0.1. */
  readonly publishedPort: number
}

/** What proves that a container is ours to remove. */
const TOKEN_LABEL = 'doorbuster.token'
const ANSWER_WITHIN_MS = 60_000
const LOG_LINES = 12

/** Throws SERVICE_UNAVAILABLE when its image can't be had, SERVICE_FAILED when it doesn't start. Leaves nothing then. */
export async function startContainer(
  spec: ContainerSpec,
  engine: Engine,
  run: Pick<ServiceRun, 'folder' | 'signal' | 'onWait'>,
): Promise<RunningContainer> {
  await ensureImage(spec, engine, run)
  const name = `doorbuster-${basename(run.folder.path)}-${spec.store}`
  const entry: ContainerEntry = { engineId: engine.id, name, token: randomUUID() }
  const forget = run.folder.ownContainer(entry)
  const remove = async (): Promise<void> => {
    await removeContainer(engine, entry)
    forget()
  }
  try {
    const container = await answered(`container ${name}`, () =>
      engine.client.container.create(createOptions(spec, entry)),
    )
    await answered(`container ${name}`, () => container.start())
    const state = await answered(`container ${name}`, () => container.inspect())
    return {
      publishedPort: await publishedPort(container, state, spec.port),
      hasEnded: () => hasEnded(container),
      logTail: () => logTail(container),
      resources: containerResources(container, state),
      stop: remove,
    }
  } catch (cause) {
    // Where that fails too, the note of it stays for the next start.
    await remove().catch(() => undefined)
    if (cause instanceof HarnessError) throw cause
    throw new HarnessError('SERVICE_FAILED', {
      message: `${spec.store} could not be started from ${spec.image}: ${messageOf(cause)}`,
      cause,
    })
  }
}

function createOptions(
  spec: ContainerSpec,
  entry: ContainerEntry,
): Parameters<Engine['client']['container']['create']>[0] {
  const port = `${spec.port}/tcp`
  return {
    name: entry.name,
    Image: spec.image,
    Cmd: [...spec.command],
    Env: Object.entries(spec.environment).map(([name, value]) => `${name}=${value}`),
    Labels: { [TOKEN_LABEL]: entry.token },
    ExposedPorts: { [port]: {} },
    HostConfig: {
      PortBindings: { [port]: [{ HostIp: '127.0.0.1', HostPort: '' }] },
      Tmpfs: { [spec.dataFolder]: '' },
    },
  }
}

async function publishedPort(container: Container, state: ContainerState, port: number): Promise<number> {
  const bound = Number(state.NetworkSettings.Ports[`${port}/tcp`]?.[0]?.HostPort)
  if (bound > 0) return bound
  throw new HarnessError('SERVICE_FAILED', {
    message: `the container ended at once, or has no port. The end of its log:\n${await logTail(container)}`,
  })
}

async function hasEnded(container: Container): Promise<boolean> {
  try {
    return !(await container.inspect()).State.Running
  } catch (error) {
    if (statusOf(error) === 404) return true
    throw error
  }
}

async function logTail(container: Container): Promise<string> {
  try {
    return parseLogFrames(await container.logs({ stdout: true, stderr: true, tail: LOG_LINES })).trimEnd()
  } catch (error) {
    return `(no log: ${messageOf(error)})`
  }
}

/** Also one of a run that died. Does nothing where it is gone; leaves a container that doesn't bear the entry's token. */
export async function removeContainer(engine: Engine, { name, token }: ContainerEntry): Promise<void> {
  const container = engine.client.container.getById(name)
  try {
    const { Config } = await answered(`container ${name}`, () => container.inspect())
    if (Config.Labels[TOKEN_LABEL] !== token) return
    await answered(`container ${name}`, () => container.remove({ force: true, v: true }))
  } catch (error) {
    // 404: gone; 409: somebody is removing it already.
    const status = statusOf(error)
    if (status !== 404 && status !== 409) throw error
  }
}

function answered<T>(what: string, ask: () => Promise<T>): Promise<T> {
  return withinDeadline(ANSWER_WITHIN_MS, `the Docker engine, ${what}`, ask)
}
