/** What a search chooses among: at any moment some actors could go on, each with one next event. */
import type { StoreName } from '../core/catalogue.ts'
import type { EventName } from '../core/race-record.ts'

export interface Choice {
  readonly event: EventName
  /** "buyer 1", "background". */
  readonly actor: string
  readonly store: StoreName | null
  readonly access: 'read' | 'write' | 'nothing'
  /** As it is recognised in another execution; '' for a buyer who has not come yet: the call is only known when it stands there. */
  readonly statement: string
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
   *  depend on each other in its memory. */
  readonly waitedInside: boolean
}

export interface ExecutedStep {
  /** In the order in which actors first appeared. */
  readonly enabled: readonly Choice[]
  /** Of the chosen one as it was then known to be: of a buyer who came with this step, their first call. */
  readonly chosen: Choice
}

/** Called at each step with what can be chosen; null: this execution is of no use any more. */
export type Choose = (enabled: readonly Choice[]) => EventName | null

/** Runs one order from a fresh sale to its end. */
export type Execute = (choose: Choose) => Promise<Executed>
