/**
 * The calls of one connection, in the order in which they were sent, and how far each is: it stands before the gate, is
 * under way in the store, or is answered and not handed on yet. Calls reach the store, and their replies the server, in
 * that order alone, since a real connection knows no other. A call may be let through while replies of earlier ones are
 * still kept back: many buyers may share a connection, and each of their commands may reach the store before anybody
 * hears of the first one. Knows nothing of sockets and protocols.
 */
import type { StoreCall, StoreReply } from '../store-call.ts'

export interface Framed {
  readonly bytes: Buffer
}

/** What a store sends back for a call, put together from its messages. */
export interface Answer<Message> {
  readonly isComplete: boolean
  take(message: Message): void
  /** Asked for when it is complete. */
  reply(): StoreReply
}

export interface Standing<Message> {
  /** null: it does nothing yet, and passes by itself as soon as all that was sent before it has. */
  readonly call: StoreCall | null
  readonly bytes: Buffer
  /** Called when the bytes go to the store: what it will answer may depend on what it answered before. */
  readonly startAnswer: () => Answer<Message>
}

export interface LineEnds {
  toStore(bytes: Buffer): void
  toServer(bytes: Buffer): void
}

interface Place<Message> {
  readonly standing: Standing<Message>
  /** null: it has not been sent. */
  answer: Answer<Message> | null
  isAnswered: boolean
  readonly kept: Buffer[]
  settle: { readonly resolve: (reply: StoreReply) => void; readonly reject: (reason: Error) => void } | null
}

export class CallLine<Message extends Framed> {
  readonly #ends: LineEnds
  #places: Place<Message>[] = []
  #whenEmpty: (() => void) | null = null

  constructor(ends: LineEnds) {
    this.#ends = ends
  }

  /** At its end. */
  stand(standing: Standing<Message>): void {
    this.#places.push({ standing, answer: null, isAnswered: false, kept: [], settle: null })
    this.#goOn()
  }

  /** Of what is under way in the store; null: nothing is. At most one thing is. */
  get underWay(): Standing<Message> | null {
    return this.#placeUnderWay()?.standing ?? null
  }

  /** Resolves when the whole reply is here. Rejects if it isn't this call's turn, or when the connection is lost. */
  async execute(call: StoreCall): Promise<StoreReply> {
    const index = this.#indexOf(call)
    const place = this.#places[index]
    if (place === undefined) throw new Error(`call ${call.id} does not stand before the gate`)
    if (place.answer !== null) throw new Error(`call ${call.id} was let through already`)
    if (!this.#isNext(index)) throw new Error(`call ${call.id} is not the first of its connection`)
    const reply = new Promise<StoreReply>((resolve, reject) => {
      place.settle = { resolve, reject }
    })
    this.#send(place)
    return await reply
  }

  /** Throws if it isn't the first whose reply was kept back, or has none. */
  deliver(call: StoreCall): void {
    const place = this.#places[0]
    if (place?.standing.call?.id !== call.id) throw new Error(`no reply of call ${call.id} is next on its connection`)
    if (!place.isAnswered) throw new Error(`the reply of call ${call.id} is not here`)
    this.#handOn(place)
    this.#goOn()
  }

  /** A message of the store; false: nobody asked for it. */
  take(message: Message): boolean {
    const place = this.#placeUnderWay()
    if (place === null) return false
    place.kept.push(message.bytes)
    place.answer!.take(message)
    if (place.answer!.isComplete) this.#answered(place)
    return true
  }

  /** Calls back once, as soon as nothing stands here, at once if nothing does. Takes the place of an earlier wish. */
  whenEmpty(then: () => void): void {
    this.#whenEmpty = then
    this.#tellEmpty()
  }

  /** Nobody waits for replies any more: what stands here is gone; what is under way is still answered, to nobody. */
  abandon(): void {
    this.#whenEmpty = null
    const underWay = this.#placeUnderWay()
    this.#places = underWay === null ? [] : [underWay]
  }

  /**
   * The store is gone, and with it all that has no reply. Replies that are here can still be handed on; the server also
   * gets what there is of the one that broke off, as it would without a gate, if nothing stands before it.
   */
  lose(reason: Error): void {
    this.#whenEmpty = null
    const underWay = this.#placeUnderWay()
    if (underWay !== null && underWay === this.#places[0]) this.#ends.toServer(Buffer.concat(underWay.kept))
    this.#places = this.#places.filter(({ isAnswered }) => isAnswered)
    underWay?.settle?.reject(reason)
  }

  /** What needs nobody's leave passes, both ways. */
  #goOn(): void {
    for (;;) {
      const first = this.#places[0]
      if (first !== undefined && first.isAnswered && first.standing.call === null) {
        this.#handOn(first)
        continue
      }
      const next = this.#places.findIndex(({ answer }) => answer === null)
      if (next < 0 || !this.#isNext(next) || this.#places[next]!.standing.call !== null) break
      this.#send(this.#places[next]!)
    }
    this.#tellEmpty()
  }

  #send(place: Place<Message>): void {
    place.answer = place.standing.startAnswer()
    this.#ends.toStore(place.standing.bytes)
    if (place.answer.isComplete) this.#answered(place)
  }

  #answered(place: Place<Message>): void {
    place.isAnswered = true
    place.settle?.resolve(place.answer!.reply())
    this.#goOn()
  }

  #handOn(place: Place<Message>): void {
    this.#places.shift()
    this.#ends.toServer(Buffer.concat(place.kept))
  }

  #tellEmpty(): void {
    if (this.#places.length > 0 || this.#whenEmpty === null) return
    const then = this.#whenEmpty
    this.#whenEmpty = null
    then()
  }

  /** All before it are answered. */
  #isNext(index: number): boolean {
    return this.#places.slice(0, index).every(({ isAnswered }) => isAnswered)
  }

  #indexOf(call: StoreCall): number {
    return this.#places.findIndex(({ standing }) => standing.call?.id === call.id)
  }

  #placeUnderWay(): Place<Message> | null {
    return this.#places.find(({ answer, isAnswered }) => answer !== null && !isAnswered) ?? null
  }
}
