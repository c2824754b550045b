/**
 * How a server and its Postgres talk through a gate. Until the store is ready for queries they are left to themselves;
 * from then on every call is held. What the store sends unasked goes on at once: notices, settings, notifications.
 * A request to cancel comes by a connection of its own and goes on at once, too: it is the server's own clock that sends it.
 * Encryption is refused, as a store without TLS does. A copy into the store is two calls, since its data follow only on
 * the store's word; it is rare in a sale, but costs less to do than to explain. Replication is not supported: its stream
 * tells of what all others do, at moments of its own, and no order of calls would be what it says.
 */
import type { Talk, TalkEnds } from './talk.ts'
import { FrameFault } from './frame-fault.ts'
import { PostgresAnswer, type Skipping } from './postgres-answer.ts'
import { type PostgresCall, PostgresCalls } from './postgres-calls.ts'
import { fatalError, type OwnErrorCode } from './postgres-error.ts'
import { openingKindOf, PostgresFrames, type PostgresMessage } from './postgres-frames.ts'
import { TransactionIsolation } from './transaction-isolation.ts'

const NO_ENCRYPTION = Buffer.from('N')

export class PostgresTalk implements Talk {
  backend: number | null = null
  readonly #ends: TalkEnds<PostgresMessage>
  readonly #fromServer = new PostgresFrames('frontend')
  readonly #fromStore = new PostgresFrames('backend')
  readonly #skipping: Skipping = { untilSync: false }
  #calls: PostgresCalls | null = null
  #isReady = false
  #isOver = false
  /** Sent before the store was ready for it. */
  #early: PostgresMessage[] = []

  constructor(ends: TalkEnds<PostgresMessage>) {
    this.#ends = ends
  }

  get isOpen(): boolean {
    return this.#isReady
  }

  fromServer(chunk: Buffer): void {
    this.#fromServer.push(chunk)
    for (let message = this.#fromServer.next(); message !== null; message = this.#fromServer.next()) {
      if (this.#isOver) return
      if (message instanceof FrameFault) return this.#refuse(message)
      if (message.type === '') this.#open(message)
      else if (this.#isReady) this.#gather(message)
      else if (BEFORE_READY.has(message.type)) this.#ends.toStore(message.bytes)
      else this.#early.push(message)
    }
    this.#endPiece()
  }

  fromStore(chunk: Buffer): void {
    this.#fromStore.push(chunk)
    for (let message = this.#fromStore.next(); message !== null; message = this.#fromStore.next()) {
      if (message instanceof FrameFault)
        return this.#giveUp('08P01', `the store sent what can't be read: ${message.sentence}`)
      if (message.type === REPLICATION) return this.#giveUp('0A000', 'replication is not supported under a race')
      if (!this.#isReady) this.#greeted(message)
      else if (!this.#ends.line.take(message)) this.#ends.toServer(message.bytes)
    }
  }

  #open(message: PostgresMessage): void {
    switch (openingKindOf(message)) {
      case 'encryption':
        this.#ends.toServer(NO_ENCRYPTION)
        return
      case 'startup':
        this.#calls = new PostgresCalls(new TransactionIsolation(message.body))
        break
      case 'cancel':
      case null:
        break
    }
    this.#ends.toStore(message.bytes)
  }

  #greeted(message: PostgresMessage): void {
    this.#ends.toServer(message.bytes)
    if (message.type === 'K') this.backend = message.body.readInt32BE(0)
    if (message.type !== 'Z') return
    this.#isReady = true
    const early = this.#early
    this.#early = []
    for (const message of early) this.#gather(message)
    this.#endPiece()
  }

  #gather(message: PostgresMessage): void {
    if (this.#isOver) return
    if (message.type === TERMINATE) {
      // Behind the calls that it was sent behind.
      this.#ends.line.whenEmpty(() => this.#ends.toStore(message.bytes))
      return
    }
    const gathered = this.#calls!.take(message)
    if (gathered instanceof FrameFault) this.#refuse(gathered)
    else if (gathered !== null) this.#hold(gathered)
  }

  #endPiece(): void {
    if (!this.#isReady || this.#isOver || !this.#fromServer.isEmpty) return
    const gathered = this.#calls!.endOfPiece()
    if (gathered !== null) this.#hold(gathered)
  }

  #hold({ traits, bytes, asked }: PostgresCall): void {
    this.#ends.hold(traits, bytes, () => new PostgresAnswer(asked, this.#skipping))
  }

  #refuse({ sentence }: FrameFault): void {
    this.#isOver = true
    this.#ends.refuse(fatalError('08P01', sentence))
  }

  #giveUp(code: OwnErrorCode, why: string): void {
    this.#isOver = true
    this.#ends.giveUp(fatalError(code, why), why)
  }
}

/** Passwords and what stands for them; an end before the beginning. */
const TERMINATE = 'X'
const BEFORE_READY: ReadonlySet<string> = new Set(['p', TERMINATE])
/** CopyBothResponse. */
const REPLICATION = 'W'
