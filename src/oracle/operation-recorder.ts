/**
 * Collects the operations of one sale in columns that grow: some 45 bytes a row and each name once, so that a million
 * operations of anyone's recorder fit beside everything else.
 */
import { KIND_CODES, NO_BUY, OUTCOME_CODES } from '../core/history.ts'
import type { Operation, Outcome } from '../core/operation.ts'
import { grown } from './grown.ts'
import { NameTable } from './name-table.ts'
import { NO_USER, type SaleColumns } from './sale-columns.ts'

/** A row as its parts, so that nobody has to make an Operation of what is only passed on. */
export interface RecordedRow {
  readonly seq: number
  readonly kind: Operation['kind']
  readonly userId: string | null
  readonly requestId: string | null
  readonly attempt: number
  readonly quantity: number
  readonly scheduledAtNs: number
  readonly sentAtNs: number | null
  readonly completedAtNs: number | null
  readonly outcome: Outcome
}

export interface OperationRecorder {
  readonly columns: SaleColumns
  /** Returns the number of the row. */
  add(row: RecordedRow): number
}

/** Small, since a history may be of thousands of sales. */
const FIRST_CAPACITY = 32
/** Beyond as many different codes, a row's code is left out. */
const LAST_CODE = 0xffff

export function createOperationRecorder(sale: { readonly stepIndex: number; readonly sku: string }): OperationRecorder {
  return new Recorder(sale.stepIndex, sale.sku)
}

class Recorder implements OperationRecorder, SaleColumns {
  length = 0
  sentAtNs = new Float64Array(FIRST_CAPACITY)
  completedAtNs = new Float64Array(FIRST_CAPACITY)
  kind = new Uint8Array(FIRST_CAPACITY)
  outcome = new Uint8Array(FIRST_CAPACITY)
  code = new Uint16Array(FIRST_CAPACITY)
  user = new Uint32Array(FIRST_CAPACITY)
  buy = new Uint32Array(FIRST_CAPACITY)
  quantity = new Uint32Array(FIRST_CAPACITY)
  shownStock = new Int32Array(FIRST_CAPACITY)
  readonly codes: string[] = ['']
  readonly #stepIndex: number
  readonly #sku: string
  #seq = new Uint32Array(FIRST_CAPACITY)
  #scheduledAtNs = new Float64Array(FIRST_CAPACITY)
  #attempt = new Uint16Array(FIRST_CAPACITY)
  readonly #orderIds: (string | null)[] = []
  readonly #requestIds = new NameTable()
  readonly #userIds = new NameTable()
  /** Of requests without an id: what they were told, and the buy that it is of. */
  readonly #toldOrders = new NameTable()
  readonly #buyOfTold: number[] = []
  readonly #codeByName = new Map<string, number>([['', 0]])

  constructor(stepIndex: number, sku: string) {
    this.#stepIndex = stepIndex
    this.#sku = sku
  }

  get columns(): SaleColumns {
    return this
  }

  get buyCount(): number {
    return this.#requestIds.size
  }

  get userCount(): number {
    return this.#userIds.size
  }

  add(row: RecordedRow): number {
    const at = this.length
    if (at === this.sentAtNs.length) this.#grow()
    const { outcome } = row
    this.sentAtNs[at] = row.sentAtNs ?? Number.NaN
    this.completedAtNs[at] = row.completedAtNs ?? Number.NaN
    this.kind[at] = KIND_CODES.indexOf(row.kind)
    this.outcome[at] = OUTCOME_CODES.indexOf(outcome.kind)
    this.code[at] = this.#codeNumber(outcome)
    this.user[at] = row.userId === null ? NO_USER : this.#userIds.add(row.userId)
    this.buy[at] = row.kind === 'buy' ? this.#buyNumber(row) : NO_BUY
    this.quantity[at] = row.quantity
    this.shownStock[at] = outcome.kind === 'shown' ? outcome.stock : 0
    this.#seq[at] = row.seq
    this.#scheduledAtNs[at] = row.scheduledAtNs
    this.#attempt[at] = row.attempt
    this.#orderIds.push(outcome.kind === 'sold' ? outcome.orderId : null)
    this.length = at + 1
    return at
  }

  requestIdOf(buy: number): string | null {
    return this.#requestIds.nameOf(buy)
  }

  buyOf(requestId: string): number | undefined {
    return this.#requestIds.numberOf(requestId)
  }

  userOf(userId: string): number | undefined {
    return this.#userIds.numberOf(userId)
  }

  userIdOf(user: number): string {
    return this.#userIds.nameOf(user)!
  }

  orderId(row: number): string | null {
    return this.#orderIds[row] ?? null
  }

  operation(row: number): Operation {
    const user = this.user[row]!
    const buy = this.buy[row]!
    return {
      seq: this.#seq[row]!,
      stepIndex: this.#stepIndex,
      sku: this.#sku,
      kind: KIND_CODES[this.kind[row]!]!,
      userId: user === NO_USER ? null : this.userIdOf(user),
      requestId: buy === NO_BUY ? null : this.requestIdOf(buy),
      attempt: this.#attempt[row]!,
      quantity: this.quantity[row]!,
      scheduledAtNs: this.#scheduledAtNs[row]!,
      sentAtNs: numberOrNull(this.sentAtNs[row]!),
      completedAtNs: numberOrNull(this.completedAtNs[row]!),
      outcome: this.#outcomeOf(row),
    }
  }

  #outcomeOf(row: number): Outcome {
    const kind = OUTCOME_CODES[this.outcome[row]!]!
    const code = this.codes[this.code[row]!]!
    switch (kind) {
      case 'sold':
        return { kind, orderId: this.orderId(row) }
      case 'soldOut':
      case 'limitReached':
        return { kind }
      case 'shown':
        return { kind, stock: this.shownStock[row]! }
      case 'refused':
      case 'unknown':
        return { kind, code }
      case 'dropped':
        return { kind, reason: code }
    }
  }

  #codeNumber(outcome: Outcome): number {
    const name = codeNameOf(outcome)
    let number = this.#codeByName.get(name)
    if (number === undefined) {
      if (this.codes.length > LAST_CODE) return 0
      number = this.codes.push(name) - 1
      this.#codeByName.set(name, number)
    }
    return number
  }

  #buyNumber({ requestId, userId, outcome }: RecordedRow): number {
    if (requestId !== null) return this.#requestIds.add(requestId)
    if (outcome.kind !== 'sold' || outcome.orderId === null) return this.#requestIds.addNameless()
    return this.#buyTold(outcome.orderId, userId)
  }

  /** Answers to requests that nobody recorded are of one buy if they name one order to one user: it was sent again. */
  #buyTold(orderId: string, userId: string | null): number {
    const number = this.#toldOrders.add(`${orderId.length} ${orderId} ${userId ?? ''}`)
    if (number === this.#buyOfTold.length) this.#buyOfTold.push(this.#requestIds.addNameless())
    return this.#buyOfTold[number]!
  }

  #grow(): void {
    const capacity = this.sentAtNs.length * 2
    this.sentAtNs = grown(this.sentAtNs, new Float64Array(capacity))
    this.completedAtNs = grown(this.completedAtNs, new Float64Array(capacity))
    this.kind = grown(this.kind, new Uint8Array(capacity))
    this.outcome = grown(this.outcome, new Uint8Array(capacity))
    this.code = grown(this.code, new Uint16Array(capacity))
    this.user = grown(this.user, new Uint32Array(capacity))
    this.buy = grown(this.buy, new Uint32Array(capacity))
    this.quantity = grown(this.quantity, new Uint32Array(capacity))
    this.shownStock = grown(this.shownStock, new Int32Array(capacity))
    this.#seq = grown(this.#seq, new Uint32Array(capacity))
    this.#scheduledAtNs = grown(this.#scheduledAtNs, new Float64Array(capacity))
    this.#attempt = grown(this.#attempt, new Uint16Array(capacity))
  }
}

function codeNameOf(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'refused':
    case 'unknown':
      return outcome.code
    case 'dropped':
      return outcome.reason
    case 'sold':
    case 'soldOut':
    case 'limitReached':
    case 'shown':
      return ''
  }
}

function numberOrNull(value: number): number | null {
  return Number.isNaN(value) ? null : value
}
