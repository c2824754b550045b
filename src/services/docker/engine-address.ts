/**
 * Where a Docker engine listens, and whether something answers there. Asked before testcontainers is loaded, which takes
 * longer than all the rest and says of an engine that it can't reach only that there is none.
 */
import { existsSync } from 'node:fs'
import { connect, type NetConnectOpts } from 'node:net'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { userId } from '../folders.ts'
import type { Environment } from '../service.ts'

const CONNECT_WITHIN_MS = 2_000
const USUAL_SOCKET = '/var/run/docker.sock'

/** In the order in which testcontainers tries them; DOCKER_HOST alone where it is set. */
export function engineAddresses(env: Environment): string[] {
  const named = env['DOCKER_HOST']?.trim()
  if (named) return [named]
  const home = env['HOME'] ?? homedir()
  const runtime = env['XDG_RUNTIME_DIR']
  const sockets = [
    USUAL_SOCKET,
    ...(runtime === undefined ? [] : [join(runtime, 'docker.sock')]),
    join(home, '.docker/run/docker.sock'),
    join(home, '.docker/desktop/docker.sock'),
    `/run/user/${userId()}/docker.sock`,
  ]
  return sockets.map((path) => `unix://${path}`)
}

export type EngineSearch = { readonly address: string } | { readonly missing: string }

/** The first address at which something listens. */
export async function findEngineAddress(env: Environment): Promise<EngineSearch> {
  const problems: string[] = []
  for (const address of engineAddresses(env)) {
    const options = connectionOptions(address)
    if (options === null) return { missing: `DOCKER_HOST is ${address}, which is neither unix:// nor tcp://` }
    // Most machines have one of these sockets at most: the others are not worth a word.
    if ('path' in options && !existsSync(options.path) && !env['DOCKER_HOST']) continue
    const problem = await connectionProblem(options)
    if (problem === null) return { address }
    problems.push(`${address}: ${problem}`)
  }
  return {
    missing: problems.length === 0 ? `no Docker engine (no ${USUAL_SOCKET}, no DOCKER_HOST)` : problems.join('; '),
  }
}

/** null for a protocol that is not spoken here. */
function connectionOptions(address: string): NetConnectOpts | null {
  if (!URL.canParse(address)) return null
  const { protocol, pathname, hostname, port } = new URL(address)
  if (protocol === 'unix:') return { path: pathname }
  if (!['tcp:', 'http:', 'https:'].includes(protocol)) return null
  return { host: hostname.replace(/^\[(.*)\]$/, '$1'), port: Number(port || 2375) }
}

/** null when it connects; else the system's reason, in words where it has a common cause. */
function connectionProblem(options: NetConnectOpts): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = connect(options)
    const end = (problem: string | null): void => {
      socket.destroy()
      resolve(problem)
    }
    socket.setTimeout(CONNECT_WITHIN_MS, () => end(`no answer within ${CONNECT_WITHIN_MS} ms`))
    socket.once('connect', () => end(null))
    socket.once('error', (error: NodeJS.ErrnoException) => end(reasonOf(error)))
  })
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'this user may not use it (is it in the group docker?)',
  ECONNREFUSED: 'nothing answers: the engine does not run',
  ENOENT: 'no such socket: the engine does not run',
}

function reasonOf({ code, message }: NodeJS.ErrnoException): string {
  return REASONS[code ?? ''] ?? message
}
