/**
 * Everything that the checks of one sale read, and the words they share. A check is a pure function of a case.
 */
import type { CheckVerdict, Evidence } from '../core/check.ts'
import type { LedgerSnapshot } from '../core/ledger.ts'
import type { Operation } from '../core/operation.ts'
import { NS_PER_MS } from '../core/units.ts'
import { type Buys, gatherBuys } from './buys.ts'
import { findInHistory, type HistoryFindings } from './judging-pass.ts'
import type { SaleUnderJudgement } from './sale.ts'
import type { SaleColumns } from './sale-columns.ts'
import { type Settlement, settle } from './settlement.ts'

export interface SaleCase {
  readonly sale: SaleUnderJudgement
  readonly columns: SaleColumns
  readonly buys: Buys
  readonly ledger: LedgerSnapshot | null
  readonly settlement: Settlement
  readonly history: HistoryFindings
  readonly saturated: boolean
}

/** What a check found; the judge adds whose sale it is about. */
export interface Finding {
  readonly verdict: CheckVerdict
  readonly measured: number | null
  readonly allowed: number | null
  readonly unit: string
  readonly sentence: string
  readonly details?: Readonly<Record<string, number>>
  readonly evidence?: readonly Evidence[]
}

export type Check = (saleCase: SaleCase) => Finding

export function openCase(
  sale: SaleUnderJudgement,
  columns: SaleColumns,
  ledger: LedgerSnapshot | null,
  saturated: boolean,
): SaleCase {
  const buys = gatherBuys(columns)
  const settlement = settle(columns, buys, ledger, {
    attributesUsers: sale.perUserLimit !== null,
    idsMayDiffer: sale.idsMayDiffer ?? [],
    quantitiesKnown: sale.quantitiesKnown ?? true,
  })
  const history = findInHistory(sale, columns, buys, settlement)
  return { sale, columns, buys, ledger, settlement, history, saturated }
}

export function notChecked(unit: string, why: string, details: Readonly<Record<string, number>> = {}): Finding {
  return { verdict: 'not-checked', measured: null, allowed: null, unit, sentence: `not checked: ${why}`, details }
}

/** Why units can't be counted. */
export const UNITS_UNSAID = "the ledger doesn't say of how many units some orders are, and their requests are not known"
/** What would tell whose an order without a request id is. */
export const REQUEST_IDS_WANTED = 'add requestId to ledger.columns ("requestId" to the lines of a ledger file)'
/** Likewise its user. */
export const USER_IDS_WANTED = 'add userId to ledger.columns ("userId" to the lines of a ledger file)'
/** Why a check that needs absence can't be made. */
export const NOT_SETTLED = 'the target had not settled when its ledger was read'

/** A moment of the history as people follow it: seconds since the first request of the sale. */
export function moment({ buys }: Pick<SaleCase, 'buys'>, atNs: number): string {
  const sinceNs = atNs - buys.originNs
  return `${sinceNs < 0 ? '-' : '+'}${(Math.abs(sinceNs) / (1_000 * NS_PER_MS)).toFixed(3)}s`
}

/** 'user u17 (request r-3)', as much of it as was recorded. */
export function buyer({ userId, requestId }: Pick<Operation, 'userId' | 'requestId'>): string {
  if (userId === null) return requestId === null ? 'a buyer' : `the buyer of request ${requestId}`
  return requestId === null ? `user ${userId}` : `user ${userId} (request ${requestId})`
}

/** 'a read by user u17', or just 'a read'. */
export function reading({ userId }: Pick<Operation, 'userId'>): string {
  return userId === null ? 'a read' : `a read by user ${userId}`
}

/** 'user u17 (request r-3)' of a row. */
export function buyerOf({ columns }: Pick<SaleCase, 'columns'>, row: number): string {
  return buyer(columns.operation(row))
}

const MOST_OPERATIONS = 6

/** The operations of these rows in order of time, a few at most: the first and the last ones. */
export function operationsOf({ columns }: Pick<SaleCase, 'columns'>, rows: Iterable<number>): Operation[] {
  const ordered = [...new Set(rows)].sort((a, b) => columns.sentAtNs[a]! - columns.sentAtNs[b]! || a - b)
  const half = MOST_OPERATIONS / 2
  const few = ordered.length <= MOST_OPERATIONS ? ordered : [...ordered.slice(0, half), ...ordered.slice(-half)]
  return few.map((row) => columns.operation(row))
}

/** Rows of these buys' attempts, in order of the file; a few for each. One pass over the history. */
export function attemptsOf({ columns }: Pick<SaleCase, 'columns'>, buys: Iterable<number>): Map<number, number[]> {
  const attempts = new Map<number, number[]>()
  for (const buy of buys) attempts.set(buy, [])
  if (attempts.size === 0) return attempts
  for (let row = 0; row < columns.length; row++) {
    const rows = attempts.get(columns.buy[row]!)
    if (rows && rows.length < MOST_OPERATIONS) rows.push(row)
  }
  return attempts
}
