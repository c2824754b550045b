/**
 * A wire between a server under test and a real store, which a test can cut: the store goes on, but nobody hears of it.
 */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { postgresPlace, redisPlace, type StorePlace } from './store-address.ts'

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

  static async to({ address, urlOver }: StorePlace): Promise<Wire> {
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
      const far = connect(address)
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
  return Wire.to(postgresPlace(url))
}

export function wireToRedis(url: string): Promise<Wire> {
  return Wire.to(redisPlace(url))
}
