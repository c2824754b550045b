/**
 * The contract of what carries requests: opens connections, sends each request on a connection of its own and hands
 * back its answer, or why there is none, under the ticket it was sent with. A transport retries nothing, waits for
 * nothing and judges nothing: what an answer means for the sale is decided above it.
 */
import type { ConnectionFigures } from '../../core/run-record.ts'
import type { TlsMaterial } from '../../core/target-access.ts'
import type { AnswerHeaders, WrittenRequest } from '../protocol/index.ts'

/**
 * Why a request has no answer. With one of the `CONNECT_` reasons no byte of it was written, so that it surely was not
 * carried out; with any other it may have been.
 */
export type Failure =
  | 'CONNECT_REFUSED'
  | 'CONNECT_FAILED'
  | 'CONNECT_TIMEOUT'
  | 'TIMEOUT'
  /** The connection was reset, or closed before a byte of the answer came. */
  | 'RESET'
  /** The connection ended in the middle of the answer. */
  | 'CUT_SHORT'
  | 'NOT_UNDERSTOOD'

export function neverWritten(failure: Failure): boolean {
  return failure.startsWith('CONNECT_')
}

/** Takes what became of each request, once per ticket. */
export interface AnswerSink {
  /** The body is `bytes` from `start` to `end`, valid during the call only. `headers`: null where none are kept. */
  answered(
    ticket: number,
    status: number,
    bytes: Buffer,
    start: number,
    end: number,
    headers: AnswerHeaders | null,
  ): void
  /** `detail` is for people: an error's message, or the first bytes of an answer that was not understood. */
  failed(ticket: number, failure: Failure, detail: string): void
}

/** Paths of the reference contract's requests for one sale. */
export interface SalePaths {
  /** Path of the buy, with the base path of the target. */
  readonly ordersPath: string
  /** Path of the read, with the base path of the target. */
  readonly salePath: string
}

export interface OpenedConnections {
  /** Connections that stand now. */
  readonly open: number
  /** The last reason why one could not be opened; null if all could. */
  readonly error: string | null
}

export interface TransportOptions {
  /** Scheme, host and port. */
  readonly origin: URL
  readonly sink: AnswerSink
  /** ns, of the clock that `sentAtNs` is taken from. */
  readonly now: () => number
  /** Connections at most. */
  readonly maxConnections: number
  /** For a connection to be opened ahead of any request. */
  readonly connectTimeoutMs: number
  /** For https; absent or null: as Node trusts. */
  readonly tls?: TlsMaterial | null
}

export interface Transport {
  /** What was opened, reused and reset since this was asked last. */
  takeConnectionFigures(): ConnectionFigures
  /** Opens connections until `count` stand idle, or until each attempt has come to its end. Sends no request. */
  openConnections(count: number): Promise<OpenedConnections>
  /** Gives up every request that was sent before `sentBeforeNs`; its connection is replaced. */
  giveUp(sentBeforeNs: number): void
  /** Closes everything at once; requests in flight get no answer any more. */
  close(): Promise<void>
}

/** Carries the requests of the reference contract, which are put together for it in as few steps as there are. */
export interface ContractTransport extends Transport {
  /** For the requests that follow: one a sale, at least one. */
  prepare(sales: readonly SalePaths[]): void
  /** `sentAtNs`: taken before this call. `sale`: index of its paths. Key and body are ASCII. */
  sendBuy(ticket: number, sentAtNs: number, sale: number, idempotencyKey: string, body: string): void
  sendRead(ticket: number, sentAtNs: number, sale: number): void
}

/** Carries whatever is written, and gives the headers of answers. */
export interface GeneralTransport extends Transport {
  /** `sentAtNs`: taken before this call. */
  send(ticket: number, sentAtNs: number, request: WrittenRequest): void
}
