/**
 * One connection of the server and the one to the store that it stands for. What the server gives up, by its own doing or
 * by the caller's, is given up by the store's side as it would be without a gate: a store that works on a call finishes
 * it, and only then hears that nobody is there.
 */
import type { Socket } from 'node:net'
import type { StoreCall, StoreReply } from '../store-call.ts'
import { CallLine, type Framed } from './call-line.ts'
import type { CallTraits, StartTalk, Talk } from './talk.ts'

export interface ConnectionParts<Message extends Framed> {
  /** The server's socket. */
  readonly near: Socket
  /** The store's, which may not be connected yet. */
  readonly far: Socket
  readonly startTalk: StartTalk<Message>
  /** Gives the call its numbers. */
  readonly nameCall: (traits: CallTraits) => StoreCall
  readonly onCall: (call: StoreCall) => void
  /** The server or the store closed it; not called when the caller did. */
  readonly onClosed: () => void
  /** Something came, or is about to go. */
  readonly onTraffic: () => void
}

export class GatedConnection<Message extends Framed> {
  /** Both sockets are closed. */
  readonly over: Promise<void>
  readonly #near: Socket
  readonly #far: Socket
  readonly #line: CallLine<Message>
  readonly #talk: Talk
  readonly #onClosed: () => void
  readonly #onTraffic: () => void
  #isServerGone = false
  #isStoreGone = false

  constructor({ near, far, startTalk, nameCall, onCall, onClosed, onTraffic }: ConnectionParts<Message>) {
    this.#near = near
    this.#far = far
    this.#onClosed = onClosed
    this.#onTraffic = onTraffic
    const toStore = (bytes: Buffer): void => this.#toStore(bytes)
    const toServer = (bytes: Buffer): void => this.#toServer(bytes)
    this.#line = new CallLine({ toStore, toServer })
    this.#talk = startTalk({
      line: this.#line,
      toStore,
      toServer,
      hold: (traits, bytes, startAnswer) => {
        // Whoever heard of the call before may have cut the connection.
        if (this.#isServerGone) return
        const call = nameCall(traits)
        this.#line.stand({ call, bytes, startAnswer })
        onCall(call)
      },
      refuse: (lastWords) => this.#refuse(lastWords),
      giveUp: (lastWords, why) => this.#giveUp(lastWords, why),
    })
    this.over = Promise.all([closed(near), closed(far)]).then(() => {})
    this.#listen()
  }

  /** null also when the store's side is closed: its locks are let go then. */
  get backend(): number | null {
    return this.#isStoreGone ? null : this.#talk.backend
  }

  /** See StoreGate.isBusy. */
  get isBusy(): boolean {
    if (this.#isServerGone || this.#isStoreGone) return false
    return !this.#talk.isOpen || this.#line.underWay?.call === null
  }

  async execute(call: StoreCall): Promise<StoreReply> {
    if (this.#isServerGone) throw new Error(`the connection of call ${call.id} is closed`)
    return await this.#line.execute(call)
  }

  /** Nothing happens where the server has gone meanwhile: it could not be known in time. */
  deliver(call: StoreCall): void {
    if (!this.#isServerGone) this.#line.deliver(call)
  }

  /** Closes the server's side at once, and the store's when it has answered. */
  cut(): void {
    if (this.#isServerGone) return
    this.#isServerGone = true
    this.#line.abandon()
    this.#near.destroy()
    this.#closeStoreWhenStill()
  }

  /** Closes both at once. */
  destroy(): void {
    this.cut()
    this.#near.destroy()
    this.#far.destroy()
  }

  #listen(): void {
    for (const socket of [this.#near, this.#far]) {
      for (const event of ['data', 'end', 'close']) socket.on(event, this.#onTraffic)
    }
    this.#near
      .on('data', (chunk: Buffer) => {
        if (!this.#isServerGone && !this.#isStoreGone) this.#talk.fromServer(chunk)
      })
      // What broke it makes no difference: `close` follows.
      .on('error', () => {})
      .on('end', () => this.#serverLeft())
      .on('close', () => this.#serverLeft())
    this.#far
      .on('data', (chunk: Buffer) => {
        this.#talk.fromStore(chunk)
        if (this.#isServerGone) this.#closeStoreWhenStill()
      })
      .on('error', () => {})
      .on('close', () => this.#storeLeft('the store closed the connection'))
  }

  #serverLeft(): void {
    if (this.#isServerGone) return
    this.cut()
    this.#onClosed()
  }

  #storeLeft(why: string): void {
    if (this.#isStoreGone) return
    this.#isStoreGone = true
    this.#line.lose(new Error(why))
    // Replies that are here are the server's still. Its own `close` says that it is gone.
    if (!this.#isServerGone) this.#line.whenEmpty(() => this.#near.destroySoon())
  }

  #refuse(lastWords: Buffer): void {
    this.#toServer(lastWords)
    this.#isServerGone = true
    this.#line.abandon()
    this.#near.destroySoon()
    this.#closeStoreWhenStill()
    this.#onClosed()
  }

  #giveUp(lastWords: Buffer, why: string): void {
    this.#isStoreGone = true
    this.#line.lose(new Error(why))
    this.#far.destroy()
    if (!this.#isServerGone) this.#refuse(lastWords)
  }

  /** A call that waits for others ends with its caller, as the store sees at once that nobody waits there any more. */
  #closeStoreWhenStill(): void {
    const underWay = this.#line.underWay
    if (underWay === null || underWay.call?.mayBlock === true) this.#far.end()
  }

  #toStore(bytes: Buffer): void {
    if (this.#far.writable) this.#far.write(bytes)
  }

  #toServer(bytes: Buffer): void {
    this.#onTraffic()
    if (!this.#isServerGone && this.#near.writable && bytes.length > 0) this.#near.write(bytes)
  }
}

function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.once('close', () => resolve())
  })
}
