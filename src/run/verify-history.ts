/** Judges a history, and if there is one a ledger, that anything recorded, from files of one JSON object a line. */
import { createReadStream } from 'node:fs'
import type { CheckResult } from '../core/check.ts'
import { HarnessError } from '../core/errors.ts'
import type { RunVerdict } from '../core/exit-codes.ts'
import type { ReadsPromise } from '../core/promise.ts'
import { createHistoryCourt } from '../oracle/index.ts'
import { checksVerdict } from './verdict.ts'

export interface HistoryFiles {
  readonly historyPath: string
  /** null: the history is judged alone. */
  readonly ledgerPath: string | null
  /** Units at the opening; null: every sale has an `open` line. */
  readonly initialStock: number | null
  readonly remainingStock: number | null
  readonly perUserLimit: number | null
  readonly reads: ReadsPromise
  readonly clockErrorMs: number
}

export interface VerifiedHistory {
  readonly checks: readonly CheckResult[]
  readonly verdict: RunVerdict
}

/** Throws HarnessError HISTORY_INVALID with the number of a line that can't be read, USAGE for files that can't. */
export async function verifyHistory(files: HistoryFiles): Promise<VerifiedHistory> {
  const court = createHistoryCourt({ ...files, hasLedger: files.ledgerPath !== null })
  await forEachLine(files.historyPath, (text, lineNumber) => court.historyLine(text, lineNumber))
  if (files.ledgerPath !== null) {
    await forEachLine(files.ledgerPath, (text, lineNumber) => court.ledgerLine(text, lineNumber))
  }
  const checks = court.verdict()
  return { checks, verdict: checksVerdict(checks) }
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
