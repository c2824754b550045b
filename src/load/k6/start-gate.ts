/**
 * Where k6 processes wait until all of them are ready: their setup() asks it for leave, and is answered when it opens, so
 * that they begin together, at the moment that the run chose. Loopback only.
 */
import { once } from 'node:events'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export class StartGate implements AsyncDisposable {
  readonly #server: Server
  readonly #waiting: ServerResponse[] = []
  /** Resolves when all that are expected wait. */
  readonly allThere: Promise<void>

  private constructor(expected: number) {
    this.#server = createServer()
    this.allThere = new Promise((resolve) => {
      this.#server.on('request', (_request, response: ServerResponse) => {
        this.#waiting.push(response)
        if (this.#waiting.length === expected) resolve()
      })
    })
  }

  static async start(expected: number): Promise<StartGate> {
    const gate = new StartGate(expected)
    gate.#server.listen(0, '127.0.0.1')
    await once(gate.#server, 'listening')
    return gate
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`
  }

  open(): void {
    for (const response of this.#waiting) response.writeHead(204).end()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, 'close')
    this.#server.close()
    this.#server.closeAllConnections()
    await closed
  }
}
