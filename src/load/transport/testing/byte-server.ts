/**
 * A server for tests that answers each request with bytes that the test chose, cut where the test chose, and that keeps
 * what was asked. It reads requests just well enough to know where one ends.
 */
import { once } from 'node:events'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'

export interface Answer {
  /** Sent one after another, each in a turn of the event loop of its own. */
  readonly pieces: readonly Buffer[]
  /** What is done to the connection afterwards: FIN, RST, or nothing. */
  readonly afterwards: 'end' | 'reset' | 'stay'
}

export interface Asked {
  readonly head: string
  readonly body: string
  /** Number of the connection, from 0. */
  readonly connection: number
}

export class ByteServer implements AsyncDisposable {
  readonly asked: Asked[] = []
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #connections = 0

  private constructor(answerOf: (asked: Asked) => Answer | null) {
    this.#server = createServer({ noDelay: true }, (socket) => {
      const connection = this.#connections++
      this.#sockets.add(socket)
      let held = ''
      socket.on('data', (chunk: Buffer) => {
        held += chunk.toString('latin1')
        const asked = takeRequest(held, connection)
        if (asked === null) return
        held = ''
        this.asked.push(asked)
        const answer = answerOf(asked)
        if (answer !== null) void send(socket, answer)
      })
      socket.on('error', () => socket.destroy())
      socket.on('close', () => this.#sockets.delete(socket))
    })
  }

  /** `answerOf` returns null where there is to be no answer. */
  static async start(answerOf: (asked: Asked) => Answer | null): Promise<ByteServer> {
    const server = new ByteServer(answerOf)
    server.#server.listen(0, '127.0.0.1', 4_096)
    await once(server.#server, 'listening')
    return server
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`
  }

  get connections(): number {
    return this.#connections
  }

  /** Closes the listener and cuts every connection. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    if (!this.#server.listening) return
    this.#server.close()
    await once(this.#server, 'close')
  }
}

function takeRequest(text: string, connection: number): Asked | null {
  const headEnd = text.indexOf('\r\n\r\n')
  if (headEnd < 0) return null
  const head = text.slice(0, headEnd)
  const length = Number(/^content-length: *(\d+)$/im.exec(head)?.[1] ?? 0)
  const body = text.slice(headEnd + 4)
  return body.length < length ? null : { head, body, connection }
}

async function send(socket: Socket, { pieces, afterwards }: Answer): Promise<void> {
  for (const piece of pieces) {
    if (socket.destroyed) return
    if (piece.length > 0) socket.write(piece)
    await nextTurn()
  }
  if (afterwards === 'end') socket.end()
  else if (afterwards === 'reset') socket.resetAndDestroy()
}

/** The whole answer in one piece on a connection that stays. */
function whole(text: string): Answer {
  return { pieces: [Buffer.from(text, 'latin1')], afterwards: 'stay' }
}

export function jsonAnswer(status: number, body: unknown): Answer {
  const text = JSON.stringify(body)
  return whole(
    `HTTP/1.1 ${status} X\r\nContent-Type: application/json\r\nContent-Length: ${text.length}\r\n\r\n${text}`,
  )
}
