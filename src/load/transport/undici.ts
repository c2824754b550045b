/**
 * The transport for whatever the socket transport doesn't speak, first of all TLS: undici's own pool and parser.
 * Dearer by half a request's CPU or so, with the same outcomes. One request at a time on a connection.
 */
import { errors, Pool, type Dispatcher } from 'undici'
import type { ConnectionFigures } from '../../core/run-record.ts'
import { OpenRequests } from './open-requests.ts'
import type {
  AnswerSink,
  Failure,
  OpenedConnections,
  RequestTemplate,
  Transport,
  TransportOptions,
} from './transport.ts'

const MAX_BODY_BYTES = 1024 * 1024

export function createUndiciTransport(options: TransportOptions): Transport {
  return new UndiciTransport(options)
}

class UndiciTransport implements Transport {
  readonly #pool: Pool
  readonly #origin: string
  readonly #sink: AnswerSink
  readonly #maxConnections: number
  readonly #open = new OpenRequests<Exchange>()
  /** By sale. */
  #templates: readonly RequestTemplate[] = [{ ordersPath: '/', salePath: '/' }]
  #opened = 0
  #sent = 0
  #reset = 0

  constructor(options: TransportOptions) {
    this.#sink = options.sink
    this.#maxConnections = options.maxConnections
    this.#origin = options.origin.origin
    this.#pool = new Pool(this.#origin, {
      connections: options.maxConnections,
      pipelining: 1,
      connect: { timeout: options.connectTimeoutMs },
      // Timeouts are given up from above, by one clock.
      headersTimeout: 0,
      bodyTimeout: 0,
    })
    this.#pool.on('connect', () => this.#opened++)
  }

  takeConnectionFigures(): ConnectionFigures {
    const figures = { opened: this.#opened, reused: Math.max(0, this.#sent - this.#opened), reset: this.#reset }
    this.#opened = 0
    this.#sent = 0
    this.#reset = 0
    return figures
  }

  prepare(templates: readonly RequestTemplate[]): void {
    this.#templates = templates
  }

  sendBuy(ticket: number, sentAtNs: number, sale: number, idempotencyKey: string, body: string): void {
    this.#dispatch(new Exchange(ticket, sentAtNs), {
      origin: this.#origin,
      path: this.#templates[sale]!.ordersPath,
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': idempotencyKey, 'user-agent': 'doorbuster' },
      body,
    })
  }

  sendRead(ticket: number, sentAtNs: number, sale: number): void {
    this.#dispatch(new Exchange(ticket, sentAtNs), {
      origin: this.#origin,
      path: this.#templates[sale]!.salePath,
      method: 'GET',
      headers: { 'user-agent': 'doorbuster' },
    })
  }

  #dispatch(exchange: Exchange, request: Dispatcher.DispatchOptions): void {
    this.#open.append(exchange)
    this.#sent++
    exchange.onEnd = (): void => this.#ended(exchange)
    this.#pool.dispatch(request, exchange)
  }

  #ended(exchange: Exchange): void {
    this.#open.remove(exchange)
    if (exchange.failure === null) {
      const body = exchange.body()
      this.#sink.answered(exchange.ticket, exchange.status, body, 0, body.length)
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

  /** The pool opens connections for requests only: as many reads at once, whose answers don't matter. */
  async openConnections(count: number): Promise<OpenedConnections> {
    let error: string | null = null
    let open = 0
    const path = this.#templates[0]!.salePath
    const openOne = async (): Promise<void> => {
      try {
        const answer = await this.#pool.request({ path, method: 'GET' })
        await answer.body.dump()
        open++
      } catch (cause) {
        error = codeOf(cause) ?? String(cause)
      }
    }
    await Promise.all(Array.from({ length: Math.min(count, this.#maxConnections) }, openOne))
    return { open, error }
  }

  async close(): Promise<void> {
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

  onResponseStart(_controller: Dispatcher.DispatchController, statusCode: number): void {
    this.status = statusCode
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
    if (this.#controller === null) return codeOf(error) === 'ECONNREFUSED' ? 'CONNECT_REFUSED' : 'CONNECT_FAILED'
    if (error instanceof errors.HTTPParserError || this.#length > MAX_BODY_BYTES) return 'NOT_UNDERSTOOD'
    return this.status === 0 ? 'RESET' : 'CUT_SHORT'
  }
}

function codeOf(error: unknown): string | null {
  const code: unknown = error instanceof Error ? (error as NodeJS.ErrnoException).code : null
  return typeof code === 'string' ? code : null
}
