/**
 * A store that does everything right, and a network that does not: answers that are late or lost, double clicks,
 * retries, refusals of a busy server. What it gives is a right history; whoever finds fault with it is wrong.
 */
import type { LedgerOrder, LedgerSnapshot } from '../../core/ledger.ts'
import type { Operation, Outcome } from '../../core/operation.ts'
import type { ReadsPromise } from '../../core/promise.ts'
import { createRandom, type Random } from '../../core/random.ts'
import { NS_PER_MS } from '../../core/units.ts'
import type { SaleUnderJudgement } from '../sale.ts'
import { ledger, saleOf, SKU } from './histories.ts'

export interface StoreTerms {
  readonly seed: number
  readonly stock: number
  readonly buys: number
  readonly reads: number
  readonly users: number
  readonly limit: number | null
  /** Quantities are drawn from 1 to this. */
  readonly mostQuantity: number
  readonly promise: ReadsPromise
  readonly sellsThrough: boolean
  /** Shares of attempts, 0..1. */
  readonly lostRequests: number
  readonly lostAnswers: number
  readonly busy: number
  /** Share of buys sent twice at once; of attempts sent again later. */
  readonly doubleClicks: number
  readonly retries: number
}

export interface RightHistory {
  readonly sale: SaleUnderJudgement
  /** In the order in which they were sent. */
  readonly operations: readonly Operation[]
  readonly ledger: LedgerSnapshot
}

const DURATION_MS = 1_000
const TIMEOUT_MS = 200
/** Longest way to the store, and back. */
const WAY_MS = 40

interface Attempt {
  readonly kind: 'buy' | 'read'
  readonly requestId: string | null
  readonly userId: string | null
  readonly quantity: number
  readonly attempt: number
  readonly sentMs: number
  /** When the store deals with it; Infinity: it never arrives. */
  readonly effectMs: number
  readonly backMs: number
  readonly isBusy: boolean
  readonly isAnswerLost: boolean
}

export function simulateRightSale(terms: StoreTerms): RightHistory {
  const random = createRandom(terms.seed)
  const attempts = [...buyAttempts(terms, random), ...readAttempts(terms, random)]
  const store = new RightStore(terms)
  const outcomes = new Map<Attempt, Outcome>()
  for (const attempt of [...attempts].sort((a, b) => a.effectMs - b.effectMs)) {
    if (attempt.effectMs < Number.POSITIVE_INFINITY) outcomes.set(attempt, store.handle(attempt, random))
  }
  const operations = attempts
    .sort((a, b) => a.sentMs - b.sentMs)
    .map((attempt, seq) => operationOf(attempt, outcomes.get(attempt), seq))
  const { stock, limit, promise, sellsThrough } = terms
  return {
    sale: saleOf({ stock, limit, reads: promise, sellsThrough, timeoutMs: TIMEOUT_MS }),
    operations,
    ledger: ledger(store.orders, { remainingStock: store.stock, shownAfterSettling: store.stock }),
  }
}

function buyAttempts(terms: StoreTerms, random: Random): Attempt[] {
  const attempts: Attempt[] = []
  for (let number = 0; number < terms.buys; number++) {
    const buy = {
      kind: 'buy' as const,
      requestId: `r${number}`,
      userId: `u${random.below(terms.users)}`,
      quantity: 1 + random.below(terms.mostQuantity),
    }
    const sentMs = random.next() * DURATION_MS
    attempts.push({ ...buy, attempt: 1, ...journey(terms, random, sentMs) })
    if (random.next() < terms.doubleClicks) attempts.push({ ...buy, attempt: 1, ...journey(terms, random, sentMs) })
    for (let attempt = 2, againMs = sentMs; attempt < 5 && random.next() < terms.retries; attempt++) {
      againMs += TIMEOUT_MS + random.next() * DURATION_MS
      attempts.push({ ...buy, attempt, ...journey(terms, random, againMs) })
    }
  }
  return attempts
}

function readAttempts(terms: StoreTerms, random: Random): Attempt[] {
  const read = { kind: 'read' as const, requestId: null, userId: null, quantity: 0, attempt: 1 }
  return Array.from({ length: terms.reads }, () => ({
    ...read,
    ...journey(terms, random, random.next() * DURATION_MS * 1.5),
  }))
}

/** One request in ten waits in a queue of the target and takes effect after its timeout. */
function journey(terms: StoreTerms, random: Random, sentMs: number) {
  const waitMs = random.next() < 0.1 ? random.next() * 4 * TIMEOUT_MS : 0
  const isLost = random.next() < terms.lostRequests
  return {
    sentMs,
    effectMs: isLost ? Number.POSITIVE_INFINITY : sentMs + random.next() * WAY_MS + waitMs,
    backMs: random.next() * WAY_MS,
    isBusy: random.next() < terms.busy,
    isAnswerLost: random.next() < terms.lostAnswers,
  }
}

class RightStore {
  stock: number
  readonly orders: LedgerOrder[] = []
  readonly #terms: StoreTerms
  readonly #orderOfRequest = new Map<string, LedgerOrder>()
  readonly #unitsOfUser = new Map<string, number>()
  /** Stock by the time it became so. */
  readonly #past: { readonly sinceMs: number; readonly stock: number }[]

  constructor(terms: StoreTerms) {
    this.#terms = terms
    this.stock = terms.stock
    this.#past = [{ sinceMs: Number.NEGATIVE_INFINITY, stock: terms.stock }]
  }

  handle(attempt: Attempt, random: Random): Outcome {
    if (attempt.kind === 'read') return { kind: 'shown', stock: this.#show(attempt, random) }
    if (attempt.isBusy) return { kind: 'refused', code: 'BUSY' }
    const replayed = this.#orderOfRequest.get(attempt.requestId!)
    if (replayed) return { kind: 'sold', orderId: replayed.orderId }
    const units = this.#unitsOfUser.get(attempt.userId!) ?? 0
    if (this.#terms.limit !== null && units + attempt.quantity > this.#terms.limit) return { kind: 'limitReached' }
    if (this.stock < attempt.quantity) return { kind: 'soldOut' }
    return { kind: 'sold', orderId: this.#sell(attempt, units).orderId }
  }

  #sell({ requestId, userId, quantity, effectMs }: Attempt, unitsBefore: number): LedgerOrder {
    this.stock -= quantity
    this.#past.push({ sinceMs: effectMs, stock: this.stock })
    this.#unitsOfUser.set(userId!, unitsBefore + quantity)
    const order = { orderId: `o${this.orders.length}`, requestId, userId, quantity, durable: true }
    this.#orderOfRequest.set(requestId!, order)
    this.orders.push(order)
    return order
  }

  /** As old as the promise allows, at most. */
  #show({ effectMs }: Attempt, random: Random): number {
    const { promise } = this.#terms
    if (promise.kind === 'linearizable') return this.stock
    const ageMs = promise.kind === 'stale' ? random.next() * promise.maxAgeMs : random.next() * DURATION_MS
    return this.#past.findLast(({ sinceMs }) => sinceMs <= effectMs - ageMs)!.stock
  }
}

function operationOf(attempt: Attempt, outcome: Outcome | undefined, seq: number): Operation {
  const { kind, requestId, userId, quantity, sentMs } = attempt
  const answeredMs = attempt.effectMs + attempt.backMs
  const isAnswered = outcome !== undefined && !attempt.isAnswerLost && answeredMs <= sentMs + TIMEOUT_MS
  return {
    seq,
    stepIndex: 0,
    sku: SKU,
    kind,
    userId,
    requestId,
    attempt: attempt.attempt,
    quantity,
    scheduledAtNs: sentMs * NS_PER_MS,
    sentAtNs: sentMs * NS_PER_MS,
    completedAtNs: (isAnswered ? answeredMs : sentMs + TIMEOUT_MS) * NS_PER_MS,
    outcome: isAnswered ? outcome : { kind: 'unknown', code: 'TIMEOUT' },
  }
}
