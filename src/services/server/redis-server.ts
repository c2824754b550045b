/**
 * A Redis (or Valkey) of our own: empty, with an append-only file, reachable only through a Unix socket in a folder that
 * its user alone can enter. ioredis got 20-30 % more commands through the socket than through loopback TCP.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { HarnessError } from '../../core/errors.ts'
import { LONGEST_SOCKET_PATH } from '../folders.ts'
import type { RunFolder } from '../owned/run-folder.ts'
import type { ProviderName, ServiceSettings, StartedRedis } from '../service.ts'
import { redisArgs } from './benchmark-settings.ts'
import { readRedisRecord, withRedis } from './redis-connection.ts'
import { type RunningServer, spawnServer, untilReady } from './spawn-server.ts'

/** A redis-server or valkey-server, and the libraries it needs beside the system's. */
export interface RedisPrograms {
  readonly server: string
  readonly libraryFolders: readonly string[]
  /** What `--version` prints. */
  readonly version: string
}

export interface RedisRequest {
  readonly provider: ProviderName
  readonly programs: RedisPrograms
  readonly folder: RunFolder
  readonly settings: ServiceSettings
  readonly keyPrefix: string
}

const SOCKET_ONLY = { port: '0', unixsocketperm: '700', daemonize: 'no' }

export async function startRedisServer(request: RedisRequest): Promise<StartedRedis> {
  const own = request.folder.subfolder('redis')
  const dataFolder = join(own, 'data')
  mkdirSync(dataFolder, { mode: 0o700 })
  const socket = join(dataFolder, 'redis.sock')
  if (socket.length > LONGEST_SOCKET_PATH) {
    throw new HarnessError('SERVICE_FAILED', {
      message: `${socket} is too long for a Unix socket (${socket.length} of ${LONGEST_SOCKET_PATH} bytes)`,
      hint: 'Point TMPDIR at a shorter path.',
    })
  }
  const server = await spawnServer(
    {
      name: 'redis',
      file: request.programs.server,
      args: redisArgs(request.settings, { ...SOCKET_ONLY, unixsocket: socket, dir: dataFolder }),
      env: libraryEnvironment(request.programs.libraryFolders),
      folder: dataFolder,
      user: null,
      logFile: join(own, 'log'),
      stopSignal: 'SIGTERM',
    },
    request.folder,
  )
  return await readyRedis(server, { url: socket, keyPrefix: request.keyPrefix, provider: request.provider })
}

/** Waits until it answers; stops the server where that fails. */
export async function readyRedis(
  server: RunningServer,
  { url, keyPrefix, provider }: { readonly url: string; readonly keyPrefix: string; readonly provider: ProviderName },
): Promise<StartedRedis> {
  try {
    await untilReady('redis', server, () => withRedis(url, async (client) => void (await client.ping())))
    return {
      url,
      keyPrefix,
      record: await withRedis(url, (client) => readRedisRecord(client, provider)),
      resources: server.resources,
      [Symbol.asyncDispose]: server.stop,
    }
  } catch (error) {
    await server.stop()
    throw error
  }
}

export function libraryEnvironment(folders: readonly string[]): NodeJS.ProcessEnv {
  if (folders.length === 0) return process.env
  const path = [...folders, process.env['LD_LIBRARY_PATH']].filter((entry) => entry).join(':')
  return { ...process.env, LD_LIBRARY_PATH: path }
}
