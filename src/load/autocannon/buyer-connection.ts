/**
 * One connection of the closed model: autocannon's client, which sends its next request when its answer came. It lives as
 * long as its socket: when that is lost, its owner makes another.
 *
 * autocannon's own `run` is not used, only its client: it begins anew on a lost connection at once, without a pause where
 * nobody listens, and there keeps the rest of an answer that was cut short, so that answers could be read as those of
 * other requests. Its client, too, takes an interim answer (1xx) for the answer, writes on a connection that the server
 * has said it will close, and ignores what it can't parse: those are seen here, since an answer that is given to the
 * wrong request convicts the innocent.
 */
import Client, { type ClientRequest, type ResponseHead } from 'autocannon/lib/httpClient.js'
import type { Failure } from '../transport/transport.ts'
import type { BuyerAnswer } from './buyer-dialogue.ts'
import { ListedHeaders } from './listed-headers.ts'

export const NO_ROW = -1

export interface ConnectionOwner {
  /** The request of this row, which leaves now. */
  requestOf(connection: BuyerConnection): ClientRequest
  /**
   * The row that is sent next on this connection, {@link NO_ROW} to end it; not asked for a row where the connection is
   * not usable any more.
   */
  answered(connection: BuyerConnection, answer: BuyerAnswer, isUsable: boolean): number
  /** `detail` is for people. */
  failed(connection: BuyerConnection, failure: Failure, detail: string): void
  connected(): void
  /** Called once, when it carries nothing any more. `connectError`: why it could not be opened; null if it once stood. */
  gone(connection: BuyerConnection, connectError: string | null): void
}

/** The client's own time-out begins anew on another connection before it says so: it never comes. */
const NEVER_SECONDS = 2_147_483
const MAX_BODY_BYTES = 1024 * 1024
const SAMPLE_BYTES = 160

export class BuyerConnection {
  /** What is asked; {@link NO_ROW} when it is at its end. */
  row: number
  sentAtNs = 0
  /** Neighbours among the open requests, in the order in which they were sent. */
  older: BuyerConnection | null = null
  newer: BuyerConnection | null = null
  readonly #owner: ConnectionOwner
  readonly #client: Client
  readonly #chunks: Buffer[] = []
  #bodyBytes = 0
  #head: ResponseHead = { statusCode: 0, headers: [], shouldKeepAlive: false }
  #stands = false
  #isGone = false
  #connectError = 'closed before it stood'

  /** Opens it, and sends the request of `row` when it stands. */
  constructor(owner: ConnectionOwner, origin: URL, row: number) {
    this.#owner = owner
    this.row = row
    this.#client = new Client({
      protocol: 'http:',
      // Node wants IPv6 addresses without the brackets of a URL.
      hostname: origin.hostname.replace(/^\[(.*)\]$/, '$1'),
      port: Number(origin.port || 80),
      pipelining: 1,
      timeout: NEVER_SECONDS,
      requests: [{ setupRequest: () => owner.requestOf(this) }],
    })
    this.#watchParser()
    this.#watchSocket()
  }

  /** Its request has waited for too long. */
  giveUp(): void {
    this.#fail(this.#stands ? 'TIMEOUT' : 'CONNECT_TIMEOUT', '')
  }

  /** Ends it; its request, if any, gets no answer any more. */
  discard(): void {
    this.row = NO_ROW
    this.#client.destroy()
  }

  #watchParser(): void {
    const client = this.#client
    client.on('headers', (head) => {
      this.#head = head
    })
    client.on('body', (chunk) => {
      this.#bodyBytes += chunk.length
      if (this.#bodyBytes <= MAX_BODY_BYTES) this.#chunks.push(chunk)
      else this.#fail('NOT_UNDERSTOOD', 'the answer is too long')
    })
    const { parser } = client
    const { kOnMessageComplete } = parser.constructor
    const sendNext = parser[kOnMessageComplete]!
    parser[kOnMessageComplete] = () => {
      if (this.row !== NO_ROW && !isInterim(this.#head.statusCode)) this.#answered(sendNext)
    }
  }

  #watchSocket(): void {
    const { conn, parser } = this.#client
    conn.once('connect', () => {
      this.#stands = true
      this.#owner.connected()
    })
    // Before the client's own listener, which begins anew unless it is destroyed.
    conn.prependListener('end', () => this.#ended())
    this.#client.on('connError', (error) => {
      this.#connectError = error.code ?? error.message
      this.#fail(this.#whyNoAnswer(error), error.message)
    })
    // Behind it, when it has parsed what came.
    conn.on('data', (chunk: Buffer) => {
      if (parser.hadError) this.#fail('NOT_UNDERSTOOD', chunk.toString('latin1', 0, SAMPLE_BYTES))
    })
    conn.on('close', () => this.#fail(this.#whyNoAnswer(null), 'the connection was closed'))
  }

  #answered(sendNext: () => void): void {
    const body = this.#chunks.length === 1 ? this.#chunks[0]! : Buffer.concat(this.#chunks)
    this.#chunks.length = 0
    this.#bodyBytes = 0
    const { parser } = this.#client
    const { statusCode, headers, shouldKeepAlive } = this.#head
    // Bytes behind the answer, before anything was asked: whose answer they are nobody knows.
    const isUsable = shouldKeepAlive && parser.offset >= parser.end
    const answer = { status: statusCode, headers: new ListedHeaders(headers), body }
    this.row = this.#owner.answered(this, answer, isUsable)
    if (this.row === NO_ROW) this.#client.responseMax = this.#client.reqsMade
    sendNext()
    if (this.row === NO_ROW) this.#leave()
  }

  #ended(): void {
    // An answer without a length ends with its connection.
    if (this.#client.parser.state === 'BODY_RAW') this.#client.parser.finish()
    this.#fail(this.#whyNoAnswer(null), 'the connection was closed')
  }

  #whyNoAnswer(error: NodeJS.ErrnoException | null): Failure {
    if (!this.#stands) return error?.code === 'ECONNREFUSED' ? 'CONNECT_REFUSED' : 'CONNECT_FAILED'
    const { state, line } = this.#client.parser
    return state === 'RESPONSE_LINE' && line === '' ? 'RESET' : 'CUT_SHORT'
  }

  #fail(failure: Failure, detail: string): void {
    if (this.row === NO_ROW) return
    this.#owner.failed(this, failure, detail)
    this.row = NO_ROW
    this.#client.destroy()
    this.#leave()
  }

  #leave(): void {
    if (this.#isGone) return
    this.#isGone = true
    this.#owner.gone(this, this.#stands ? null : this.#connectError)
  }
}

function isInterim(status: number): boolean {
  return status < 200 && status !== 101
}
