/**
 * Judges one sale: gathers what the checks need, asks each of them, and holds them to what no check alone can know.
 * One code for files and for live sales. Pure: the same history and ledger give the same verdict on any machine.
 */
import { CHECK_NAMES, CHECKS, type CheckName, type CheckResult, type Evidence } from '../core/check.ts'
import type { HistoryColumns } from '../core/history.ts'
import type { LedgerSnapshot } from '../core/ledger.ts'
import type { Operation } from '../core/operation.ts'
import { formatQuantity } from '../core/units.ts'
import { checkAcknowledgedKept } from './check-acknowledged-kept.ts'
import { checkConservation } from './check-conservation.ts'
import { checkExactlyOnce } from './check-exactly-once.ts'
import { checkFairness } from './check-fairness.ts'
import { checkJustifiedRefusals } from './check-justified-refusals.ts'
import { checkLinearizable } from './check-linearizable.ts'
import { checkNeverNegative } from './check-never-negative.ts'
import { checkNoOversell } from './check-no-oversell.ts'
import { checkNothingEarly } from './check-nothing-early.ts'
import { checkNothingInvented } from './check-nothing-invented.ts'
import { checkPerUserLimit } from './check-per-user-limit.ts'
import { checkSettledCache } from './check-settled-cache.ts'
import { checkSoldThrough } from './check-sold-through.ts'
import { checkStaleReads } from './check-stale-reads.ts'
import { FACT } from './buys.ts'
import { createOperationRecorder } from './operation-recorder.ts'
import type { JudgementOptions, SaleJudge, SaleUnderJudgement } from './sale.ts'
import { type Check, type Finding, openCase, type SaleCase } from './sale-case.ts'
import { type SaleColumns, saleColumnsOf } from './sale-columns.ts'
import { SaleWatch } from './sale-watch.ts'

const CHECK_FUNCTIONS: Readonly<Record<CheckName, Check>> = {
  'no-oversell': checkNoOversell,
  'acknowledged-kept': checkAcknowledgedKept,
  'exactly-once': checkExactlyOnce,
  'nothing-invented': checkNothingInvented,
  'per-user-limit': checkPerUserLimit,
  conservation: checkConservation,
  'never-negative': checkNeverNegative,
  'justified-refusals': checkJustifiedRefusals,
  'sold-through': checkSoldThrough,
  'nothing-early': checkNothingEarly,
  linearizable: checkLinearizable,
  'stale-reads': checkStaleReads,
  'settled-cache': checkSettledCache,
  fairness: checkFairness,
}

/**
 * Judges a whole history at once. Columns are read where they stand; operations are copied into columns, in any order.
 * One result for each check, in the order of CHECKS.
 */
export function judgeSale(
  sale: SaleUnderJudgement,
  history: HistoryColumns | Iterable<Operation>,
  ledger: LedgerSnapshot | null,
  options: JudgementOptions,
): CheckResult[] {
  return judgeColumns(sale, columnsOf(sale, history), ledger, options)
}

/** A judge for a history that is told bit by bit, while the sale is on or after it. */
export function createSaleJudge(sale: SaleUnderJudgement): SaleJudge {
  return new RecordingJudge(sale)
}

export function judgeColumns(
  sale: SaleUnderJudgement,
  columns: SaleColumns,
  ledger: LedgerSnapshot | null,
  { saturated, soldElsewhere = false, lateOperations = 0 }: JudgementOptions & { readonly lateOperations?: number },
): CheckResult[] {
  const saleCase = openCase(sale, columns, ledger, saturated)
  const doubts = [emptinessOf(saleCase, soldElsewhere), latenessOf(lateOperations)]
  return CHECK_NAMES.map((check) => {
    const finding = CHECK_FUNCTIONS[check](saleCase)
    const doubt = doubts.find((doubt) => doubt?.touches(check, ledger))
    return resultOf(sale, check, doubt ? doubted(finding, doubt) : finding)
  })
}

class RecordingJudge implements SaleJudge {
  readonly #sale: SaleUnderJudgement
  readonly #recorder
  readonly #watch: SaleWatch

  constructor(sale: SaleUnderJudgement) {
    this.#sale = sale
    this.#recorder = createOperationRecorder(sale)
    this.#watch = new SaleWatch(sale, this.#recorder.columns)
  }

  get lateOperations(): number {
    return this.#watch.lateOperations
  }

  feed(operation: Operation): void {
    this.#watch.feedRow(this.#recorder.add(operation))
  }

  advance(watermarkNs: number): void {
    this.#watch.advance(watermarkNs)
  }

  violation(): Evidence | null {
    return this.#watch.violation()
  }

  verdict(ledger: LedgerSnapshot | null, options: JudgementOptions): CheckResult[] {
    const { lateOperations } = this
    return judgeColumns(this.#sale, this.#recorder.columns, ledger, { ...options, lateOperations })
  }
}

function columnsOf(sale: SaleUnderJudgement, history: HistoryColumns | Iterable<Operation>): SaleColumns {
  if (!(Symbol.iterator in history)) return saleColumnsOf(history)
  const recorder = createOperationRecorder(sale)
  for (const operation of history) recorder.add(operation)
  return recorder.columns
}

/** A reason not to believe a pass. */
interface Doubt {
  readonly why: string
  /** What a pass becomes. */
  readonly verdict: 'unknown' | 'not-checked'
  touches(check: CheckName, ledger: LedgerSnapshot | null): boolean
}

function emptinessOf(saleCase: SaleCase, soldElsewhere: boolean): Doubt | null {
  const what = whatDidNotHappen(saleCase)
  if (what === null) return null
  const verdict = soldElsewhere ? 'not-checked' : 'unknown'
  return { why: `${what}, so nothing was shown`, verdict, touches: () => true }
}

/** A sale in which nothing happened shows nothing. One that opened with no stock shows what it is to show by refusing. */
function whatDidNotHappen({ sale, buys, settlement }: SaleCase): string | null {
  if (sale.hasHistory === false) return settlement.orderCount > 0 ? null : 'the ledger holds no order'
  if (buys.sentBuys === 0) return buys.shownReads === 0 ? 'no request was sent' : 'nobody tried to buy'
  if (settlement.orderCount > 0 || buys.facts.some((facts) => (facts & FACT.acknowledged) !== 0)) return null
  if (sale.initialStock === 0) {
    const isRefused = buys.facts.some((facts) => (facts & FACT.toldSoldOut) !== 0)
    return isRefused ? null : 'there was no stock, and nobody was told "sold out"'
  }
  const nothing = settlement.given ? 'nothing was sold' : 'nobody was told "sold"'
  return `${nothing} although there was stock and buyers came`
}

function latenessOf(lateOperations: number): Doubt | null {
  if (lateOperations === 0) return null
  const why = `${formatQuantity(lateOperations, 'operation')} came after that time had been judged`
  const touches = (check: CheckName, ledger: LedgerSnapshot | null): boolean =>
    ledger === null || CHECKS[check].needs.includes('history')
  return { why, verdict: 'unknown', touches }
}

function doubted(finding: Finding, { why, verdict }: Doubt): Finding {
  if (finding.verdict !== 'pass') return finding
  return { ...finding, verdict, sentence: `${verdict === 'unknown' ? 'unknown' : 'not checked'}: ${why}` }
}

function resultOf(sale: SaleUnderJudgement, check: CheckName, finding: Finding): CheckResult {
  const { verdict, measured, allowed, unit, sentence, details = {}, evidence = [] } = finding
  return { check, step: sale.stepIndex, sku: sale.sku, verdict, measured, allowed, unit, sentence, details, evidence }
}
