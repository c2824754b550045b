/**
 * A wire between a server under test and a real store, which a test can cut: the store goes on, but nobody hears of it.
 */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type NetConnectOpts, type Server, type Socket } from 'node:net'
import { Client } from 'pg'

export class Wire implements AsyncDisposable {
  /** Leads to the store over this wire. */
  readonly url: string
  readonly #server: Server
  readonly #sockets: Set<Socket>
  readonly #port: number

  private constructor(url: string, port: number, server: Server, sockets: Set<Socket>) {
    this.url = url
    this.#port = port
    this.#server = server
    this.#sockets = sockets
  }

  static async to(store: NetConnectOpts, urlOver: (port: number) => string): Promise<Wire> {
    const sockets = new Set<Socket>()
    const keep = (socket: Socket, other: Socket): void => {
      sockets.add(socket)
      socket
        .on('error', () => {})
        .on('close', () => {
          sockets.delete(socket)
          other.destroy()
        })
    }
    const server = createServer({ noDelay: true }, (near) => {
      const far = connect(store)
      keep(near, far)
      keep(far, near)
      near.pipe(far).pipe(near)
    })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const { port } = server.address() as AddressInfo
    return new Wire(urlOver(port), port, server, sockets)
  }

  /** Ends all connections; new ones are refused. */
  async cut(): Promise<void> {
    const closed = once(this.#server, 'close')
    this.#server.close()
    for (const socket of this.#sockets) socket.destroy()
    await closed
  }

  async mend(): Promise<void> {
    await once(this.#server.listen(this.#port, '127.0.0.1'), 'listening')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#server.listening) await this.cut()
  }
}

export function wireToPostgres(url: string): Promise<Wire> {
  const { host, port, user, password, database } = new Client({ connectionString: url })
  const store = host.startsWith('/') ? { path: `${host}/.s.PGSQL.${port}` } : { host, port }
  const secret = typeof password === 'string' ? `:${encodeURIComponent(password)}` : ''
  const who = encodeURIComponent(user ?? '') + secret
  return Wire.to(store, (over) => `postgres://${who}@127.0.0.1:${over}/${encodeURIComponent(database ?? '')}`)
}

export function wireToRedis(url: string): Promise<Wire> {
  if (url.startsWith('/')) return Wire.to({ path: url }, (over) => `redis://127.0.0.1:${over}`)
  const parsed = new URL(url)
  return Wire.to({ host: parsed.hostname, port: Number(parsed.port || 6379) }, (over) => {
    parsed.host = `127.0.0.1:${over}`
    return parsed.href
  })
}
