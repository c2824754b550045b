/**
 * Plain HTTP/1.1 over kept-alive `node:net` connections: the transport for load.
 * A request is one string written at once, an answer is parsed in place from a buffer that all connections share.
 * One request at a time on a connection, no pipelining: an answer belongs to the request that is open there.
 * Connections take turns, so that load spreads over a target's instances as its connections do; but no more of them than
 * are needed, since cycling through a thousand costs both sides a tenth of their CPU. The others are kept in reserve.
 */
import type { ConnectionFigures } from '../../core/run-record.ts'
import { SocketConnection, type ConnectionOwner } from './socket-connection.ts'
import type {
  AnswerSink,
  ContractTransport,
  Failure,
  OpenedConnections,
  SalePaths,
  TransportOptions,
} from './transport.ts'
import { OpenRequests } from './open-requests.ts'
import { IdleQueue } from './idle-queue.ts'

/** Idle connections that take turns. */
const TAKING_TURNS = 128

interface Opening {
  missing: number
  /** On their way. */
  readonly attempts: Set<SocketConnection>
  error: string | null
  readonly resolve: (error: string | null) => void
}

/** Below the usual listen backlog of 511, whose overflow costs a second each. */
const CONNECTS_AT_ONCE = 128

export function createSocketTransport(options: TransportOptions): ContractTransport {
  return new SocketTransport(options)
}

class SocketTransport implements ContractTransport, ConnectionOwner {
  readonly host: string
  readonly port: number
  readonly readBuffer = Buffer.allocUnsafeSlow(64 * 1024)
  readonly #sink: AnswerSink
  readonly #now: () => number
  readonly #maxConnections: number
  readonly #connectTimeoutMs: number
  readonly #all = new Set<SocketConnection>()
  readonly #idle = new IdleQueue<SocketConnection>()
  /** Idle as well, and not needed while others are. */
  readonly #reserve = new IdleQueue<SocketConnection>()
  readonly #open = new OpenRequests<SocketConnection>()
  /** Connections on their way that carry no request yet. */
  readonly #spares: SocketConnection[] = []
  readonly #hostHeader: string
  /** By sale. */
  #buyHeads: readonly string[] = []
  #reads: readonly string[] = []
  #opened = 0
  #reused = 0
  #reset = 0
  #closed = false
  #opening: Opening | null = null

  constructor(options: TransportOptions) {
    this.#sink = options.sink
    this.#now = options.now
    this.#maxConnections = options.maxConnections
    this.#connectTimeoutMs = options.connectTimeoutMs
    // Node wants IPv6 addresses without the brackets of a URL.
    this.host = options.origin.hostname.replace(/^\[(.*)\]$/, '$1')
    this.port = Number(options.origin.port || 80)
    this.#hostHeader = options.origin.host
  }

  takeConnectionFigures(): ConnectionFigures {
    const figures = { opened: this.#opened, reused: this.#reused, reset: this.#reset }
    this.#opened = 0
    this.#reused = 0
    this.#reset = 0
    return figures
  }

  prepare(sales: readonly SalePaths[]): void {
    const common = `Host: ${this.#hostHeader}\r\nUser-Agent: doorbuster\r\n`
    this.#reads = sales.map(({ salePath }) => `GET ${salePath} HTTP/1.1\r\n${common}\r\n`)
    this.#buyHeads = sales.map(
      ({ ordersPath }) => `POST ${ordersPath} HTTP/1.1\r\n${common}Content-Type: application/json\r\nIdempotency-Key: `,
    )
  }

  sendBuy(ticket: number, sentAtNs: number, sale: number, idempotencyKey: string, body: string): void {
    const head = this.#buyHeads[sale]!
    this.#send(ticket, sentAtNs, `${head}${idempotencyKey}\r\nContent-Length: ${body.length}\r\n\r\n${body}`)
  }

  sendRead(ticket: number, sentAtNs: number, sale: number): void {
    this.#send(ticket, sentAtNs, this.#reads[sale]!)
  }

  #send(ticket: number, sentAtNs: number, request: string): void {
    const connection = this.#takeIdle(sentAtNs) ?? this.#spares.pop() ?? this.#openConnection()
    this.#open.append(connection)
    connection.begin(ticket, sentAtNs, request)
  }

  #takeIdle(nowNs: number): SocketConnection | null {
    for (let connection = this.#nextIdle(); connection !== null; connection = this.#nextIdle()) {
      if (connection.isUsable(nowNs)) {
        this.#reused++
        return connection
      }
      this.#drop(connection)
    }
    return null
  }

  #nextIdle(): SocketConnection | null {
    return this.#idle.shift() ?? this.#reserve.shift()
  }

  #putBack(connection: SocketConnection): void {
    if (this.#idle.size < TAKING_TURNS) this.#idle.push(connection)
    else this.#reserve.push(connection)
  }

  #openConnection(): SocketConnection {
    this.#opened++
    const connection = new SocketConnection(this)
    this.#all.add(connection)
    return connection
  }

  #drop(connection: SocketConnection): void {
    this.#all.delete(connection)
    connection.discard()
  }

  /** A connection in the place of one that is gone, unless there are enough. */
  #openSpare(): void {
    if (!this.#closed && this.#all.size < this.#maxConnections) this.#spares.push(this.#openConnection())
  }

  giveUp(sentBeforeNs: number): void {
    for (
      let oldest = this.#open.oldest;
      oldest !== null && oldest.sentAtNs < sentBeforeNs;
      oldest = this.#open.oldest
    ) {
      this.#fail(oldest, oldest.wasWritten ? 'TIMEOUT' : 'CONNECT_TIMEOUT', '')
      this.#drop(oldest)
      this.#openSpare()
    }
  }

  async openConnections(count: number): Promise<OpenedConnections> {
    const idle = this.#takeAllUsable()
    const missing = Math.min(count, this.#maxConnections) - idle.length
    const error = missing > 0 ? await this.#openMissing(missing) : null
    for (const connection of idle) this.#idle.push(connection)
    return { open: this.#idle.size, error }
  }

  #takeAllUsable(): SocketConnection[] {
    const usable: SocketConnection[] = []
    for (let connection = this.#nextIdle(); connection !== null; connection = this.#nextIdle()) {
      if (connection.isUsable(this.#now())) usable.push(connection)
      else this.#drop(connection)
    }
    return usable
  }

  #openMissing(missing: number): Promise<string | null> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#giveUpOpening(), this.#connectTimeoutMs)
      const attempts = new Set<SocketConnection>()
      this.#opening = {
        missing,
        attempts,
        error: null,
        resolve: (error) => {
          clearTimeout(timer)
          resolve(error)
        },
      }
      this.#continueOpening()
    })
  }

  #continueOpening(): void {
    const opening = this.#opening!
    // One that can't be opened says what the others would.
    while (opening.missing > 0 && opening.attempts.size < CONNECTS_AT_ONCE && opening.error === null && !this.#closed) {
      opening.missing--
      const connection = this.#openConnection()
      opening.attempts.add(connection)
      this.#spares.push(connection)
    }
    if (opening.attempts.size > 0) return
    this.#opening = null
    opening.resolve(opening.error)
  }

  /** Those that stand are kept; those still on their way end, each by itself. */
  #giveUpOpening(): void {
    this.#opening!.error ??= `no connection within ${this.#connectTimeoutMs} ms`
    for (const connection of this.#opening!.attempts) if (!connection.isBusy) this.#drop(connection)
  }

  #attemptEnded(connection: SocketConnection, error: string | null): void {
    if (!this.#opening?.attempts.delete(connection)) return
    this.#opening.error ??= error
    this.#continueOpening()
  }

  /** The connection stands; it carries a request or waits for one. */
  connected(connection: SocketConnection): void {
    if (!connection.isBusy) {
      this.#removeSpare(connection)
      this.#idle.push(connection)
    }
    this.#attemptEnded(connection, null)
  }

  answered(connection: SocketConnection): void {
    const { ticket, parser } = connection
    this.#open.remove(connection)
    connection.finish()
    const reusable = parser.keepAlive && !this.#closed
    if (reusable) {
      connection.restFrom(this.#now(), parser.keepAliveTimeoutSeconds)
      this.#putBack(connection)
    }
    this.#sink.answered(ticket, parser.status, parser.body, parser.bodyStart, parser.bodyEnd, null)
    if (!reusable) {
      this.#drop(connection)
      this.#openSpare()
    }
  }

  /** The request on this connection, if any, gets no answer. */
  broken(connection: SocketConnection, failure: Failure, detail: string): void {
    if (connection.isBusy) {
      if (failure === 'RESET') this.#reset++
      this.#fail(connection, failure, detail)
    }
    this.#drop(connection)
  }

  /** Called once for each connection, when nothing of it is left. */
  gone(connection: SocketConnection, connectError: string | null): void {
    this.#all.delete(connection)
    this.#removeSpare(connection)
    this.#attemptEnded(connection, connectError)
  }

  #fail(connection: SocketConnection, failure: Failure, detail: string): void {
    const { ticket } = connection
    this.#open.remove(connection)
    connection.finish()
    this.#sink.failed(ticket, failure, detail)
  }

  #removeSpare(connection: SocketConnection): void {
    const index = this.#spares.indexOf(connection)
    if (index >= 0) this.#spares.splice(index, 1)
  }

  async close(): Promise<void> {
    this.#closed = true
    for (const connection of this.#all) connection.discard()
  }
}
