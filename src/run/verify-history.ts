/**
 * Judges what anything recorded, from files of one JSON object a line: a history, a ledger, or both; the ledger may also
 * have been read where a descriptor says.
 */
import { createReadStream } from 'node:fs'
import { CHECKS, type CheckResult } from '../core/check.ts'
import { HarnessError } from '../core/errors.ts'
import type { RunVerdict } from '../core/exit-codes.ts'
import type { LedgerSnapshot } from '../core/ledger.ts'
import type { ReadsPromise } from '../core/promise.ts'
import { createHistoryCourt, type HistoryCourt } from '../oracle/index.ts'
import { withOthersOrders } from './sales-of-others.ts'
import { checksVerdict } from './verdict.ts'

export interface HistoryFiles {
  /** null: the ledger is judged alone, which must have been read. */
  readonly historyPath: string | null
  /** A file, or what was read; null: the history is judged alone. */
  readonly ledger: string | readonly LedgerSnapshot[] | null
  /** Units at the opening; null: every sale has an `open` line. */
  readonly initialStock: number | null
  readonly remainingStock: number | null
  readonly perUserLimit: number | null
  readonly reads: ReadsPromise
  /** False unless given. */
  readonly sellsThrough?: boolean
  /** Others sold from the same stock, and nobody knows what. False unless given. */
  readonly shared?: boolean
  readonly clockErrorMs: number
}

export interface VerifiedHistory {
  readonly checks: readonly CheckResult[]
  readonly verdict: RunVerdict
}

/** Throws HarnessError HISTORY_INVALID with the number of a line that can't be read, USAGE for files that can't. */
export async function verifyHistory(files: HistoryFiles): Promise<VerifiedHistory> {
  const { historyPath, ledger } = files
  const read = typeof ledger === 'string' ? null : ledger
  const only = read?.length === 1 ? read[0]! : null
  const court = createHistoryCourt({
    ...files,
    remainingStock: files.remainingStock ?? only?.remainingStock ?? null,
    ...(read?.[0] !== undefined && { ledgerSource: read[0].source }),
    hasLedger: ledger !== null,
    hasHistory: historyPath !== null,
  })
  if (historyPath !== null) await forEachLine(historyPath, (text, lineNumber) => court.historyLine(text, lineNumber))
  else read?.forEach(({ sku }, index) => court.historyLine(openingOf(sku, files), index + 1))
  if (typeof ledger === 'string') await forEachLine(ledger, (text, lineNumber) => court.ledgerLine(text, lineNumber))
  else giveOrders(court, read ?? [])
  const found = court.verdict()
  const ours = files.shared === true ? found.map(withOthersOrders) : found
  const checks = historyPath === null ? ours.map(withoutHistory) : ours
  return { checks, verdict: checksVerdict(checks) }
}

/** Throws HarnessError USAGE where nobody said how many units there were. */
function openingOf(sku: string, { initialStock, perUserLimit }: HistoryFiles): string {
  if (initialStock !== null) return JSON.stringify({ op: 'open', sku, stock: initialStock, perUserLimit })
  throw new HarnessError('USAGE', {
    message: `how many units of ${sku} were there at the opening?`,
    hint: 'Say it with --initial-stock N.',
  })
}

function giveOrders(court: HistoryCourt, ledgers: readonly LedgerSnapshot[]): void {
  let line = 0
  for (const { sku, orders } of ledgers) {
    for (const { orderId, requestId, userId, quantity } of orders) {
      court.ledgerLine(JSON.stringify({ orderId, requestId, userId, quantity, sku }), ++line)
    }
  }
}

/** Where nobody recorded what buyers asked and were told, an order that nobody asked for is no finding. */
function withoutHistory(found: CheckResult): CheckResult {
  // What is left according to the ledger can be below zero by itself.
  if (CHECKS[found.check].needs === 'ledger' || found.check === 'never-negative') return found
  const sentence = 'not checked: there is no history of what buyers asked and were told'
  return { ...found, verdict: 'not-checked', measured: null, allowed: null, sentence, evidence: [] }
}

/** Bytes read at once. Lines are cut here, since `node:readline` costs more than parsing them. */
const CHUNK_BYTES = 1 << 16

async function forEachLine(path: string, onLine: (text: string, lineNumber: number) => void): Promise<void> {
  let rest = ''
  let lineNumber = 0
  try {
    for await (const chunk of createReadStream(path, { encoding: 'utf8', highWaterMark: CHUNK_BYTES })) {
      const text = rest + String(chunk)
      let from = 0
      for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', from)) {
        onLine(text.slice(from, end), ++lineNumber)
        from = end + 1
      }
      rest = text.slice(from)
    }
  } catch (cause) {
    if (cause instanceof HarnessError) throw cause
    throw new HarnessError('USAGE', { message: `${path}: cannot be read (${(cause as Error).message})`, cause })
  }
  if (rest !== '') onLine(rest, lineNumber + 1)
}
