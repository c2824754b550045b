/**
 * The transport for whatever the socket transport doesn't speak: TLS, and the requests of described targets. undici's own
 * pool and parser. Dearer by half a request's CPU or so, with the same outcomes. One request at a time on a connection;
 * redirects are not followed.
 */
import { errors, Pool, type Dispatcher } from 'undici'
import type { ConnectionFigures } from '../../core/run-record.ts'
import { type AnswerHeaders, headersByName, NO_HEADERS, type WrittenRequest } from '../protocol/index.ts'
import { OpenRequests } from './open-requests.ts'
import { errorCode, ReadyConnections } from './ready-connections.ts'
import type {
  AnswerSink,
  ContractTransport,
  Failure,
  GeneralTransport,
  OpenedConnections,
  SalePaths,
  TransportOptions,
} from './transport.ts'

const MAX_BODY_BYTES = 1024 * 1024

export function createUndiciTransport(options: TransportOptions): ContractTransport & GeneralTransport {
  return new UndiciTransport(options)
}

class UndiciTransport implements ContractTransport, GeneralTransport {
  readonly #pool: Pool
  readonly #ready: ReadyConnections
  readonly #origin: string
  readonly #sink: AnswerSink
  readonly #maxConnections: number
  readonly #open = new OpenRequests<Exchange>()
  /** By sale. */
  #sales: readonly SalePaths[] = []
  #sent = 0
  #reset = 0

  constructor(options: TransportOptions) {
    const { origin, connectTimeoutMs, tls = null } = options
    this.#sink = options.sink
    this.#maxConnections = options.maxConnections
    this.#origin = origin.origin
    this.#ready = new ReadyConnections({ origin, tls, connectTimeoutMs })
    this.#pool = new Pool(this.#origin, {
      connections: options.maxConnections,
      pipelining: 1,
      connect: this.#ready.connector,
      // Timeouts are given up from above, by one clock.
      headersTimeout: 0,
      bodyTimeout: 0,
    })
  }

  takeConnectionFigures(): ConnectionFigures {
    const opened = this.#ready.takeOpened()
    const figures = { opened, reused: Math.max(0, this.#sent - opened), reset: this.#reset }
    this.#sent = 0
    this.#reset = 0
    return figures
  }

  prepare(sales: readonly SalePaths[]): void {
    this.#sales = sales
  }

  sendBuy(ticket: number, sentAtNs: number, sale: number, idempotencyKey: string, body: string): void {
    this.send(ticket, sentAtNs, {
      path: this.#sales[sale]!.ordersPath,
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': idempotencyKey, 'user-agent': 'doorbuster' },
      body,
    })
  }

  sendRead(ticket: number, sentAtNs: number, sale: number): void {
    this.send(ticket, sentAtNs, {
      path: this.#sales[sale]!.salePath,
      method: 'GET',
      headers: { 'user-agent': 'doorbuster' },
      body: null,
    })
  }

  send(ticket: number, sentAtNs: number, { method, path, headers, body }: WrittenRequest): void {
    const exchange = new Exchange(ticket, sentAtNs)
    this.#open.append(exchange)
    this.#sent++
    exchange.onEnd = (): void => this.#ended(exchange)
    this.#pool.dispatch({ method, path, headers, body }, exchange)
  }

  #ended(exchange: Exchange): void {
    this.#open.remove(exchange)
    if (exchange.failure === null) {
      const body = exchange.body()
      this.#sink.answered(exchange.ticket, exchange.status, body, 0, body.length, exchange.headers)
      return
    }
    if (exchange.failure === 'RESET') this.#reset++
    this.#sink.failed(exchange.ticket, exchange.failure, exchange.detail)
  }

  giveUp(sentBeforeNs: number): void {
    for (
      let oldest = this.#open.oldest;
      oldest !== null && oldest.sentAtNs < sentBeforeNs;
      oldest = this.#open.oldest
    ) {
      oldest.giveUp()
    }
  }

  async openConnections(count: number): Promise<OpenedConnections> {
    const missing = Math.min(count, this.#maxConnections) - this.#idle
    const error = missing > 0 ? await this.#ready.open(missing) : null
    return { open: this.#idle, error }
  }

  /** Connections that stand and carry nothing. */
  get #idle(): number {
    return this.#pool.stats.free + this.#ready.count
  }

  async close(): Promise<void> {
    this.#ready.close()
    await this.#pool.destroy()
  }
}

/** One request and its answer; ends exactly once. */
class Exchange implements Dispatcher.DispatchHandler {
  readonly ticket: number
  readonly sentAtNs: number
  older: Exchange | null = null
  newer: Exchange | null = null
  status = 0
  headers: AnswerHeaders = NO_HEADERS
  /** null: answered. */
  failure: Failure | null = null
  detail = ''
  onEnd: () => void = () => {}
  readonly #chunks: Buffer[] = []
  #length = 0
  #controller: Dispatcher.DispatchController | null = null
  #ended = false

  constructor(ticket: number, sentAtNs: number) {
    this.ticket = ticket
    this.sentAtNs = sentAtNs
  }

  body(): Buffer {
    return this.#chunks.length === 1 ? this.#chunks[0]! : Buffer.concat(this.#chunks)
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    // Given up while it waited for a connection: undici writes nothing of a request that is aborted here.
    if (this.#ended) controller.abort(new Error('given up'))
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    statusCode: number,
    headers: Readonly<Record<string, string | string[] | undefined>>,
  ): void {
    this.status = statusCode
    this.headers = headersByName(headers)
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#length += chunk.length
    if (this.#length <= MAX_BODY_BYTES) this.#chunks.push(chunk)
    else controller.abort(new Error('the answer is too long'))
  }

  onResponseEnd(): void {
    this.#end(null, '')
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#end(this.#whyNoAnswer(error), error.message)
  }

  giveUp(): void {
    this.#end(this.#controller === null ? 'CONNECT_TIMEOUT' : 'TIMEOUT', '')
    this.#controller?.abort(new Error('given up'))
  }

  #end(failure: Failure | null, detail: string): void {
    if (this.#ended) return
    this.#ended = true
    this.failure = failure
    this.detail = detail
    this.onEnd()
  }

  #whyNoAnswer(error: Error): Failure {
    if (this.#controller === null) return errorCode(error) === 'ECONNREFUSED' ? 'CONNECT_REFUSED' : 'CONNECT_FAILED'
    if (error instanceof errors.HTTPParserError || this.#length > MAX_BODY_BYTES) return 'NOT_UNDERSTOOD'
    return this.status === 0 ? 'RESET' : 'CUT_SHORT'
  }
}
