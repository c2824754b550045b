/**
 * What k6 hands back of one step, as it comes: a row of the plan for each line, in columns that can be looked at while
 * the step runs. The times of the final history are reckoned when all is known (step-history.ts).
 */
import { type HistoryColumns, OUTCOME_CODES, OUTCOME_OPEN } from '../../core/history.ts'
import type { StepPlan } from '../../core/scenario.ts'
import type { RequestLine } from './history-line.ts'

const CODES: readonly string[] = ['', 'IN_FLIGHT_BOUND', 'NOT_SENT', 'INTERRUPTED', 'NO_ANSWER']
const MOST_CODES = 4_096
const OTHER = 'OTHER'
const OUTCOMES_OF_ANSWERS = ['sold', 'soldOut', 'limitReached', 'shown'] as const
const IS_ACHIEVED = OUTCOME_CODES.map((kind) => (OUTCOMES_OF_ANSWERS as readonly string[]).includes(kind))
const SOLD = OUTCOME_CODES.indexOf('sold')
/** Of failures that leave no moment of an answer. */
const WITHOUT_ANSWER = new Set(['RESET', 'CUT_SHORT'])

export class StepRecording {
  readonly length: number
  readonly columns: HistoryColumns
  /** ms on the clock of the row's k6 process; NaN: no line came. */
  readonly sentMs: Float64Array
  readonly doneMs: Float64Array
  readonly outcome: Uint8Array
  readonly code: Uint16Array
  readonly httpStatus: Uint16Array
  readonly shownStock: Int32Array
  readonly orderIds: (string | null)[]
  readonly codes: string[] = [...CODES]
  readonly #codeNumbers = new Map(CODES.map((code, number) => [code, number]))
  /** Lines so far, by what they say. */
  readonly counts = { lines: 0, achieved: 0, sold: 0 }
  /** Since when there was nothing but connects that failed, ms on k6's clock; NaN: not now. */
  refusedSinceMs = Number.NaN

  /** `scheduledAtNs`: when the rows are expected to be due. */
  constructor(plan: StepPlan, requestIdPrefix: string, scheduledAtNs: Float64Array) {
    const { length } = plan
    this.length = length
    this.sentMs = new Float64Array(length).fill(Number.NaN)
    this.doneMs = new Float64Array(length).fill(Number.NaN)
    this.outcome = new Uint8Array(length).fill(OUTCOME_OPEN)
    this.code = new Uint16Array(length)
    this.httpStatus = new Uint16Array(length)
    this.shownStock = new Int32Array(length)
    this.orderIds = Array.from<null>({ length }).fill(null)
    this.columns = {
      stepIndex: plan.stepIndex,
      skus: plan.sales.map(({ sku }) => sku),
      saleIndex: plan.saleIndex,
      length,
      scheduledAtNs,
      sentAtNs: new Float64Array(length).fill(Number.NaN),
      completedAtNs: new Float64Array(length).fill(Number.NaN),
      kind: plan.kind,
      outcome: this.outcome,
      httpStatus: this.httpStatus,
      code: this.code,
      codes: this.codes,
      user: plan.user,
      buy: plan.buy,
      attempt: new Uint8Array(length).fill(1),
      quantity: plan.quantity,
      shownStock: this.shownStock,
      requestIdPrefix,
      orderId: (row) => this.orderIds[row] ?? null,
    }
  }

  /** `originNs`: 0 on the clock of the line, on the run's clock, as well as it is known by now. */
  take(line: RequestLine, originNs: number): void {
    const { row, sentMs, doneMs } = line
    if (row >= this.length || this.outcome[row] !== OUTCOME_OPEN) return
    this.sentMs[row] = sentMs
    this.doneMs[row] = WITHOUT_ANSWER.has(line.code) && line.httpStatus === 0 ? Number.NaN : doneMs
    this.code[row] = this.codeNumber(line.code)
    this.httpStatus[row] = line.httpStatus
    this.shownStock[row] = line.shownStock
    this.orderIds[row] = line.orderId
    this.columns.sentAtNs[row] = this.neverLeft(row) ? Number.NaN : originNs + sentMs * 1e6
    this.columns.completedAtNs[row] = originNs + this.doneMs[row] * 1e6
    // Last: a row is there when its outcome is.
    this.outcome[row] = line.outcome
    this.#count(line)
  }

  /** A connect that failed: surely no byte of the request left. */
  neverLeft(row: number): boolean {
    return this.codes[this.code[row]!]!.startsWith('CONNECT_')
  }

  /** What a request took on average, as far as it is known; NaN: of none. */
  meanMs(): number {
    let [sum, count] = [0, 0]
    for (let row = 0; row < this.length; row++) {
      const tookMs = this.doneMs[row]! - this.sentMs[row]!
      if (Number.isNaN(tookMs)) continue
      sum += tookMs
      count++
    }
    return sum / count
  }

  codeNumber(code: string): number {
    const known = this.#codeNumbers.get(code)
    if (known !== undefined) return known
    if (this.codes.length >= MOST_CODES) return this.codeNumber(OTHER)
    this.#codeNumbers.set(code, this.codes.length)
    return this.codes.push(code) - 1
  }

  #count({ outcome, code, sentMs }: RequestLine): void {
    this.counts.lines++
    if (IS_ACHIEVED[outcome]) this.counts.achieved++
    if (outcome === SOLD) this.counts.sold++
    if (!code.startsWith('CONNECT_')) this.refusedSinceMs = Number.NaN
    else if (Number.isNaN(this.refusedSinceMs)) this.refusedSinceMs = sentMs
  }
}
