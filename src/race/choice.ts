/** What a search chooses among: at any moment some actors could go on, each with one next event. */
import type { StoreName } from '../core/catalogue.ts'
import type { EventName } from '../core/race-record.ts'

/** Work that goes on without any buyer. What goes on after one was answered is "after buyer 1". */
export const BACKGROUND = 'background'

/**
 * Whom an event asks, or changes: a store, or the memory of the server, in which something may happen when a buyer comes or a
 * reply arrives. As an event of its own each of these is a `write` there. null: it is not known yet.
 */
type Place = StoreName | 'server' | null

export interface Choice {
  readonly event: EventName
  /** "buyer 1", "background". */
  readonly actor: string
  readonly store: Place
  readonly access: 'read' | 'write' | 'nothing'
  /** As it is recognised in another execution; '' for a buyer who has not come yet: the call is only known when it stands there. */
  readonly statement: string
  /** A buyer comes with it. Absent: nobody does. */
  readonly comes?: true
  /** What the call says beside its statement: its values, the arguments of a command. Not the names that only this sale has. */
  readonly words: readonly string[]
}

/** Of which a call is let go; null: of none, or it is not known yet. */
export function storeOf({ store }: Choice): StoreName | null {
  return store === 'server' ? null : store
}

/** What one execution of an order came to. */
export interface Executed {
  /** At each step: what could have been chosen, and what was. */
  readonly steps: readonly ExecutedStep[]
  /** Names of the checks that failed; null: it was left before its end. */
  readonly failed: readonly string[] | null
  /** All that anybody could tell of its end: what buyers were told and what the stores held, without names that differ by chance. */
  readonly end: string
  /** Somebody who had come waited within the server, where nothing of it can be seen: then events of different stores may
   *  depend on each other in its memory. A call that stands at a gate behind another one of its connection is seen. */
  readonly waitedInside: boolean
  /** Why nothing follows from this order although no check of it failed: a sentence. null: something does. */
  readonly noAnswer: string | null
  /** Some buyer was sold something. */
  readonly sells: boolean
  /** Stores of which calls of different actors stood on one connection at once: what was sent first goes first there. */
  readonly sharedConnections: readonly StoreName[]
}

export interface ExecutedStep {
  /** In the order in which actors first appeared. */
  readonly enabled: readonly Choice[]
  /** Of the chosen one as it was then known to be: of a buyer who came with this step, their first call. */
  readonly chosen: Choice
  /** Buyers who were told the outcome in this step, and what: "buyer 1: sold". Who comes later comes after it. */
  readonly answers: readonly string[]
  /** Stores at whose gate calls came to stand in this step, whoever's they are, those behind others of their connection too. */
  readonly sent: readonly StoreName[]
}

/**
 * Called at each step with what can be chosen, which is never nothing, and with the step that was just made (null before the
 * first). null: this execution is of no use any more.
 */
export type Choose = (enabled: readonly Choice[], before: ExecutedStep | null) => EventName | null

/** Runs one order from a fresh sale to its end. */
export type Execute = (choose: Choose) => Promise<Executed>
