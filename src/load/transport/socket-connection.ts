/**
 * One kept-alive connection of the socket transport: writes a request, feeds what comes back to its parser, and tells
 * its owner once what became of it. It decides nothing about other connections.
 */
import { connect, type Socket } from 'node:net'
import { ResponseParser } from './response-parser.ts'
import type { Failure } from './transport.ts'

export interface ConnectionOwner {
  readonly host: string
  readonly port: number
  /** Shared by all connections: what was read is parsed before the next read. */
  readonly readBuffer: Buffer
  connected(connection: SocketConnection): void
  answered(connection: SocketConnection): void
  broken(connection: SocketConnection, failure: Failure, detail: string): void
  /** `connectError`: why it could not be opened; null if it once stood. */
  gone(connection: SocketConnection, connectError: string | null): void
}

const NO_TICKET = -1
const SAMPLE_BYTES = 160
/** A server's keep-alive time is cut short by this, so that a request doesn't meet its closing, ns. */
const CLOSING_MARGIN_NS = 1e9

export class SocketConnection {
  readonly parser = new ResponseParser()
  ticket = NO_TICKET
  sentAtNs = 0
  /** Neighbours among the open requests, in the order in which they were sent. */
  older: SocketConnection | null = null
  newer: SocketConnection | null = null
  /** True once a byte of the present request may have left. */
  wasWritten = false
  readonly #owner: ConnectionOwner
  readonly #socket: Socket
  #request: string | null = null
  #stands = false
  #discarded = false
  #error: NodeJS.ErrnoException | null = null
  #restsUntilNs = Infinity

  constructor(owner: ConnectionOwner) {
    this.#owner = owner
    this.#socket = connect({
      host: owner.host,
      port: owner.port,
      noDelay: true,
      onread: { buffer: owner.readBuffer, callback: (length, bytes) => this.#received(bytes as Buffer, length) },
    })
    this.#socket.on('connect', () => this.#connected())
    this.#socket.on('end', () => this.#ended())
    this.#socket.on('error', (error: NodeJS.ErrnoException) => (this.#error = error))
    this.#socket.on('close', () => this.#closed())
  }

  get isBusy(): boolean {
    return this.ticket !== NO_TICKET
  }

  /** Whether an idle connection may carry one more request. */
  isUsable(nowNs: number): boolean {
    return !this.#discarded && nowNs < this.#restsUntilNs
  }

  begin(ticket: number, sentAtNs: number, request: string): void {
    this.ticket = ticket
    this.sentAtNs = sentAtNs
    this.parser.reset()
    if (this.#stands) this.#write(request)
    else this.#request = request
  }

  /** The request that was open here is dealt with. */
  finish(): void {
    this.ticket = NO_TICKET
    this.wasWritten = false
    this.#request = null
  }

  restFrom(nowNs: number, keepAliveTimeoutSeconds: number): void {
    this.#restsUntilNs =
      keepAliveTimeoutSeconds < 0 ? Infinity : nowNs + Math.max(0, keepAliveTimeoutSeconds * 1e9 - CLOSING_MARGIN_NS)
  }

  discard(): void {
    this.#discarded = true
    this.#socket.destroy()
  }

  #write(request: string): void {
    this.wasWritten = true
    this.#socket.write(request, 'latin1')
  }

  #connected(): void {
    this.#stands = true
    if (this.#request !== null) this.#write(this.#request)
    this.#request = null
    this.#owner.connected(this)
  }

  #received(bytes: Buffer, length: number): boolean {
    if (!this.isBusy) {
      // Nobody asked: a server that says why it closes, or one that answered twice.
      this.discard()
      return true
    }
    switch (this.parser.push(bytes, 0, length)) {
      case 'incomplete':
        break
      case 'complete':
        this.#owner.answered(this)
        break
      case 'not-understood':
        this.#owner.broken(this, 'NOT_UNDERSTOOD', bytes.toString('latin1', 0, Math.min(length, SAMPLE_BYTES)))
        break
    }
    return true
  }

  #ended(): void {
    if (this.isBusy && this.parser.end() === 'complete') this.#owner.answered(this)
    else this.#owner.broken(this, this.parser.untouched ? 'RESET' : 'CUT_SHORT', 'the connection was closed')
  }

  #closed(): void {
    const connectError = this.#stands ? null : (this.#error?.code ?? 'closed before it stood')
    this.#discarded = true
    if (this.isBusy) this.#owner.broken(this, this.#whyNoAnswer(), this.#error?.message ?? 'the connection was closed')
    this.#owner.gone(this, connectError)
  }

  #whyNoAnswer(): Failure {
    if (!this.#stands) return this.#error?.code === 'ECONNREFUSED' ? 'CONNECT_REFUSED' : 'CONNECT_FAILED'
    return this.parser.untouched ? 'RESET' : 'CUT_SHORT'
  }
}
