import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type HistoryColumns, KIND_CODES, NO_BUY, OUTCOME_CODES, OUTCOME_OPEN } from '../core/history.ts'
import type { OutcomeKind } from '../core/operation.ts'
import type { LoadFigures } from '../core/run-record.ts'
import type { Step } from '../core/scenario.ts'
import { loadFigures, measureStep, saturationSentence, type StepMeasurement, wholeFigures } from './step-figures.ts'

/** Times in ms since the start of the step. */
interface Row {
  readonly at: number
  /** null: dropped. */
  readonly sent?: number | null
  /** null: no answer. */
  readonly done?: number | null
  readonly outcome?: OutcomeKind | 'open'
  readonly code?: string
  readonly kind?: 'buy' | 'read'
  readonly status?: number
  readonly attempt?: number
}

const STARTED_AT_NS = 7_000_000_123
const TIMEOUT_MS = 2_000
const STEP: Step = { arrivalRatePerSec: 100, durationMs: 1_000, arrivals: 'uniform' }

function historyOf(rows: readonly Row[]): HistoryColumns {
  const codes = ['', ...new Set(rows.flatMap(({ code }) => (code === undefined ? [] : [code])))]
  const ns = (ms: number | null): number => (ms === null ? Number.NaN : STARTED_AT_NS + ms * 1e6)
  const sentOf = ({ sent, at }: Row): number | null => (sent === undefined ? at : sent)
  const column = <T>(of: (row: Row) => T): T[] => rows.map(of)
  return {
    stepIndex: 0,
    skus: ['step-1'],
    saleIndex: null,
    length: rows.length,
    scheduledAtNs: Float64Array.from(column(({ at }) => ns(at))),
    sentAtNs: Float64Array.from(column((row) => ns(sentOf(row)))),
    completedAtNs: Float64Array.from(column(({ done }) => ns(done ?? null))),
    kind: Uint8Array.from(column(({ kind }) => KIND_CODES.indexOf(kind ?? 'buy'))),
    outcome: Uint8Array.from(
      column(({ outcome }) => (outcome === 'open' ? OUTCOME_OPEN : OUTCOME_CODES.indexOf(outcome ?? 'sold'))),
    ),
    httpStatus: Uint16Array.from(column(({ status }) => status ?? 201)),
    code: Uint16Array.from(column(({ code }) => codes.indexOf(code ?? ''))),
    codes,
    user: new Uint32Array(rows.length),
    buy: Uint32Array.from(rows.map(({ kind }, i) => (kind === 'read' ? NO_BUY : i))),
    attempt: Uint8Array.from(column(({ attempt }) => attempt ?? 1)),
    quantity: new Uint16Array(rows.length).fill(1),
    shownStock: new Int32Array(rows.length),
    requestIdPrefix: 'r-',
    orderId: () => null,
  }
}

const measure = (rows: readonly Row[], step: Partial<Step> = {}): StepMeasurement =>
  measureStep(
    historyOf(rows),
    { step: { ...STEP, ...step }, model: 'open', startedAtNs: STARTED_AT_NS },
    { timeoutMs: TIMEOUT_MS },
  )
const figuresOf = (rows: readonly Row[], step: Partial<Step> = {}): LoadFigures => measure(rows, step).figures

/** `count` arrivals, evenly over a second, each changed by `of`. */
function arrivals(count: number, of: (at: number, i: number) => Partial<Row> = () => ({})): Row[] {
  return Array.from({ length: count }, (_, i) => {
    const at = (i * 1_000) / count
    return { at, done: at + 5, ...of(at, i) }
  })
}

const bound = { sent: null, done: null, outcome: 'dropped', code: 'IN_FLIGHT_BOUND', status: 0 } as const
const busy = { outcome: 'refused', code: 'BUSY', status: 503 } as const
const timedOut = (at: number) => ({ done: at + TIMEOUT_MS, outcome: 'unknown', code: 'TIMEOUT', status: 0 }) as const

describe('the load of a step', () => {
  it('that all was answered is achieved whole', () => {
    expect(figuresOf(arrivals(100))).toMatchObject({
      offeredRatePerSec: 100,
      achievedRatePerSec: 100,
      durationMs: 1_000,
      arrivals: 100,
      sent: 100,
      completed: 100,
      dropped: 0,
      errorRate: 0,
      errorCodes: {},
      saturated: false,
      onTimeShare: 1,
    })
  })

  it.each([5, 10, 20, 1_000])('of %i arrivals is achieved whole however long the answers take', (count) => {
    for (const done of [0.01, 3, 40, 700, 1_900]) {
      const figures = figuresOf(
        arrivals(count, (at) => ({ done: at + done })),
        { arrivalRatePerSec: count },
      )
      expect(figures.achievedRatePerSec).toBe(count)
    }
  })

  it('counts what was answered within the step’s length, one median response time after its start', () => {
    // Served one at a time, 21 ms each: the queue grows, and half of the answers come when the step is over.
    const queued = figuresOf(arrivals(100, (_, i) => ({ done: i * 21 + 10 })))
    // The median response is 549 ms; with one gap of 10 ms at either end the window is 539 to 1,559 ms: answers 26 to 73.
    expect(queued.achievedRatePerSec).toBe(48)
    expect(queued.completed).toBe(100)
    // Nothing was dropped, busy or timed out: the threshold on achieved load speaks, not the word "saturated".
    expect(queued.saturated).toBe(false)
  })

  it('that comes all at once is achieved whole, those answers too that are faster than the median', () => {
    // 100 arrivals within 10 ms; every other one is answered before the median response time has passed.
    const crowd = Array.from({ length: 100 }, (_, i) => ({ at: i / 10, done: i / 10 + (i % 2 === 0 ? 2 : 400) }))
    const spike = { kind: 'spike', decayMs: 3 } as const
    expect(figuresOf(crowd, { shape: spike })).toMatchObject({ achievedRatePerSec: 100, saturated: false })
    const late = crowd.map(({ at }, i) => ({ at, done: at + (i < 90 ? 2 : 1_100) }))
    expect(figuresOf(late, { shape: spike }).achievedRatePerSec).toBe(90)
  })

  it('tells outcomes, errors and their codes apart', () => {
    const rows: Row[] = [
      { at: 0, done: 1 },
      { at: 1, done: 2, outcome: 'soldOut', status: 409 },
      { at: 2, done: 3, outcome: 'limitReached', status: 409 },
      { at: 3, done: 4, outcome: 'shown', kind: 'read', status: 200 },
      { at: 4, done: 5, ...busy },
      { at: 5, ...timedOut(5) },
      { at: 6, done: null, outcome: 'open', status: 0 },
      { at: 7, ...bound },
      { at: 8, ...busy, done: 9 },
    ]
    const figures = figuresOf(rows)
    expect(figures.outcomes).toEqual({
      sold: 1,
      soldOut: 1,
      limitReached: 1,
      refused: 2,
      shown: 1,
      unknown: 2,
      dropped: 1,
    })
    expect(figures).toMatchObject({ arrivals: 9, sent: 8, completed: 4, dropped: 1 })
    expect(figures.errorRate).toBeCloseTo(5 / 9, 12)
    expect(figures.errorCodes).toEqual({ BUSY: 2, TIMEOUT: 1, NO_ANSWER: 1, IN_FLIGHT_BOUND: 1 })
    expect(Object.keys(figures.errorCodes)[0]).toBe('BUSY')
  })

  it('is nothing without arrivals', () => {
    expect(figuresOf([])).toMatchObject({
      offeredRatePerSec: 0,
      achievedRatePerSec: 0,
      arrivals: 0,
      errorRate: 0,
      saturated: false,
      onTimeShare: 1,
      responseMs: { count: 0, mean: null, p50: null, p99: null, max: null },
      beforeSellOut: null,
      afterSellOut: null,
    })
  })
})

describe('a target is saturated', () => {
  it.each<[string, (at: number, i: number) => Partial<Row>]>([
    ['dropped at the bound', () => bound],
    ['told that the target is busy', () => busy],
    ['timed out', (at) => timedOut(at)],
    ['timed out in the target', () => ({ outcome: 'unknown', code: 'TIMEOUT', status: 503 })],
  ])('when more than one in a hundred were %s', (_, error) => {
    const share = (count: number) =>
      figuresOf(
        arrivals(1_000, (at, i) => (i % 50 < 1 && i / 50 < count ? error(at, i) : {})),
        { arrivalRatePerSec: 1_000 },
      )
    expect(share(10)).toMatchObject({ saturated: false, achievedRatePerSec: 990 })
    expect(share(11)).toMatchObject({ saturated: true, achievedRatePerSec: 989 })
  })

  it('though it answers nearly everything within a millisecond, if most answers are BUSY', () => {
    const figures = figuresOf(
      arrivals(1_000, (at, i) => ({ done: at + 1, ...(i % 5 === 0 ? {} : busy) })),
      {
        arrivalRatePerSec: 1_000,
      },
    )
    expect(figures.saturated).toBe(true)
    expect(saturationSentence(figures)).toBe('target saturated at 200/s of 1,000/s')
  })

  it('and not merely broken, when most errors have another reason', () => {
    const broken = (i: number): Partial<Row> =>
      i % 10 < 3 ? { outcome: 'unknown', code: 'INTERNAL', status: 500 } : {}
    const oneBusy = arrivals(1_000, (_, i) => (i === 5 ? busy : broken(i)))
    expect(figuresOf(oneBusy, { arrivalRatePerSec: 1_000 }).saturated).toBe(false)
  })

  it('and the run not merely stopped', () => {
    const stopped = arrivals(100, (_, i) => (i >= 50 ? { ...bound, code: 'INTERRUPTED' } : {}))
    expect(figuresOf(stopped)).toMatchObject({ saturated: false, onTimeShare: 0.5 })
  })
})

describe('times', () => {
  it('count from the planned moment (response) and from the sending (service)', () => {
    const figures = figuresOf([{ at: 0, sent: 30, done: 50 }])
    expect(figures.responseMs).toMatchObject({ count: 1, mean: 50, p50: 50, p999: 50, max: 50 })
    expect(figures.serviceMs).toMatchObject({ count: 1, mean: 20, p99: 20 })
    expect(figures.sendLatenessMs).toMatchObject({ count: 1, mean: 30, p99: 30 })
  })

  it('of a request without an answer are the time-out or more', () => {
    const response = (row: Partial<Row>) => figuresOf([{ at: 0, done: 3, ...row }]).responseMs.max
    expect(response({ outcome: 'unknown', code: 'ECONNRESET', status: 0 })).toBe(2_000)
    expect(response({ outcome: 'refused', code: 'ECONNREFUSED', status: 0 })).toBe(2_000)
    expect(response({ outcome: 'open', done: null })).toBe(2_000)
    expect(response({ outcome: 'unknown', code: 'TIMEOUT', status: 0, done: 2_040 })).toBe(2_040)
    // A 503 is an answer, whatever it says.
    expect(response({ outcome: 'unknown', code: 'INTERNAL', status: 500 })).toBe(3)
  })

  it('are those of what was sent: a drop has none', () => {
    expect(
      figuresOf([
        { at: 0, done: 5 },
        { at: 1, ...bound },
      ]).responseMs.count,
    ).toBe(1)
  })

  it('have the quantiles of nearest rank, at most 0.1 % too long and never too short', () => {
    const delays = fc.array(fc.double({ min: 0.001, max: 5_000, noNaN: true }), { minLength: 1, maxLength: 300 })
    fc.assert(
      fc.property(delays, (delays) => {
        const { responseMs } = figuresOf(delays.map((delay) => ({ at: 0, done: delay })))
        const sorted = delays.map((delay) => Math.round(delay * 1_000) / 1_000).toSorted((a, b) => a - b)
        for (const [q, measured] of [
          [0.5, responseMs.p50],
          [0.9, responseMs.p90],
          [0.95, responseMs.p95],
          [0.99, responseMs.p99],
          [0.999, responseMs.p999],
        ] as const) {
          const exact = sorted[Math.ceil(q * sorted.length - 1e-9) - 1]!
          expect(measured).toBeGreaterThanOrEqual(exact - 0.001)
          expect(measured).toBeLessThanOrEqual(exact * 1.001 + 0.001)
        }
        expect(responseMs.max).toBeCloseTo(Math.max(...delays), 5)
        expect(responseMs.mean).toBeCloseTo(delays.reduce((sum, delay) => sum + delay, 0) / delays.length, 5)
      }),
      { seed: 20_261_121, numRuns: 100 },
    )
  })

  it('are told by outcome', () => {
    const figures = figuresOf([
      { at: 0, done: 10 },
      { at: 1, done: 31, outcome: 'soldOut' },
      { at: 2, done: 4, outcome: 'soldOut' },
    ])
    expect(figures.responseMsByOutcome).toMatchObject({ sold: { count: 1, max: 10 }, soldOut: { count: 2, max: 30 } })
    expect(Object.keys(figures.responseMsByOutcome)).toHaveLength(2)
  })
})

describe('the sell-out', () => {
  it('parts the step at the first answer "sold out"', () => {
    const rows = arrivals(100, (at, i) =>
      i < 40 ? { done: at + 20 } : { done: at + 2, outcome: 'soldOut', status: 409 },
    )
    const { beforeSellOut, afterSellOut } = figuresOf(rows)
    // The first such answer comes at 402 ms: one more arrival is before it.
    expect(beforeSellOut).toMatchObject({ arrivals: 41, responseMs: { count: 41, max: 20 } })
    expect(afterSellOut).toMatchObject({ arrivals: 59, responseMs: { count: 59 } })
    expect(afterSellOut!.responseMs.max).toBeCloseTo(2, 6)
    // Answered before 402 ms: those that arrived up to 380 ms.
    expect(beforeSellOut!.achievedRatePerSec).toBeCloseTo(39 / 0.402, 6)
    expect(afterSellOut!.achievedRatePerSec).toBeGreaterThan(95)
  })

  it('is none where nobody was told so', () => {
    expect(figuresOf(arrivals(10))).toMatchObject({ beforeSellOut: null, afterSellOut: null })
  })
})

describe('arrivals on time', () => {
  it('were sent within 50 ms of their moment, or dropped at the bound', () => {
    const share = (sent: number) =>
      figuresOf([
        { at: 0, sent, done: 90 },
        { at: 1, ...bound },
      ]).onTimeShare
    expect(share(50)).toBe(1)
    expect(share(50.1)).toBe(0.5)
  })

  it('don’t have a lateness when they were sent a moment early', () => {
    expect(figuresOf([{ at: 1, sent: 0.9, done: 3 }]).sendLatenessMs).toMatchObject({ mean: 0, max: 0 })
  })
})

describe('the figures of a stored step', () => {
  it('are those of the live one', () => {
    const rows = arrivals(50, (_, i) => (i % 7 === 0 ? busy : {}))
    const options = [{ step: STEP, model: 'open', startedAtNs: STARTED_AT_NS }, { timeoutMs: TIMEOUT_MS }] as const
    expect(loadFigures(historyOf(rows), ...options)).toEqual(measure(rows).figures)
  })
})

describe('a step of the closed model', () => {
  const closed = (rows: readonly Row[], step: Partial<Step> = {}): StepMeasurement =>
    measureStep(
      historyOf(rows),
      { step: { ...STEP, ...step }, model: 'closed', startedAtNs: STARTED_AT_NS },
      { timeoutMs: TIMEOUT_MS },
    )

  it('achieved what was answered until its last answer, and was offered nothing', () => {
    expect(
      closed(arrivals(50).map((row) => ({ ...row, at: row.at / 2, done: row.at / 2 + 10 }))).figures,
    ).toMatchObject({
      offeredRatePerSec: null,
      achievedRatePerSec: 50_000 / 500,
      durationMs: 500,
      arrivals: 50,
    })
  })

  it('counts what is in flight when its time is over to nobody', () => {
    const { figures } = closed([
      { at: 0, done: 400 },
      { at: 400, done: 900 },
      { at: 900, done: 1_300 },
    ])
    expect(figures).toMatchObject({ durationMs: 1_000, achievedRatePerSec: 2, completed: 3 })
  })

  it('lasted while it waited in vain', () => {
    const { figures } = closed(
      [
        { at: 0, done: 100 },
        { at: 100, ...timedOut(100) },
      ],
      { durationMs: 5_000 },
    )
    expect(figures).toMatchObject({ durationMs: 2_100, achievedRatePerSec: 1_000 / 2_100, errorRate: 0.5 })
  })

  it('is never saturated and never late', () => {
    const rows = arrivals(100, (_, i) => (i % 2 === 0 ? busy : {}))
    expect(figuresOf(rows).saturated).toBe(true)
    expect(closed(rows).figures).toMatchObject({ saturated: false, onTimeShare: 1, sendLatenessMs: { max: 0 } })
  })

  it('without a request has no rate, and is no error', () => {
    expect(closed([]).figures).toMatchObject({ durationMs: 0, achievedRatePerSec: 0, offeredRatePerSec: null })
  })

  it('counts together with others over the time that each took', () => {
    const short = closed([{ at: 0, done: 250 }])
    const whole = wholeFigures([
      short,
      closed([
        { at: 0, done: 750 },
        { at: 0, done: 750 },
      ]),
    ])
    expect(whole).toMatchObject({ offeredRatePerSec: null, durationMs: 1_000, arrivals: 3 })
    expect(whole.achievedRatePerSec).toBeCloseTo(3, 9)
  })
})

describe('several steps together', () => {
  const calm = measure(arrivals(100))
  const rough = measure(
    arrivals(300, (at, i) => (i % 3 === 0 ? busy : { done: at + 25 })),
    { arrivalRatePerSec: 300 },
  )

  it('add their counts, and rate them over the time of all', () => {
    const whole = wholeFigures([calm, rough])
    expect(whole).toMatchObject({
      durationMs: 2_000,
      arrivals: 400,
      sent: 400,
      completed: 300,
      offeredRatePerSec: 200,
      errorRate: 0.25,
      errorCodes: { BUSY: 100 },
      saturated: true,
      onTimeShare: 1,
    })
    expect(whole.achievedRatePerSec).toBeCloseTo((100 + rough.figures.achievedRatePerSec) / 2, 9)
    expect(whole.outcomes).toMatchObject({ sold: 300, refused: 100 })
  })

  it('have the quantiles of all samples, which are no mean of quantiles', () => {
    const whole = wholeFigures([calm, rough])
    expect(whole.responseMs.count).toBe(400)
    expect(whole.responseMs.p50).toBeCloseTo(5, 1)
    expect(whole.responseMs.p90).toBeCloseTo(25, 1)
    expect(whole.responseMs.mean).toBeCloseTo((200 * 5 + 200 * 25) / 400, 6)
  })

  it('of one step are that step’s', () => {
    const { beforeSellOut: _, afterSellOut: __, responseMsByOutcome: ___, ...one } = calm.figures
    expect(wholeFigures([calm])).toMatchObject(one)
  })

  it('are nothing without a step', () => {
    expect(wholeFigures([])).toMatchObject({ arrivals: 0, durationMs: 0, achievedRatePerSec: 0, onTimeShare: 1 })
  })
})

describe('retries', () => {
  const first = arrivals(100, (_, i) => (i < 50 ? { outcome: 'refused', code: 'BUSY', status: 503 } : {}))
  const retry = (at: number, outcome: OutcomeKind): Row => ({ at, done: at + 500, outcome, attempt: 2 })
  const retries = [retry(100, 'sold'), retry(200, 'unknown'), { ...retry(300, 'dropped'), sent: null, done: null }]

  it('are counted by themselves, and change no other figure', () => {
    const { retries: counted, ...figures } = figuresOf([...first, ...retries])
    const { retries: none, ...without } = figuresOf(first)
    expect(figures).toEqual(without)
    expect(counted).toMatchObject({ made: 3, outcomes: { sold: 1, unknown: 1, dropped: 1, refused: 0 } })
    expect(none.made).toBe(0)
  })

  it('of several steps are added up', () => {
    const whole = wholeFigures([measure([...first, ...retries]), measure([...first, retries[0]!])])
    expect(whole.retries).toMatchObject({ made: 4, outcomes: { sold: 2 } })
    expect(whole.arrivals).toBe(200)
  })
})

describe('"not open"', () => {
  const early = (code: string): LoadFigures =>
    figuresOf(arrivals(100, (_, i) => (i < 30 ? { outcome: 'refused', code, status: 409 } : {})))

  it('is an answer: achieved, completed, and no error, though refused', () => {
    const { achievedRatePerSec, completed, errorRate, outcomes, errorCodes } = early('NOT_OPEN')
    expect([achievedRatePerSec, completed, errorRate]).toEqual([100, 100, 0])
    expect(outcomes.refused).toBe(30)
    expect(errorCodes).toEqual({ NOT_OPEN: 30 })
  })

  it('is the only refusal that is', () => {
    const { achievedRatePerSec, completed, errorRate } = early('SALE_CLOSED')
    expect([achievedRatePerSec, completed, errorRate]).toEqual([70, 70, 0.3])
  })
})
