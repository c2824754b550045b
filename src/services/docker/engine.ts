/**
 * A connection to the Docker engine, by testcontainers: it knows where engines listen, how registries want to be signed
 * in to, and what differs between engines. Loaded only when an engine is to be used.
 *
 * Its reaper (Ryuk) is left out: it is one more image to pull and one more container beside the measured ones, and what
 * it would do is done by the owner file of the run (owned/), for containers as for processes. Hence its client, and not
 * its GenericContainer, which also publishes every port on every network interface.
 */
import type { ContainerRuntimeClient } from 'testcontainers'
import { HarnessError } from '../../core/errors.ts'
import { WAYS_TO_A_DOCKER } from '../remedies.ts'
import type { Environment } from '../service.ts'
import { findEngineAddress } from './engine-address.ts'
import { withinDeadline } from './within-deadline.ts'

export type Container = ReturnType<ContainerRuntimeClient['container']['getById']>
export type ContainerState = Awaited<ReturnType<Container['inspect']>>

export interface Engine {
  /** As the engine calls itself; the same again after it was started anew. */
  readonly id: string
  readonly version: string
  readonly address: string
  readonly client: ContainerRuntimeClient
}

const ANSWER_WITHIN_MS = 20_000
const LOOPBACK_HOSTS = ['localhost', '127.0.0.1', '::1', '[::1]']

/**
 * Testcontainers reads this process's own environment: `env` has to name the same engine. Throws SERVICE_UNAVAILABLE when
 * there is none, or none whose loopback ports can be reached from here.
 */
export async function connectEngine(env: Environment): Promise<Engine> {
  const search = await findEngineAddress(env)
  if ('missing' in search) throw unavailable(search.missing)
  const getClient = await loadTestcontainers()
  try {
    const client = await withinDeadline(ANSWER_WITHIN_MS, 'the Docker engine', getClient)
    refuseElsewhere(search.address)
    const info = (await client.container.dockerode.info()) as { readonly ID?: string }
    const version = String(client.info.containerRuntime.serverVersion)
    return { id: info.ID ?? search.address, version, address: search.address, client }
  } catch (cause) {
    throw cause instanceof HarnessError
      ? cause
      : unavailable(`the Docker engine does not answer: ${messageOf(cause)}`, cause)
  }
}

async function loadTestcontainers(): Promise<() => Promise<ContainerRuntimeClient>> {
  try {
    return (await import('testcontainers')).getContainerRuntimeClient
  } catch (cause) {
    throw new HarnessError('SERVICE_UNAVAILABLE', {
      message: 'the package testcontainers is not installed',
      hint: 'npm install --include=optional',
      cause,
    })
  }
}

/**
 * Ports are published on the loopback interface of the engine's machine alone. An engine on a socket is taken to be on
 * this one, in a container too: it may run beside us there, and what it publishes is tried before anything is measured.
 */
function refuseElsewhere(address: string): void {
  const { protocol, hostname } = new URL(address)
  if (protocol === 'unix:' || LOOPBACK_HOSTS.includes(hostname)) return
  throw new HarnessError('SERVICE_UNAVAILABLE', {
    message: `the Docker engine publishes its ports on ${hostname}, not on this machine's loopback interface`,
    hint: ENGINE_ELSEWHERE,
  })
}

/** What to do about an engine whose loopback interface is not ours. */
export const ENGINE_ELSEWHERE =
  'Containers are never opened to a network. Where the engine is on another machine, or outside of the container that this runs in, start the servers yourself and name them in DATABASE_URL and REDIS_URL.'

function unavailable(message: string, cause?: unknown): HarnessError {
  return new HarnessError('SERVICE_UNAVAILABLE', { message, hint: WAYS_TO_A_DOCKER, cause })
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message.trim() : String(error)
}

/** HTTP status of an answer of the engine; null for any other error. */
export function statusOf(error: unknown): number | null {
  const status = (error as { readonly statusCode?: unknown } | null)?.statusCode
  return typeof status === 'number' ? status : null
}
