/**
 * The checks: their names, their order (the headline names the first that failed), and which may fail beside which.
 */
import type { Operation } from './operation.ts'

export const CHECKS = {
  'no-oversell': { failsWhen: 'more units were sold than there were', needs: 'ledger' },
  'acknowledged-kept': {
    failsWhen: 'a buyer was told "sold" and no such order exists, or another one than promised',
    needs: 'history and ledger',
  },
  'exactly-once': {
    failsWhen: 'one request made two orders, two requests one, or replays were answered differently',
    needs: 'history and ledger',
  },
  'nothing-invented': { failsWhen: 'an order exists that nobody was sold, or asked for', needs: 'history and ledger' },
  'per-user-limit': { failsWhen: 'a user has more units than the limit', needs: 'ledger' },
  conservation: { failsWhen: 'units sold and units left do not add up to the opening stock', needs: 'ledger' },
  'never-negative': { failsWhen: 'a stock below zero was stored or shown', needs: 'history and ledger' },
  'justified-refusals': {
    failsWhen: 'a buyer was told "sold out", "limit reached" or "not open" when it could not be true',
    needs: 'history',
  },
  'sold-through': {
    failsWhen: 'units stayed unsold although buyers who asked for them were turned away',
    needs: 'history and ledger',
  },
  'nothing-early': {
    failsWhen: 'a unit was sold before the sale opened, or after it closed',
    needs: 'history and ledger',
  },
  linearizable: { failsWhen: 'no order of events explains what all buyers saw', needs: 'history' },
  'stale-reads': { failsWhen: 'a read was older than promised, or impossible at any time', needs: 'history' },
  'settled-cache': { failsWhen: 'after settling, the stock shown still differs from the ledger', needs: 'ledger' },
  fairness: { failsWhen: 'never; counts buyers refused before a later one was served', needs: 'history' },
} as const

export type CheckName = keyof typeof CHECKS

export const CHECK_NAMES = Object.keys(CHECKS) as readonly CheckName[]

/** One fault often fails several checks: which may fail beside the one that is its cause. */
export const IMPLIES: Readonly<Partial<Record<CheckName, readonly CheckName[]>>> = {
  // Units beyond the stock: the books don't add up, or go below zero, and reads of them are of no possible stock.
  'no-oversell': ['conservation', 'never-negative', 'linearizable', 'stale-reads'],
  // A promise that was undone: its unit may be back in stock, unsold, and its replay is a new buy for the target. An
  // order in another name, or of more units, counts against the limit of whoever has it.
  'acknowledged-kept': [
    'exactly-once',
    'per-user-limit',
    'conservation',
    'justified-refusals',
    'sold-through',
    'linearizable',
  ],
  // The second order of a request counts against its user's limit.
  'exactly-once': ['per-user-limit'],
  // So does an order that nobody asked for, against that of whoever it is booked to.
  'nothing-invented': ['per-user-limit'],
  // A leaked unit is gone for buyers and readers, though nobody was sold it.
  conservation: ['justified-refusals', 'sold-through', 'linearizable', 'stale-reads'],
  // A stock below zero is no possible one, wherever it is stored or shown.
  'never-negative': ['conservation', 'linearizable', 'stale-reads', 'settled-cache'],
  'justified-refusals': ['linearizable'],
  // A stock that was true at no time fits into no order of events.
  'stale-reads': ['linearizable'],
}

/**
 * `unknown`: the input was given and holds both answers. `not-checked`: its input was not given, or this target or
 * scenario has no such thing; it is listed, never counted, and never shown as a pass.
 */
export type CheckVerdict = 'pass' | 'fail' | 'unknown' | 'not-checked'

export interface Evidence {
  /** What happened, in one sentence that a person can follow. */
  readonly sentence: string
  /** The operations that prove it, in order of time; few. */
  readonly operations: readonly Operation[]
}

export interface CheckResult {
  readonly check: CheckName
  /** Index of the step, from 0. */
  readonly step: number
  readonly sku: string
  readonly verdict: CheckVerdict
  /** What was found, in `unit`: units over, orders lost, ... null if there is no such number. */
  readonly measured: number | null
  readonly allowed: number | null
  /** 'units', 'buyers', 'orders', 'reads', 'ms', ... in the plural. */
  readonly unit: string
  /** The verdict in one sentence: "oversold by 214 units", "not checked: the scenario has no reads". */
  readonly sentence: string
  /** Further figures: `lagP99Ms`, `unsold`, `turnedAway`, ... */
  readonly details: Readonly<Record<string, number>>
  /** For a failed check: the first few offending operations. */
  readonly evidence: readonly Evidence[]
}
