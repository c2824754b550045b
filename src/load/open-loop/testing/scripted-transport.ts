/** A transport for tests of what stands above one: it keeps what was sent, and the test answers when it likes. */
import { headersByName, type WrittenRequest } from '../../protocol/index.ts'
import type {
  AnswerSink,
  ContractTransport,
  Failure,
  GeneralTransport,
  OpenedConnections,
} from '../../transport/transport.ts'

export interface SentRequest {
  readonly ticket: number
  readonly sentAtNs: number
  readonly sale: number
  /** null: a read. */
  readonly key: string | null
  readonly body: string
  /** null: by the reference contract. */
  readonly written: WrittenRequest | null
}

export class ScriptedTransport implements ContractTransport, GeneralTransport {
  readonly sent: SentRequest[] = []
  readonly #open = new Map<number, SentRequest>()
  sink: AnswerSink | null = null

  takeConnectionFigures(): { opened: number; reused: number; reset: number } {
    return { opened: 0, reused: 0, reset: 0 }
  }

  openConnections(count: number): Promise<OpenedConnections> {
    return Promise.resolve({ open: count, error: null })
  }

  prepare(): void {}

  sendBuy(ticket: number, sentAtNs: number, sale: number, key: string, body: string): void {
    this.#keep({ ticket, sentAtNs, sale, key, body, written: null })
  }

  sendRead(ticket: number, sentAtNs: number, sale: number): void {
    this.#keep({ ticket, sentAtNs, sale, key: null, body: '', written: null })
  }

  send(ticket: number, sentAtNs: number, written: WrittenRequest): void {
    this.#keep({ ticket, sentAtNs, sale: 0, key: null, body: written.body ?? '', written })
  }

  #keep(request: SentRequest): void {
    this.sent.push(request)
    this.#open.set(request.ticket, request)
  }

  get openTickets(): number[] {
    return [...this.#open.keys()]
  }

  answer(ticket: number, status: number, body: unknown): void {
    this.#open.delete(ticket)
    const bytes = Buffer.from(JSON.stringify(body))
    this.sink!.answered(ticket, status, bytes, 0, bytes.length, headersByName({}))
  }

  fail(ticket: number, failure: Failure): void {
    this.#open.delete(ticket)
    this.sink!.failed(ticket, failure, 'as scripted')
  }

  giveUp(sentBeforeNs: number): void {
    for (const { ticket, sentAtNs } of this.#open.values()) if (sentAtNs < sentBeforeNs) this.fail(ticket, 'TIMEOUT')
  }

  close(): Promise<void> {
    return Promise.resolve()
  }
}
