/** Arbitrary small histories for fast-check: some of anything at all, some that nearly make sense. */
import * as fc from 'fast-check'
import type { LedgerOrder, LedgerSnapshot } from '../../core/ledger.ts'
import type { Operation } from '../../core/operation.ts'
import { buy, ledger, order, read } from './histories.ts'

export interface HistoryShape {
  readonly mostQuantity: number
  /** Whether a request that was definitely refused may be tried again. */
  readonly retriesAfterRefusal: boolean
}

export interface ArbitraryHistory {
  readonly stock: number
  readonly operations: readonly Operation[]
  readonly ledger: LedgerSnapshot | null
}

const LAST_MOMENT = 14

export function smallHistory(shape: HistoryShape): fc.Arbitrary<ArbitraryHistory> {
  return fc.integer({ min: 0, max: 4 }).chain((stock) =>
    fc.record({
      stock: fc.constant(stock),
      operations: fc
        .tuple(fc.array(buys(shape), { minLength: 1, maxLength: 6 }), fc.array(reads(stock), { maxLength: 3 }))
        .map(([buys, reads]) => numbered([...buys.flatMap((attempts, i) => named(attempts, i)), ...reads])),
      ledger: fc.option(ledgers(), { nil: null }),
    }),
  )
}

function numbered(operations: readonly Operation[]): Operation[] {
  return operations.map((operation, seq) => ({ ...operation, seq }))
}

interface Attempt {
  readonly from: number
  readonly lasts: number
  readonly outcome: 'sold' | 'soldOut' | 'limitReached' | 'refused' | 'unknown'
  readonly quantity: number
}

function buys({ mostQuantity, retriesAfterRefusal }: HistoryShape): fc.Arbitrary<readonly Attempt[]> {
  const outcome = fc.constantFrom(
    ...(['sold', 'sold', 'sold', 'soldOut', 'soldOut', 'unknown', 'unknown', 'refused', 'limitReached'] as const),
  )
  const attempt = fc.record({
    from: fc.integer({ min: 0, max: LAST_MOMENT }),
    lasts: fc.integer({ min: 0, max: 6 }),
    outcome,
    quantity: fc.constant(1),
  })
  return fc
    .tuple(fc.array(attempt, { minLength: 1, maxLength: 3 }), fc.integer({ min: 1, max: mostQuantity }))
    .map(([attempts, quantity]) => attempts.map((attempt) => ({ ...attempt, quantity })))
    .filter((attempts) => retriesAfterRefusal || attempts.length === 1 || attempts.every(mayHaveSold))
}

function mayHaveSold({ outcome }: Attempt): boolean {
  return outcome === 'sold' || outcome === 'unknown'
}

function named(attempts: readonly Attempt[], number: number): Operation[] {
  return attempts.map(({ from, lasts, outcome, quantity }) =>
    buy(`r${number}`, from, from + lasts, outcome, { quantity }),
  )
}

function reads(stock: number): fc.Arbitrary<Operation> {
  return fc
    .tuple(
      fc.integer({ min: 0, max: LAST_MOMENT }),
      fc.integer({ min: 0, max: 6 }),
      fc.oneof({ weight: 12, arbitrary: fc.integer({ min: 0, max: stock }) }, fc.constantFrom(-1, stock + 1)),
    )
    .map(([from, lasts, shown]) => read(from, from + lasts, shown))
}

/** Of some of the requests, now and then of one twice, or of a request that nobody sent. */
function ledgers(): fc.Arbitrary<LedgerSnapshot> {
  const few: fc.Arbitrary<readonly LedgerOrder[]> = fc
    .tuple(fc.subarray([0, 1, 2, 3, 4, 5]), fc.constantFrom(null, null, null, 0, 1, 9))
    .map(([numbers, odd]) => {
      const orders = numbers.map((number) => order(`r${number}`))
      return odd === null ? orders : [...orders, order(`r${odd}`, { orderId: 'o-odd' })]
    })
  return fc.tuple(few, fc.boolean()).map(([orders, settled]) => ledger(orders, { settled }))
}
