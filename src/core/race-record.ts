/**
 * `race.json`, schema `doorbuster.race/1`: the orders in which the store calls of a few buyers were tried, and the shortest
 * one that broke the sale, complete enough to be run again.
 */
import type { CheckName, CheckResult } from './check.ts'
import type { StoreName } from './catalogue.ts'
import type { RunVerdict } from './exit-codes.ts'
import type { OutcomeKind } from './operation.ts'
import type { RunEnvironment, RunTarget } from './run-record.ts'

export const RACE_SCHEMA = 'doorbuster.race/1'

export interface RaceRecord {
  readonly schema: typeof RACE_SCHEMA
  readonly raceId: string
  readonly status: 'running' | 'complete' | 'interrupted'
  /** ISO 8601. */
  readonly startedAt: string
  readonly finishedAt: string | null
  /** As it was called: words behind `doorbuster race`. Absent: not by a command. */
  readonly command?: readonly string[]
  readonly target: RunTarget
  readonly terms: RaceTerms
  readonly environment: RunEnvironment | null
  /** One for each stock, in the order in which they were given; those that were never begun are missing. */
  readonly parts: readonly RacePart[]
  /** Of a race that runs the wrong orders of an earlier one again, and searches where they are not wrong any more; absent: it searches. */
  readonly replayOf?: { readonly raceId: string; readonly file: string }
  /** What a reader has to know of how it came about, a sentence each. */
  readonly notes: readonly string[]
  /** null while running. */
  readonly verdict: RunVerdict | null
  readonly exitCode: number | null
}

/** Who comes: buyers who are strangers to one another, one user several times (limit 1), or one request several times. */
export const CROWDS = ['strangers', 'one-user', 'double-click'] as const
export type Crowd = (typeof CROWDS)[number]

export interface RaceTerms {
  readonly buyers: number
  readonly stocks: readonly number[]
  readonly crowd: Crowd
  /** Units that one user may have; null: no limit. */
  readonly perUserLimit: number | null
  /** Orders with more switches away from somebody who could have gone on are not tried; null: no such bound. */
  readonly preemptions: number | null
  /** For the search, ms. */
  readonly budgetMs: number
  /** Whether orders that differ only in what cannot be told apart are tried once. */
  readonly reduction: 'partial' | 'full'
  /** The server is killed, or a reply of a store lost, at each call once. */
  readonly crash: boolean
  /** Whether the search goes on behind the first wrong order. */
  readonly all: boolean
  /**
   * true: the coming of a buyer and each reply are events of their own, in orders that only the memory of the server can tell
   * apart; false: none of them is. Absent: a few such orders are tried where no other was wrong, see RacePart.late.
   */
  readonly memory?: boolean
}

export interface RacePart {
  readonly stock: number
  /** Orders of events that were run to their end, and among them those in which a check failed. */
  readonly tried: number
  readonly wrong: number
  /** Begun and given up, since all that could follow was tried in another order that cannot be told apart. */
  readonly pruned: number
  readonly coverage: RaceCoverage
  /**
   * Behind a complete search that found nothing: orders in which a buyer or a reply may be late, and somebody who could have
   * gone on is left once. Absent: they were not tried.
   */
  readonly late?: { readonly tried: number; readonly wrong: number; readonly coverage: RaceCoverage }
  /** Why no order was left out although a reduction was asked for, in words; absent: it was as the terms say. */
  readonly reductionRefused?: string
  /** "buyer 1 and buyer 2": who know of each other by the memory of the server, so that nothing of them was left out. Absent: nobody was seen to. */
  readonly coupled?: readonly string[]
  /** With coverage `no-answer`: why there is none, a sentence. */
  readonly noAnswer?: string
  readonly elapsedMs: number
  /** The store calls of the longest order. */
  readonly longest: number
  /** How orders ended, late ones too: what buyers were told and what the books held then, with how many orders ended so; most first. */
  readonly ends: readonly RaceEnd[]
  /** The shortest that was found; null: none. */
  readonly shortest: WrongOrder | null
  /** An order whose steps were others when it was run again; null: none was seen. */
  readonly nondeterminism: { readonly step: number; readonly sentence: string } | null
  /**
   * Of a race that runs an order again, which is not wrong any more, so that all orders were tried: where the calls are
   * others now; null: it was followed, and ended right. Absent: it is still wrong, or none was to be run again.
   */
  readonly notFollowed?: { readonly step: number; readonly sentence: string } | null
  /** Why not every place was tried at which the server can die. Absent: each was, or none was asked for. */
  readonly crashesLeft?: 'out-of-budget' | 'ended'
  /** With `crash`: each place at which the server was killed or a reply lost; else empty. */
  readonly crashes: readonly CrashPoint[]
}

export type RaceCoverage =
  /** Every order. */
  | 'complete'
  /** Every order with at most so many preemptions. */
  | 'preemption-bound'
  /** Left after the first wrong one. */
  | 'stopped-at-first'
  | 'out-of-budget'
  | 'interrupted'
  /** Executions of one order differed: nothing was shown. */
  | 'nondeterministic'
  /** Nothing follows from an order: somebody went on by time alone, it could not be judged, or nothing was sold at all. */
  | 'no-answer'

export interface RaceEnd {
  /** "1 sold, 1 soldOut; 1 order, 0 left". */
  readonly sentence: string
  /** Checks that failed; empty: right. */
  readonly failed: readonly CheckName[]
  readonly orders: number
}

/**
 * Name of an event, the same in every execution: `buyer 1 #2` is the second store call of buyer 1. In orders with `memory`, `buyer 1 #0`
 * is the coming of buyer 1, and `buyer 1 #2 reply` the moment at which the server gets the reply to the call.
 */
export type EventName = string

export interface WrongOrder {
  /** What was let go, in this order; enough to run it again. */
  readonly order: readonly EventName[]
  /** For each event the call as it is recognised in another execution: its statement, without values. */
  readonly calls: readonly string[]
  readonly preemptions: number
  /** Comings and replies are events of their own in it. Absent: no. */
  readonly memory?: true
  readonly steps: readonly RaceStep[]
  /** Those that failed, by the order of the checks. */
  readonly checks: readonly CheckResult[]
  /** "OVERSOLD by 1: ...": why it is wrong. */
  readonly sentence: string
  /** Where the server was killed or a reply lost in this order; absent: nowhere. */
  readonly crash?: CrashSpot
  /** Times that it was run again, and those in which it ended in the same way. */
  readonly replays: { readonly tried: number; readonly same: number }
}

export interface RaceStep {
  readonly event: EventName
  /** "buyer 1", "background". */
  readonly actor: string
  /** null: nothing was sent to a store: an answer alone, a crash, a restart. */
  readonly call: RaceCall | null
  /** The buyer's request was sent right before this call, and reached it. */
  readonly begins: boolean
  /** The call did not come back in this step: it waits for another one. */
  readonly waits: boolean
  /** With `memory`: the server gets the reply to an earlier event in this step. Absent: it gets none, or with the call. */
  readonly reply?: { readonly to: EventName; readonly result: string }
  /** Calls of others that came back in this step, having waited, and what came back. */
  readonly released: readonly { readonly actor: string; readonly result: string }[]
  /** What buyers were told at its end. */
  readonly answers: readonly { readonly actor: string; readonly outcome: OutcomeKind; readonly words: string }[]
  /** Units as each store holds them after it; a store that doesn't say is missing. */
  readonly stock: Readonly<Partial<Record<StoreName, number | null>>>
  /** "the server is killed", for steps that are no call. */
  readonly note?: string
}

export interface RaceCall {
  readonly store: StoreName
  /** As sent, placeholders as they are; of several commands in one call each on a line of its own. */
  readonly text: string
  /** Of the placeholders, in order. */
  readonly values: readonly string[]
  /** What came back, shortened; null: nothing yet. */
  readonly result: string | null
}

/** `before`: before the call was let through; `after`: it was made, and the reply never came; `reply`: likewise, but only the connection broke. */
export const CRASH_KINDS = ['before', 'after', 'reply'] as const
export interface CrashSpot {
  /** 0: at the first event of the order. */
  readonly at: number
  readonly kind: (typeof CRASH_KINDS)[number]
}

export interface CrashPoint extends CrashSpot {
  /** The call, as in WrongOrder.calls, and whose it is. */
  readonly event: EventName
  readonly call: string
  readonly failed: readonly CheckName[]
  /** "kept", or what was lost or doubled. */
  readonly sentence: string
}
