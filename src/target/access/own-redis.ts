/** Counts what the sessions of a run make each Redis do. */
import type { OwnRedisWork } from '../../core/own-redis-work.ts'

interface Tally {
  readonly calls: Map<string, number>
  receivedBytes: number
  sentBytes: number
}

export class OwnRedis {
  readonly #byServer = new Map<string, Tally>()

  of(url: string): OwnRedisWork {
    return this.#tallyOf(url)
  }

  answered(url: string, command: string, parameters: readonly string[]): void {
    const { calls } = this.#tallyOf(url)
    const call = [command, ...parameters.slice(0, 1)].join('|').toLowerCase()
    calls.set(call, (calls.get(call) ?? 0) + 1)
  }

  /** `socket`: of a connection that is about to be closed. */
  closes(url: string, socket: { readonly bytesRead: number; readonly bytesWritten: number }): void {
    const tally = this.#tallyOf(url)
    tally.receivedBytes += socket.bytesWritten
    tally.sentBytes += socket.bytesRead
  }

  #tallyOf(url: string): Tally {
    const server = serverOf(url)
    const tally = this.#byServer.get(server) ?? { calls: new Map(), receivedBytes: 0, sentBytes: 0 }
    this.#byServer.set(server, tally)
    return tally
  }
}

/** A Redis counts all of its databases and users together. */
function serverOf(url: string): string {
  if (!URL.canParse(url)) return url
  const { hostname, port } = new URL(url)
  return hostname === '' ? url : `${hostname}:${port === '' ? '6379' : port}`
}
