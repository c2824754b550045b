/**
 * What a Redis has counted of its work since it started. Read over a connection that is opened for it and closed; what
 * that connection itself costs is known from its socket, and taken out of the bytes.
 */
import type { Redis } from 'ioredis'
import { quietRedis } from './store-connections.ts'

export interface RedisCounts {
  /** Another one after each start; null: it has none. */
  readonly serverRun: string | null
  /** Calls by command. */
  readonly commands: ReadonlyMap<string, number>
  readonly receivedBytes: number
  readonly sentBytes: number
  /** Bytes of this reading that are in the figures above. */
  readonly ownReceived: number
  readonly ownSent: number
  /** Bytes of this reading that came to them later: its last answer. */
  readonly ownSentLater: number
}

/** They open and watch connections: the harness's above all. */
const UPKEEP = /^(info|hello|auth|select|client)(\||$)/

/** Or why there are none, in a sentence. Doesn't throw. */
export async function readRedisCounts(url: string): Promise<RedisCounts | string> {
  const client = quietRedis(url)
  try {
    const serverRun = /^run_id:(\w+)/m.exec(await client.info('server'))?.[1] ?? null
    const commands = commandsIn(await client.info('commandstats'))
    const before = socketBytes(client)
    const stats = await client.info('stats')
    const after = socketBytes(client)
    return {
      serverRun,
      commands,
      receivedBytes: fieldOf(stats, 'total_net_input_bytes'),
      sentBytes: fieldOf(stats, 'total_net_output_bytes'),
      ownReceived: after.written,
      ownSent: before.read,
      ownSentLater: after.read - before.read,
    }
  } catch (error) {
    return `Redis commands are not counted: ${error instanceof Error ? error.message : String(error)}`
  } finally {
    client.disconnect()
  }
}

function socketBytes({ stream }: Redis): { readonly read: number; readonly written: number } {
  return { read: stream.bytesRead, written: stream.bytesWritten }
}

/** `cmdstat_evalsha:calls=7,usec=...`, `cmdstat_config|get:calls=1,...`. */
export function commandsIn(info: string): Map<string, number> {
  const lines = info.matchAll(/^cmdstat_([^:]+):calls=(\d+)/gm)
  const commands = Array.from(lines, ([, name, calls]) => [name!.toLowerCase(), Number(calls)] as const)
  return new Map(commands.filter(([name]) => !UPKEEP.test(name)))
}

/** Throws when the server has no such figure. */
function fieldOf(info: string, field: string): number {
  const value = new RegExp(`^${field}:(\\d+)\\r?$`, 'm').exec(info)?.[1]
  if (value === undefined) throw new Error(`INFO has no ${field}`)
  return Number(value)
}
