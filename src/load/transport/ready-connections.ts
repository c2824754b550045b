/**
 * Connections that stand before a request needs them. undici's pool opens one only for a request, and whatever a request
 * does on a service that isn't ours is done; here nothing but TCP and TLS is spoken. What stands ready is handed to the
 * pool when it wants to connect.
 */
import type { Socket } from 'node:net'
import { buildConnector } from 'undici'
import type { TlsMaterial } from '../../core/target-access.ts'

export interface ReadyConnectionsOptions {
  /** Scheme, host and port. */
  readonly origin: URL
  readonly tls: TlsMaterial | null
  readonly connectTimeoutMs: number
}

/** Below the usual listen backlog of 511, whose overflow costs a second each. */
const CONNECTS_AT_ONCE = 128

export class ReadyConnections {
  readonly #connect: buildConnector.connector
  readonly #endpoint: buildConnector.Options
  /** The server closes one that waits for too long, or writes to it before: then it is none of these any more. */
  readonly #ready = new Map<Socket, () => void>()
  readonly #serverName: string | undefined
  #opened = 0
  #closed = false

  constructor({ origin, tls, connectTimeoutMs }: ReadyConnectionsOptions) {
    const { protocol, host, hostname, port } = origin
    this.#connect = buildConnector({ timeout: connectTimeoutMs, ...tlsOptions(tls) })
    this.#serverName = tls?.serverName
    // Node wants IPv6 addresses without the brackets of a URL.
    this.#endpoint = { protocol, host, hostname: hostname.replace(/^\[(.*)\]$/, '$1'), port }
  }

  get count(): number {
    return this.#ready.size
  }

  /** Opened since this was asked last, for requests or ahead of them. */
  takeOpened(): number {
    const opened = this.#opened
    this.#opened = 0
    return opened
  }

  /** What the pool connects by. */
  readonly connector: buildConnector.connector = (options, callback) => {
    const [socket] = this.#ready.keys()
    if (socket === undefined) {
      this.#open(options, callback)
      return
    }
    this.#release(socket)
    // The pool isn't ready to be called back at once.
    queueMicrotask(() => callback(null, socket))
  }

  /** Opens `missing` connections, and ends with the first that can't be: why it can't. null: all stand. */
  async open(missing: number): Promise<string | null> {
    let error: string | null = null
    let left = missing
    const openInTurn = async (): Promise<void> => {
      while (left > 0 && error === null && !this.#closed) {
        left--
        error = (await this.#openOne()) ?? error
      }
    }
    await Promise.all(Array.from({ length: Math.min(missing, CONNECTS_AT_ONCE) }, openInTurn))
    return error
  }

  #openOne(): Promise<string | null> {
    return new Promise((resolve) => {
      this.#open(this.#endpoint, (...[error, socket]) => {
        if (error !== null) {
          resolve(errorCode(error) ?? error.message)
          return
        }
        if (this.#closed) socket.destroy()
        else this.#keep(socket)
        resolve(null)
      })
    })
  }

  #open(options: buildConnector.Options, callback: buildConnector.Callback): void {
    const named = this.#serverName === undefined ? options : { ...options, servername: this.#serverName }
    this.#connect(named, (...result) => {
      if (result[0] === null) this.#opened++
      callback(...result)
    })
  }

  #keep(socket: Socket): void {
    const drop = (): void => this.#drop(socket)
    this.#ready.set(socket, drop)
    socket.on('readable', drop).on('close', drop)
    // It closes after an error, and that is heard of.
    socket.on('error', () => {})
  }

  #release(socket: Socket): void {
    const drop = this.#ready.get(socket)!
    this.#ready.delete(socket)
    socket.off('readable', drop).off('close', drop)
  }

  #drop(socket: Socket): void {
    this.#release(socket)
    socket.destroy()
  }

  close(): void {
    this.#closed = true
    for (const socket of this.#ready.keys()) this.#drop(socket)
  }
}

function tlsOptions(tls: TlsMaterial | null): buildConnector.BuildOptions {
  if (tls === null) return {}
  const { ca, cert, key, insecure } = tls
  return {
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    rejectUnauthorized: !insecure,
  }
}

/** `ECONNREFUSED` and the like; null: the error has none. */
export function errorCode(error: unknown): string | null {
  const code: unknown = error instanceof Error ? (error as NodeJS.ErrnoException).code : null
  return typeof code === 'string' ? code : null
}
