import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CheckName, CheckResult } from '../core/check.ts'
import type { Operation } from '../core/operation.ts'
import { createRandom } from '../core/random.ts'
import { NS_PER_MS } from '../core/units.ts'
import { createHistoryCourt } from './history-court.ts'
import { createStreamCourt, DISORDER_MS, type StreamFinding, type StreamTerms } from './stream-court.ts'
import { resultOf } from './testing/histories.ts'
import { simulateRightSale } from './testing/right-store.ts'
import { type HistoryShape, smallHistory } from './testing/small-histories.ts'

/** Longer than any request in these histories lasts. */
const TIMEOUT_MS = 7
const TERMS: StreamTerms = {
  initialStock: null,
  perUserLimit: null,
  reads: { kind: 'linearizable' },
  timeoutMs: TIMEOUT_MS,
  clockErrorMs: 0,
  seed: 1,
}

function lineOf({ kind, requestId, userId, quantity, sentAtNs, completedAtNs, outcome }: Operation): string {
  return JSON.stringify({
    op: kind,
    requestId,
    userId,
    ...(kind === 'buy' && { quantity }),
    invokedAt: sentAtNs! / NS_PER_MS,
    completedAt: completedAtNs === null ? null : completedAtNs / NS_PER_MS,
    ...(outcome.kind === 'shown' ? { value: outcome.stock } : { outcome: outcome.kind }),
    ...(outcome.kind === 'sold' && { orderId: outcome.orderId }),
  })
}

function verified(lines: readonly string[], clockErrorMs = 0, terms: Partial<StreamTerms> = {}): CheckResult[] {
  const court = createHistoryCourt({ ...TERMS, ...terms, clockErrorMs, remainingStock: null, hasLedger: false })
  lines.forEach((line, index) => court.historyLine(line, index + 1))
  return court.verdict()
}

/** Time moves with the lines, and at the end on by itself. */
function watched(lines: readonly string[], terms: Partial<StreamTerms> = {}) {
  const court = createStreamCourt({ ...TERMS, ...terms })
  const findings: StreamFinding[] = []
  lines.forEach((line, index) => {
    court.line(line, index + 1)
    court.advance(0)
    findings.push(...court.takeFindings())
  })
  court.advance(TIMEOUT_MS + DISORDER_MS + 1)
  findings.push(...court.takeFindings())
  court.finish()
  findings.push(...court.takeFindings())
  return { court, findings }
}

/** Each a little later than it was completed, but in no order among those within the allowance. */
function asTheyCome(operations: readonly Operation[], seed: number, disorderMs: number): Operation[] {
  const random = createRandom(seed)
  const arrival = ({ completedAtNs }: Operation): number => completedAtNs! / NS_PER_MS + random.next() * disorderMs
  return operations
    .map((operation) => ({ operation, at: arrival(operation) }))
    .sort((a, b) => a.at - b.at)
    .map(({ operation }) => operation)
}

/** Moments of the small histories are ms; apart by so much, the allowance for disorder is a small part of them. */
function stretched(operation: Operation, factor: number): Operation {
  const { sentAtNs, completedAtNs } = operation
  return { ...operation, sentAtNs: sentAtNs! * factor, completedAtNs: completedAtNs! * factor }
}

const hoursOf = fc.record(
  { opensAt: fc.integer({ min: 0, max: 6 }), closesAt: fc.integer({ min: 7, max: 14 }) },
  { requiredKeys: [] },
)

/** Users who come several times, orders that are told twice or to two, requests and users that nobody recorded. */
function disguised(operations: readonly Operation[], seed: number): Operation[] {
  const random = createRandom(seed)
  const userOf = new Map<string, string | null>()
  return operations.map((operation) => {
    if (operation.kind !== 'buy') return operation
    const { requestId } = operation
    if (!userOf.has(requestId!)) userOf.set(requestId!, random.next() < 0.1 ? null : `v${random.below(3)}`)
    const { outcome } = operation
    const orderId =
      random.next() < 0.5 && outcome.kind === 'sold' ? outcome.orderId : [null, 'o-1', 'o-2'][random.below(3)]!
    return {
      ...operation,
      userId: userOf.get(requestId!)!,
      requestId: random.next() < 0.15 ? null : requestId,
      outcome: outcome.kind === 'sold' ? { kind: 'sold', orderId } : outcome,
    }
  })
}

const SHAPES: readonly (readonly [string, HistoryShape])[] = [
  ['nobody asks again after a refusal', { mostQuantity: 1, retriesAfterRefusal: false }],
  ['a refused buyer may ask again', { mostQuantity: 1, retriesAfterRefusal: true }],
  ['several units are bought at once', { mostQuantity: 2, retriesAfterRefusal: true }],
]

describe('what a watch says', () => {
  it.each(SHAPES)('is what verify says of the whole history, where %s', (_, shape) => {
    const found = new Map<CheckName, number>()
    const options = fc.record({
      factor: fc.constantFrom(1, 200),
      seed: fc.integer({ min: 1, max: 1e6 }),
      disguise: fc.boolean(),
      limit: fc.constantFrom(null, 1, 2),
      hours: hoursOf,
      clockErrorMs: fc.constantFrom(0, 1),
      retentionMs: fc.constantFrom(0, 5_000, 1e9),
    })
    fc.assert(
      fc.property(smallHistory(shape), options, ({ stock, operations }, { factor, seed, disguise, ...terms }) => {
        const { limit, hours, clockErrorMs, retentionMs } = terms
        const told = disguise ? disguised(operations, seed) : operations
        const come = asTheyCome(
          told.map((operation) => stretched(operation, factor)),
          seed,
          DISORDER_MS - 1,
        )
        const opening = { op: 'open', stock, perUserLimit: limit, ...times(hours, factor) }
        const lines = [JSON.stringify(opening), ...come.map(lineOf)]
        const whole = verified(lines, clockErrorMs)
        const { court, findings } = watched(lines, { timeoutMs: TIMEOUT_MS * factor, clockErrorMs, retentionMs })
        expect(court.lateOperations).toBe(0)
        for (const { fault, evidence } of findings) {
          found.set(fault.check, (found.get(fault.check) ?? 0) + 1)
          expect(resultOf(whole, fault.check).verdict, `said: ${fault.sentence}`).toBe('fail')
          const { lines: kept, verifies } = evidence()
          expect(verifies).toBe(true)
          expect(resultOf(verified(kept, clockErrorMs), fault.check).verdict).toBe('fail')
        }
        for (const { check, sentence } of court.results().filter(({ verdict }) => verdict === 'fail')) {
          expect(resultOf(whole, check).verdict, `at the end: ${sentence}`).toBe('fail')
        }
      }),
      { numRuns: 800 },
    )
    const expected = ['no-oversell', 'exactly-once', 'per-user-limit', 'never-negative', 'justified-refusals']
    for (const check of [...expected, 'nothing-early', 'linearizable'] as CheckName[]) {
      expect(found.get(check) ?? 0, `found by ${check}`).toBeGreaterThan(5)
    }
  })

  it('is what verify says where sales are opened late, by assumption, or by lines that name none', () => {
    const options = fc.record({
      initialStock: fc.constantFrom(0, 1, 2),
      openings: fc.array(fc.constantFrom('a', 'b', null), { maxLength: 2 }),
      limit: fc.constantFrom(undefined, null, 1),
      seed: fc.integer({ min: 1, max: 1e6 }),
      names: fc.constantFrom(['a', null], ['a', 'b', null], ['a', 'b'], [null]),
      often: fc.constantFrom(0.1, 0.5, 0.9),
    })
    let [wrong, alike] = [0, 0]
    const shape = { mostQuantity: 1, retriesAfterRefusal: false }
    fc.assert(
      fc.property(
        smallHistory(shape),
        options,
        ({ stock, operations }, { openings, limit, seed, names, often, ...terms }) => {
          const random = createRandom(seed)
          const skuOf = (): string | null => (random.next() < often ? names[0]! : names[random.below(names.length)]!)
          const lines = asTheyCome(operations, seed, 0).map((operation) => withSku(lineOf(operation), skuOf()))
          for (const sku of new Set(openings)) {
            const opening = withSku(JSON.stringify({ op: 'open', stock, perUserLimit: limit }), sku)
            lines.splice(random.below(1 + Math.min(lines.length, 3)), 0, opening)
          }
          const { court } = watched(lines, { ...terms, refusalsAreFinal: true })
          const told = court.results().filter(({ verdict }) => verdict === 'fail')
          if (told.length === 0) return
          const whole = verified(lines, 0, terms)
          for (const { check, sku, sentence } of told) {
            // A stock below zero is wrong, of whichever sale it turns out to be.
            const isIt = (result: CheckResult): boolean => result.sku === sku || check === 'never-negative'
            const said = whole.filter((result) => result.check === check && isIt(result))
            expect(
              said.map(({ verdict }) => verdict),
              `${sku}: ${sentence}`,
            ).toContain('fail')
            alike++
          }
          wrong++
        },
      ),
      { numRuns: 2_000 },
    )
    expect(wrong).toBeGreaterThan(100)
    expect(alike).toBeGreaterThan(wrong)
  })

  it('misses no oversell, and with final refusals nothing of the order of events', () => {
    fc.assert(
      fc.property(smallHistory({ mostQuantity: 1, retriesAfterRefusal: false }), ({ stock, operations }) => {
        const lines = [JSON.stringify({ op: 'open', stock }), ...asTheyCome(operations, 1, 0).map(lineOf)]
        const whole = verified(lines)
        const { court } = watched(lines, { refusalsAreFinal: true })
        for (const check of ['no-oversell', 'never-negative', 'justified-refusals', 'linearizable'] as const) {
          if (check === 'justified-refusals' && hasLimitAnswers(operations)) continue
          const isWrong = resultOf(whole, check).verdict === 'fail'
          expect(resultOf(court.results(), check).verdict === 'fail', `by ${check}`).toBe(isWrong)
        }
      }),
      { numRuns: 1_000 },
    )
  })

  it('is no word against a right sale', () => {
    for (let seed = 1; seed <= 60; seed++) {
      const { sale, operations } = simulateRightSale({
        seed,
        stock: 30,
        buys: 100,
        reads: 40,
        users: 40,
        limit: seed % 3 === 0 ? null : 2,
        mostQuantity: seed % 2 === 0 ? 1 : 2,
        promise: { kind: 'linearizable' },
        sellsThrough: false,
        lostRequests: 0.05,
        lostAnswers: 0.1,
        busy: 0.1,
        doubleClicks: 0.1,
        retries: 0.3,
      })
      const opening = { op: 'open', stock: sale.initialStock, perUserLimit: sale.perUserLimit }
      const lines = [JSON.stringify(opening), ...asTheyCome(operations, seed, 0).map(lineOf)]
      const { court, findings } = watched(lines, { timeoutMs: sale.timeoutMs })
      expect(findings.map(({ fault }) => fault.sentence)).toEqual([])
      expect(court.results().filter(({ verdict }) => verdict === 'fail')).toEqual([])
    }
  })
})

function withSku(line: string, sku: string | null): string {
  return sku === null ? line : line.replace('{', `{"sku":"${sku}",`)
}

function times({ opensAt, closesAt }: { opensAt?: number; closesAt?: number }, factor: number) {
  return {
    ...(opensAt !== undefined && { opensAt: opensAt * factor }),
    ...(closesAt !== undefined && { closesAt: closesAt * factor }),
  }
}

function hasLimitAnswers(operations: readonly Operation[]): boolean {
  return operations.some(({ outcome }) => outcome.kind === 'limitReached')
}

describe('the memory of a watch', () => {
  it('is of the open window, and of what was sold', () => {
    const court = createStreamCourt({ ...TERMS, initialStock: 100, timeoutMs: 1_000, retentionMs: 2_000 })
    let [most, mostRemembered] = [0, 0]
    for (let number = 0; number < 60_000; number++) {
      const outcome = number < 100 ? { outcome: 'sold', orderId: `o${number}` } : { outcome: 'soldOut' }
      // A thousand lines a second.
      const line = { op: 'buy', requestId: `r${number}`, userId: 'u', invokedAt: number - 5, completedAt: number }
      court.line(JSON.stringify({ ...line, ...outcome }), number + 1)
      most = Math.max(most, court.windowOperations)
      mostRemembered = Math.max(mostRemembered, court.rememberedBuys)
    }
    expect(court.lateOperations).toBe(0)
    // The timeout, the allowance for disorder, and the lines between two steps.
    expect(most).toBeLessThan(1_000 + DISORDER_MS + 300)
    expect(mostRemembered).toBeLessThan(1_000 + DISORDER_MS + 2_000 + 600)
    const replay = {
      op: 'buy',
      requestId: 'r7',
      invokedAt: 60_000,
      completedAt: 60_001,
      outcome: 'sold',
      orderId: 'o7',
    }
    court.line(JSON.stringify(replay), 60_001)
    expect(court.standings()[0]).toMatchObject({ sold: 100, oversold: 0 })
    court.line(JSON.stringify({ ...replay, orderId: 'o8' }), 60_002)
    court.advance(2_000)
    expect(court.takeFindings().map(({ fault }) => fault.check)).toEqual(['exactly-once'])
  })
})

describe('what would fill the memory of a watch', () => {
  const sold = (number: number, more: object) =>
    JSON.stringify({
      op: 'buy',
      requestId: `r${number}`,
      invokedAt: number,
      completedAt: number,
      outcome: 'sold',
      ...more,
    })

  it('is not kept: lines that are long', () => {
    const court = createStreamCourt({ ...TERMS, initialStock: 39 })
    const userId = 'u'.repeat(1 << 20)
    for (let number = 1; number <= 40; number++) court.line(sold(number, { userId }), number)
    const [finding] = court.takeFindings()
    const { lines, earlierLines, verifies } = finding!.evidence()
    expect(verifies).toBe(true)
    expect(earlierLines).toBe(9)
    expect(lines).toHaveLength(1 + 31)
  })

  it('is not judged: ever more sales that nobody opened', () => {
    const court = createStreamCourt({ ...TERMS, initialStock: 1 })
    for (let number = 0; number < 12_000; number++) court.line(sold(number, { sku: `s${number}` }), number + 1)
    expect(court.standings()).toHaveLength(10_000)
    expect(court.unopenedOperations).toBe(2_000)
    expect(court.results().find(({ sku }) => sku === 's10000')).toMatchObject({
      verdict: 'unknown',
      sentence: expect.stringContaining('that of --initial-stock is assumed for 10,000 sales at most'),
    })
    court.line('{"op":"open","sku":"s11999","stock":1}', 12_001)
    court.line(sold(12_000, { sku: 's11999' }), 12_002)
    expect(court.results().find(({ sku }) => sku === 's11999')).toMatchObject({ verdict: 'unknown' })
  })
})

describe('the clock of a stream', () => {
  const buy = (number: number, invokedAt: number, completedAt: number | null) =>
    JSON.stringify({
      op: 'buy',
      requestId: `r${number}`,
      invokedAt,
      completedAt,
      outcome: completedAt === null ? 'unknown' : 'soldOut',
    })

  it('goes on with operations that were never answered', () => {
    const court = createStreamCourt({ ...TERMS, initialStock: 0, timeoutMs: 1_000 })
    let most = 0
    for (let number = 0; number < 10_000; number++) {
      court.line(buy(number, number, null), number + 1)
      most = Math.max(most, court.windowOperations)
    }
    expect(most).toBeLessThan(1_000 + DISORDER_MS + 300)
  })

  it('is not moved by a few operations of a wrong clock, nor by one that takes too long', () => {
    const court = createStreamCourt({ ...TERMS, initialStock: 0, timeoutMs: 1_000 })
    const hour = 3_600_000
    for (let number = 0; number < 10_000; number++) {
      court.line(number % 10 === 5 ? buy(number, hour, hour + 1) : buy(number, number - 1, number), number + 1)
    }
    court.line(buy(10_001, 10_000, hour), 10_002)
    expect(court.lateOperations).toBe(0)
    expect(court.latestNs).toBe(11_000 * NS_PER_MS)
    expect(court.windowOperations).toBeLessThan(1_000 + 1_000 + 1_000 + DISORDER_MS + 300)
  })

  it('passes over a gap, where all that follows agrees or so much time has gone by', () => {
    const hour = 3_600_000
    const stored = createStreamCourt({ ...TERMS, initialStock: 0, timeoutMs: 1_000 })
    stored.line(buy(0, 0, 1), 1)
    for (let number = 1; number < 16; number++) stored.line(buy(number, hour, hour + 1), number + 1)
    expect(stored.latestNs).toBe(NS_PER_MS)
    stored.line(buy(16, hour, hour + 1), 17)
    expect(stored.latestNs).toBe((hour + 1) * NS_PER_MS)
    const live = createStreamCourt({ ...TERMS, initialStock: 0, timeoutMs: 1_000 })
    live.line(buy(0, 0, 1), 1)
    live.advance(hour)
    live.line(buy(1, hour, hour + 1), 2)
    expect(live.latestNs).toBe((hour + 1) * NS_PER_MS)
  })

  it('refuses what is no time in milliseconds', () => {
    const court = createStreamCourt({ ...TERMS, initialStock: 0 })
    expect(() => court.line(buy(1, 1.7e15, 1.7e15), 1)).toThrow(
      'history line 1: "invokedAt" must be a number of milliseconds',
    )
    expect(court.latestNs).toBe(Number.NEGATIVE_INFINITY)
    expect(court.line(buy(1, 1.7e12, 1.7e12), 2)).not.toBeNull()
  })
})

describe('a stream', () => {
  it('that is not in UTF-8 is refused: ids of several buyers may have become one', () => {
    const court = createStreamCourt({ ...TERMS, initialStock: 1 })
    const invalid = '{"op":"buy","requestId":"\uFFFD","invokedAt":0,"completedAt":1,"outcome":"sold"}'
    expect(() => court.line(invalid, 1)).toThrow('history line 1: is not in UTF-8')
    expect(court.operations).toBe(0)
  })

  const opened = { ...TERMS, initialStock: 1 }
  const line = (invokedAt: number, completedAt: number, outcome: string, more: object = {}) =>
    JSON.stringify({ op: 'buy', invokedAt, completedAt, outcome, ...more })

  it('that brings an operation after its time was judged is unknown, and no longer wrong by the order of events', () => {
    const court = createStreamCourt({ ...opened, refusalsAreFinal: true })
    court.line(line(0, 1, 'soldOut', { requestId: 'r1' }), 1)
    court.advance(TIMEOUT_MS + DISORDER_MS + 10)
    expect(court.takeFindings().map(({ fault }) => fault.check)).toEqual(['justified-refusals', 'linearizable'])
    court.line(line(0, 2, 'sold', { requestId: 'r2' }), 2)
    expect(court.lateOperations).toBe(1)
    expect(resultOf(court.results(), 'linearizable').verdict).toBe('unknown')
    expect(resultOf(court.results(), 'justified-refusals').verdict).toBe('unknown')
    // Answers that contradict earlier ones are looked for in order, too.
    expect(resultOf(court.results(), 'exactly-once').verdict).toBe('unknown')
    expect(resultOf(court.results(), 'no-oversell').verdict).toBe('pass')
  })

  it('may bring two late operations of a buy that was sold before', () => {
    const court = createStreamCourt({ ...TERMS, initialStock: 10, timeoutMs: 1_000, retentionMs: 1_000 })
    const lines = [line(9_999, 10_000, 'sold', { requestId: 'r0' }), line(0, 5, 'sold', { requestId: 'r1' })]
    court.line(lines[0]!, 1)
    court.advance(0)
    court.line(lines[1]!, 2)
    court.line(lines[1]!, 3)
    court.line(line(19_999, 20_000, 'sold', { requestId: 'r2' }), 4)
    court.advance(0)
    expect(court.lateOperations).toBe(2)
    court.line(lines[1]!, 5)
    expect(court.standings()).toMatchObject([{ sold: 3, oversold: 0 }])
  })

  it('that breaks the word that refusals are final is unknown', () => {
    const court = createStreamCourt({ ...opened, refusalsAreFinal: true })
    court.line(line(0, 1, 'refused', { requestId: 'r1' }), 1)
    court.line(line(2, 3, 'sold', { requestId: 'r1' }), 2)
    court.finish()
    expect(resultOf(court.results(), 'linearizable').verdict).toBe('unknown')
  })

  it('without a SKU is of the one sale that was opened by name, and of none where there are two', () => {
    const court = createStreamCourt(TERMS)
    court.line('{"op":"open","sku":"a","stock":1}', 1)
    court.line(line(0, 1, 'sold'), 2)
    expect(court.standings()).toMatchObject([{ sku: 'a', sold: 1 }])
    court.line('{"op":"open","sku":"b","stock":1}', 3)
    expect(() => court.line(line(0, 1, 'sold'), 4)).toThrow('history line 4: names no "sku", and there are 2 sales')
  })

  it('without a SKU is of that one sale with a stock assumed for others, too, whichever line came first', () => {
    const lines = [line(0, 1, 'sold'), '{"op":"open","sku":"a","stock":1}', line(2, 3, 'sold', { sku: 'a' })]
    const orders = [
      [0, 1, 2],
      [1, 0, 2],
      [1, 2, 0],
    ] as const
    for (const order of orders) {
      const court = createStreamCourt({ ...TERMS, initialStock: 100 })
      order.forEach((at, index) => void court.line(lines[at]!, index + 1))
      expect(court.takeFindings()).toMatchObject([{ sku: 'a', fault: { check: 'no-oversell', measured: 1 } }])
      // Of which one, nobody knows any more.
      court.line(line(4, 5, 'sold', { sku: 'b' }), 4)
      expect(court.results().filter(({ verdict }) => verdict === 'fail')).toEqual([])
      expect(court.results().find(({ sku }) => sku === 'a')).toMatchObject({ verdict: 'unknown' })
    }
  })

  it('that opens a sale late, with other terms than were assumed, takes back what rested on these', () => {
    const court = createStreamCourt({ ...TERMS, initialStock: 1, perUserLimit: 1 })
    const sold = (number: number) =>
      line(number, number + 1, 'sold', { sku: 'a', userId: 'u', requestId: `r${number}` })
    court.line(sold(1), 1)
    court.line(sold(2), 2)
    expect(court.takeFindings().map(({ fault }) => fault.check)).toEqual(['per-user-limit', 'no-oversell'])
    court.line('{"op":"open","sku":"a","stock":3,"perUserLimit":null}', 3)
    expect(court.standings()).toMatchObject([{ stock: 3, sold: 2, oversold: 0, faults: [] }])
    expect(resultOf(court.results(), 'no-oversell').verdict).toBe('pass')
    for (const check of ['per-user-limit', 'justified-refusals', 'linearizable'] as const) {
      expect(resultOf(court.results(), check).verdict, `by ${check}`).toBe('unknown')
    }
    for (const number of [4, 5]) court.line(sold(number), number)
    expect(court.takeFindings()).toMatchObject([{ fault: { check: 'no-oversell', measured: 1 } }])
    expect(() => court.line('{"op":"open","sku":"a","stock":3}', 6)).toThrow(
      'history line 6: the sale "a" is open already',
    )
  })

  it('that opens a sale late, as was assumed, changes nothing, and with less than was sold it is oversold', () => {
    for (const [stock, findings] of [
      [2, []],
      [1, ['no-oversell']],
    ] as const) {
      const court = createStreamCourt({ ...TERMS, initialStock: 2 })
      for (const number of [1, 2]) court.line(line(number, number + 1, 'sold', { sku: 'a' }), number)
      court.line(JSON.stringify({ op: 'open', sku: 'a', stock }), 3)
      expect(court.takeFindings().map(({ fault }) => fault.check)).toEqual(findings)
      court.finish()
      expect(resultOf(court.results(), 'linearizable').verdict).toBe(stock === 2 ? 'pass' : 'unknown')
    }
  })

  it('is not right where operations came before its sale was opened, and may begin with a byte order mark', () => {
    for (const sku of ['a', null]) {
      const court = createStreamCourt(TERMS)
      court.line(`\uFEFF${line(0, 1, 'sold', { sku })}`, 1)
      court.line('{"op":"open","sku":"a","stock":1}', 2)
      court.line(line(2, 3, 'sold', { sku: 'a' }), 3)
      court.finish()
      expect(court.results().find((result) => result.sku === 'a')).toMatchObject({
        check: 'no-oversell',
        verdict: 'unknown',
        sentence: 'unknown: 1 operation came before the sale was opened',
      })
    }
  })

  it('of a sale that nobody opened is not judged, and not right', () => {
    const court = createStreamCourt(TERMS)
    court.line(line(0, 1, 'sold', { sku: 'a' }), 1)
    expect(court.unopenedOperations).toBe(1)
    expect(court.results()).toMatchObject([{ sku: 'a', verdict: 'unknown' }])
    expect(() => court.line('{"op":"open","sku":"a","stock":-1}', 2)).toThrow('history line 2')
  })

  it('with nobody told "sold" shows nothing', () => {
    const court = createStreamCourt(opened)
    court.line(line(0, 1, 'refused'), 1)
    court.finish()
    expect(new Set(court.results().map(({ verdict }) => verdict))).toEqual(new Set(['unknown', 'not-checked']))
  })
})
