import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CHECK_NAMES, IMPLIES } from '../core/check.ts'
import type { CheckResult, CheckVerdict } from '../core/check.ts'
import type { LedgerOrder, LedgerSnapshot } from '../core/ledger.ts'
import { createRandom, type Random } from '../core/random.ts'
import { NS_PER_MS } from '../core/units.ts'
import { createHistoryCourt } from './history-court.ts'
import { judgeSale } from './judge.ts'
import { failedChecks } from './testing/histories.ts'
import { PLANTED_FAULTS } from './testing/planted-faults.ts'
import { type RightHistory, simulateRightSale, type StoreTerms } from './testing/right-store.ts'

function judge({ sale, operations, ledger }: RightHistory, other?: LedgerSnapshot | null): CheckResult[] {
  return judgeSale(sale, operations, other === undefined ? ledger : other, { saturated: false })
}

function verdicts(results: readonly CheckResult[]): Record<string, CheckVerdict> {
  return Object.fromEntries(results.map(({ check, verdict }) => [check, verdict]))
}

/** Sales of every kind that the scenarios have, and harsher networks. */
function storeTerms(seed: number): StoreTerms {
  const random = createRandom(seed, 1)
  const isLossy = random.next() < 0.5
  const share = (most: number): number => (random.next() < 0.5 ? 0 : random.next() * most)
  return {
    seed,
    stock: 1 + random.below(80),
    buys: 20 + random.below(80),
    reads: random.below(40),
    users: 5 + random.below(100),
    limit: random.next() < 0.5 ? null : 1 + random.below(4),
    mostQuantity: random.next() < 0.6 ? 1 : 3,
    promise: ([{ kind: 'linearizable' }, { kind: 'stale', maxAgeMs: 150 }, { kind: 'advisory' }] as const)[
      random.below(3)
    ]!,
    sellsThrough: !isLossy,
    lostRequests: isLossy ? share(0.3) : 0,
    lostAnswers: share(0.3),
    busy: isLossy ? share(0.3) : 0,
    doubleClicks: share(0.5),
    retries: share(0.5),
  }
}

const SEEDS = Array.from({ length: 1_000 }, (_, i) => i + 1)

describe('a thousand right sales', () => {
  it('raise no alarm, and leave nothing undecided when the ledger is known', () => {
    for (const seed of SEEDS) {
      const undue = judge(simulateRightSale(storeTerms(seed))).filter(
        ({ verdict }) => verdict === 'fail' || verdict === 'unknown',
      )
      expect(undue, `seed ${seed}`).toEqual([])
    }
  })

  it.each<[string, (ledger: LedgerSnapshot) => LedgerSnapshot | null]>([
    ['without a ledger', () => null],
    ['with a ledger read too early', early],
    ['with a ledger that holds no request ids', (ledger) => withoutRequestIds(ledger, true)],
    [
      'with a ledger that holds neither request ids nor the order ids of the answers',
      (ledger) => withoutRequestIds(ledger, false),
    ],
    ['with a ledger that holds no users', (ledger) => withoutUsers(ledger)],
  ])('raise no alarm %s', (_, change) => {
    for (const seed of SEEDS.slice(0, 400)) {
      const right = simulateRightSale(storeTerms(seed))
      expect(failedChecks(judge(right, change(right.ledger))), `seed ${seed}`).toEqual([])
    }
  })

  it('raise no alarm when history and ledger have ids of different kinds', () => {
    for (const seed of SEEDS.slice(0, 300)) {
      const right = simulateRightSale(storeTerms(seed))
      const otherKind = (order: LedgerOrder, i: number): Partial<LedgerOrder> => ({
        ...(seed % 3 !== 0 && { orderId: `row ${i}` }),
        ...(seed % 3 !== 1 && { userId: `the user ${order.userId}` }),
      })
      const orders = right.ledger.orders.map((order, i) => ({ ...order, ...otherKind(order, i) }))
      const sale = { ...right.sale, idsMayDiffer: ['user', 'order id'] as const }
      const ledger = { ...right.ledger, orders }
      expect(failedChecks(judge({ ...right, sale, ledger })), `seed ${seed}`).toEqual([])
    }
  })

  it('raise no alarm when nobody recorded how many units were asked for', () => {
    for (const seed of SEEDS.slice(0, 300)) {
      const right = simulateRightSale({ ...storeTerms(seed), mostQuantity: 3, stock: 500, limit: null })
      const operations = right.operations.map((one) => (one.kind === 'buy' ? { ...one, quantity: 1 } : one))
      const sale = { ...right.sale, quantitiesKnown: false, promise: { ...ADVISORY, sellsThrough: false } }
      expect(failedChecks(judge({ ...right, sale, operations })), `seed ${seed}`).toEqual([])
    }
  })

  it('raise no alarm as files, whatever they leave out', () => {
    for (const seed of SEEDS.slice(0, 400)) {
      const random = createRandom(seed, 4)
      const [notInHistory, notInLedger] = [leaveOut(random, HISTORY_KEYS), leaveOut(random, LEDGER_KEYS)]
      // An attempt without a request id can't be told from a buy of its own.
      const onlyOnce = notInHistory.has('requestId') ? { doubleClicks: 0, retries: 0 } : {}
      const right = simulateRightSale({ ...storeTerms(seed), ...onlyOnce })
      expect(failedChecks(judgeFiles(right, notInHistory, notInLedger)), `seed ${seed}`).toEqual([])
    }
  })

  it('raise no alarm when clocks differ by no more than is said', () => {
    for (const seed of SEEDS.slice(0, 300)) {
      const right = simulateRightSale(storeTerms(seed))
      const random = createRandom(seed, 2)
      const operations = right.operations.map((operation) => {
        const offNs = (random.next() * 2 - 1) * 30_000_000
        const { sentAtNs, completedAtNs } = operation
        return { ...operation, sentAtNs: sentAtNs! + offNs, completedAtNs: completedAtNs! + offNs }
      })
      const sale = { ...right.sale, clockErrorMs: 30 }
      expect(failedChecks(judge({ ...right, sale, operations })), `seed ${seed}`).toEqual([])
    }
  })

  it('are judged alike in any order of their operations', () => {
    for (const seed of SEEDS.slice(0, 100)) {
      const right = simulateRightSale(storeTerms(seed))
      const random = createRandom(seed, 3)
      const shuffled = [...right.operations]
        .map((operation) => ({ operation, key: random.next() }))
        .sort((a, b) => a.key - b.key)
        .map(({ operation }) => operation)
      const sentences = (results: readonly CheckResult[]) => results.map(({ sentence }) => sentence)
      expect(sentences(judge({ ...right, operations: shuffled })), `seed ${seed}`).toEqual(sentences(judge(right)))
    }
  })
})

/** As it was before the last orders were written. */
function early(ledger: LedgerSnapshot): LedgerSnapshot {
  const orders = ledger.orders.slice(0, Math.floor(ledger.orders.length / 2))
  return { ...ledger, orders, settled: false }
}

const ADVISORY = { reads: { kind: 'advisory' } } as const
const HISTORY_KEYS = ['requestId', 'userId', 'orderId']
const LEDGER_KEYS = ['requestId', 'userId', 'quantity']

/** Keys that a file doesn't have: each in half of them. */
function leaveOut(random: Random, keys: readonly string[]): ReadonlySet<string> {
  return new Set(keys.filter(() => random.next() < 0.5))
}

/** The same sale as two files. */
function judgeFiles(
  { sale, operations, ledger }: RightHistory,
  notInHistory: ReadonlySet<string>,
  notInLedger: ReadonlySet<string>,
): CheckResult[] {
  const court = createHistoryCourt({
    initialStock: sale.initialStock,
    perUserLimit: sale.perUserLimit,
    remainingStock: ledger.remainingStock,
    hasLedger: true,
    reads: sale.promise.reads,
    clockErrorMs: 0,
  })
  const lineOf = (object: Record<string, unknown>, leftOut: ReadonlySet<string>): string =>
    JSON.stringify(Object.fromEntries(Object.entries(object).filter(([key]) => !leftOut.has(key))))
  operations.forEach((operation, i) => {
    const { outcome } = operation
    const line = {
      op: operation.kind,
      ...(operation.kind === 'buy' && { requestId: operation.requestId, userId: operation.userId }),
      quantity: operation.quantity,
      invokedAt: operation.sentAtNs! / NS_PER_MS,
      completedAt: operation.completedAtNs! / NS_PER_MS,
      outcome: outcome.kind,
      ...(outcome.kind === 'sold' && { orderId: outcome.orderId }),
      ...(outcome.kind === 'shown' && { value: outcome.stock }),
    }
    court.historyLine(lineOf(line, notInHistory), i + 1)
  })
  const withoutDurable = new Set([...notInLedger, 'durable'])
  ledger.orders.forEach((order, i) => court.ledgerLine(lineOf({ ...order }, withoutDurable), i + 1))
  return court.verdict()
}

function withoutUsers(ledger: LedgerSnapshot): LedgerSnapshot {
  return { ...ledger, orders: ledger.orders.map((order) => ({ ...order, userId: null })) }
}

function withoutRequestIds(ledger: LedgerSnapshot, keepsOrderIds: boolean): LedgerSnapshot {
  const orders = ledger.orders.map((order, i) => ({
    ...order,
    requestId: null,
    orderId: keepsOrderIds ? order.orderId : `row ${i}`,
  }))
  return { ...ledger, orders }
}

describe('one planted fault', () => {
  it.each(PLANTED_FAULTS.map((fault) => [fault.name, fault] as const))('%s', (_, fault) => {
    const { check } = fault
    for (let seed = 1; seed <= 25; seed++) {
      const results = judge(fault.plant(seed))
      const failed = failedChecks(results)
      expect(failed, `seed ${seed}`).toContain(check)
      const beside = failed.filter((other) => other !== check && !IMPLIES[check]?.includes(other))
      expect(beside, `seed ${seed}`).toEqual([])
      for (const { verdict, sentence, evidence, measured } of results) {
        if (verdict !== 'fail') continue
        expect(measured).not.toBe(0)
        expect(sentence).not.toBe('')
        expect(evidence.length).toBeGreaterThan(0)
        expect(evidence.length).toBeLessThanOrEqual(3)
        expect(Math.max(...evidence.map(({ operations }) => operations.length))).toBeLessThanOrEqual(6)
      }
    }
  })

  it('is planted for every check that can fail', () => {
    const planted = new Set(PLANTED_FAULTS.map(({ check }) => check))
    expect(CHECK_NAMES.filter((check) => !planted.has(check))).toEqual(['fairness'])
  })
})

describe('doubling an attempt', () => {
  it('never changes the verdict on a right sale', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000 }), fc.nat(), (seed, which) => {
        const right = simulateRightSale(storeTerms(seed))
        const doubled = right.operations[which % right.operations.length]!
        const operations = [...right.operations, { ...doubled, seq: right.operations.length }]
        for (const ledger of [right.ledger, null]) {
          expect(verdicts(judge({ ...right, operations }, ledger))).toEqual(verdicts(judge(right, ledger)))
        }
      }),
      { numRuns: 300 },
    )
  })
})
