/**
 * Whether two events can be swapped without anybody noticing: neither the stores, nor the buyers, nor the oracle.
 *
 * They can't if they are of one actor, or if one store is asked for both and one of the calls changes something that the
 * other could see. Three things besides the stores have an order that can be noticed:
 * - The oracle judges by real time: a buyer who comes after an answer was given knows more than one who came before. So
 *   the coming of a buyer and an event with which somebody is answered can't be swapped.
 * - Calls that share a connection go in the order in which they were sent. So two events after which the server sends
 *   calls on one connection can't be swapped, wherever they were made themselves. Nor can a call on it and the coming of a
 *   buyer whose first call takes the same way: it goes at once, or stands behind the other. Which connection a pool hands
 *   out says nothing; that calls of different actors stood on one at once does (`sharedConnections`).
 * - The memory of the server, which isn't seen at all. Where the coming of a buyer and the arrival of a reply are events of
 *   their own, they are all that happens there, and no two of them can be swapped. Where they go with a store call, it is
 *   taken for granted that requests know of each other by the stores alone. A search that sees signs to the contrary begins
 *   again, and takes nothing of those two for independent.
 *
 * What an event does is known from an execution that took it: a buyer's first call, and whether somebody was answered, stand
 * nowhere before. An event of which nothing is known depends on all.
 */
import type { StoreName } from '../../core/catalogue.ts'
import { type Choice, type ExecutedStep, storeOf } from '../choice.ts'

/** What a choice turned out to be when it was taken. */
export interface Taken {
  readonly choice: Choice
  /** A buyer came with it. */
  readonly arrives: boolean
  /** Its statement as it was offered. */
  readonly offeredAs: string
  readonly answers: readonly string[]
  /** Stores to which calls were sent in it, a first call that was let through at once among them. */
  readonly sent: readonly StoreName[]
}

export type Independent = (one: Taken, other: Taken) => boolean

export const neverIndependent: Independent = () => false

export function takenOf({ enabled, chosen, answers, sent }: ExecutedStep): Taken {
  const offered = enabled.find(({ event }) => event === chosen.event) ?? chosen
  const arrives = offered.comes === true
  const store = storeOf(chosen)
  return {
    choice: chosen,
    arrives,
    offeredAs: offered.statement,
    answers,
    sent: arrives && store !== null ? [...sent, store] : sent,
  }
}

/** What a server was seen to be beyond what its stores tell. */
export interface Ties {
  /** Stores of which actors share connections. */
  readonly shared: ReadonlySet<StoreName>
  /** Pairs of actors who know of each other by its memory, as {@link pairOf} names them. */
  readonly coupled: ReadonlySet<string>
}

export const NO_TIES: Ties = { shared: new Set(), coupled: new Set() }

/** "buyer 1 and buyer 2", whoever is named first. */
export function pairOf(one: string, other: string): string {
  return one < other ? `${one} and ${other}` : `${other} and ${one}`
}

export function independentWith({ shared, coupled }: Ties): Independent {
  return (one, other) =>
    one.choice.actor !== other.choice.actor &&
    !coupled.has(pairOf(one.choice.actor, other.choice.actor)) &&
    callsCommute(one.choice, other.choice) &&
    !(one.arrives && other.answers.length > 0) &&
    !(other.arrives && one.answers.length > 0) &&
    !standInLine(one, other, shared)
}

function standInLine(one: Taken, other: Taken, shared: ReadonlySet<StoreName>): boolean {
  const bothSend = one.sent.some((store) => shared.has(store) && other.sent.includes(store))
  const store = storeOf(one.choice)
  const oneLine = store !== null && store === other.choice.store && shared.has(store)
  return bothSend || (oneLine && (one.arrives || other.arrives))
}

function callsCommute(one: Choice, other: Choice): boolean {
  if (one.store === null || other.store === null) return false
  if (one.access === 'nothing' || other.access === 'nothing') return true
  return one.store !== other.store || (one.access === 'read' && other.access === 'read')
}
