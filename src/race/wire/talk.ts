/** What a protocol makes of the bytes of one connection, and what it is given for that. */
import type { StoreCall } from '../store-call.ts'
import type { Answer, CallLine, Framed, LineEnds } from './call-line.ts'

/** A call but for its numbers. */
export type CallTraits = Omit<StoreCall, 'id' | 'store' | 'connection'>

export interface Talk {
  /** Pieces as the sockets hand them over; they end anywhere. */
  fromServer(chunk: Buffer): void
  fromStore(chunk: Buffer): void
  /** See StoreGate.backendOf. */
  readonly backend: number | null
  /** The store greeted the server: what comes from now on are calls. */
  readonly isOpen: boolean
}

export interface TalkEnds<Message extends Framed> extends LineEnds {
  readonly line: CallLine<Message>
  /** A call was gathered: it stands before the gate from now on. */
  hold(traits: CallTraits, bytes: Buffer, startAnswer: () => Answer<Message>): void
  /** The server sends what can't be taken: it is told so and its connection closed, the store's when nothing is under way. */
  refuse(lastWords: Buffer): void
  /** Likewise of the store, of which nothing more can be known: both are closed at once. `why`: for whoever waits for a reply. */
  giveUp(lastWords: Buffer, why: string): void
}

export type StartTalk<Message extends Framed> = (ends: TalkEnds<Message>) => Talk
