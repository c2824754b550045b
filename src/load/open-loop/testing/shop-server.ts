/** A small HTTP server for tests, which keeps what it was asked and answers as the test says. */
import { once } from 'node:events'
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http'
import { createServer as createTlsServer, type ServerOptions } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { TLSSocket } from 'node:tls'

export interface Asked {
  readonly method: string
  /** With the query. */
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
  /** The name that the client asked the certificate of; null without TLS, and where it asked none. */
  readonly serverName: string | null
}

export interface Said {
  readonly status: number
  readonly headers?: Readonly<Record<string, string | string[]>>
  /** A text is sent as it is, everything else as JSON. */
  readonly body?: unknown
}

export class ShopServer implements AsyncDisposable {
  readonly asked: Asked[] = []
  connections = 0
  readonly #server: Server
  readonly #scheme: string

  private constructor(answerOf: (asked: Asked) => Said, tls: ServerOptions | null) {
    const listener = (request: IncomingMessage, response: ServerResponse): void => {
      void this.#answer(request, response, answerOf)
    }
    this.#scheme = tls === null ? 'http' : 'https'
    this.#server = tls === null ? createServer(listener) : createTlsServer(tls, listener)
    this.#server.on('connection', () => this.connections++)
  }

  static async start(answerOf: (asked: Asked) => Said, tls: ServerOptions | null = null): Promise<ShopServer> {
    const shop = new ShopServer(answerOf, tls)
    shop.#server.listen(0, '127.0.0.1')
    await once(shop.#server, 'listening')
    return shop
  }

  get url(): string {
    return `${this.#scheme}://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async #answer(request: IncomingMessage, response: ServerResponse, answerOf: (asked: Asked) => Said): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const { method = '', url = '', headers, socket } = request
    const serverName = (socket as Partial<TLSSocket>).servername
    const asked: Asked = {
      method,
      url,
      headers,
      body: Buffer.concat(chunks).toString(),
      serverName: typeof serverName === 'string' ? serverName : null,
    }
    this.asked.push(asked)
    const said = answerOf(asked)
    response.writeHead(said.status, { ...said.headers })
    response.end(typeof said.body === 'string' ? said.body : JSON.stringify(said.body ?? null))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close()
    this.#server.closeAllConnections()
    await once(this.#server, 'close')
  }
}
