/** Small races for tests: an oversale in four steps, a wait for a lock, work in the background, right ones, and what to change. */
import type { CheckName } from '../../core/check.ts'
import type { RaceCall, RacePart, RaceRecord, RaceStep, WrongOrder } from '../../core/race-record.ts'
import type { ServiceTarget } from '../../core/run-record.ts'
import { checkOf, recordOf, strategyTarget } from './records.ts'

const LOOK =
  'SELECT s.remaining, s.version, o.order_id FROM stock s LEFT JOIN orders o ON o.request_id = $1 WHERE s.sku = $2'
const SELL = 'SELECT o_code, o_order FROM sell_absolute($1, $2, $3, $4, $5, $6, $7)'

export const serviceTarget: ServiceTarget = {
  kind: 'service',
  name: 'shop',
  summary: 'a shop',
  url: 'http://127.0.0.1:8080/',
  promise: strategyTarget.promise,
  soldMeans: 'paid',
  shared: false,
  salePerStep: true,
}

export function stepOfRace(event: string, changes: Partial<RaceStep> = {}): RaceStep {
  return {
    event,
    actor: event.replace(/ #\d+( reply)?$/, ''),
    call: null,
    begins: false,
    waits: false,
    released: [],
    answers: [],
    stock: {},
    ...changes,
  }
}

function look(buyer: number): RaceCall {
  return { store: 'postgres', text: LOOK, values: [`r-${buyer}`, 's-1'], result: '1 row: 1, 0, NULL' }
}

function sell(buyer: number): RaceCall {
  const values = [`o-${buyer}`, `r-${buyer}`, `u${buyer}`, 's-1', '1', 'NULL', '0']
  return { store: 'postgres', text: SELL, values, result: `1 row: sold, o-${buyer}` }
}

function told(actor: string): RaceStep['answers'] {
  return [{ actor, outcome: 'sold', words: 'sold' }]
}

/** `naive`: both look before either writes. */
export const racedOrder: WrongOrder = orderOf([
  stepOfRace('buyer 1 #1', { call: look(1), begins: true, stock: { postgres: 1 } }),
  stepOfRace('buyer 2 #1', { call: look(2), begins: true, stock: { postgres: 1 } }),
  stepOfRace('buyer 1 #2', { call: sell(1), answers: told('buyer 1'), stock: { postgres: 0 } }),
  stepOfRace('buyer 2 #2', { call: sell(2), answers: told('buyer 2'), stock: { postgres: 0 } }),
])

const LOCK: RaceCall = {
  store: 'postgres',
  text: 'SELECT remaining FROM stock WHERE sku = $1 FOR UPDATE',
  values: ['s-1'],
  result: '1 row: 1',
}
const commit: RaceCall = { store: 'postgres', text: 'COMMIT', values: [], result: 'COMMIT' }

/** One buyer holds the row, the other waits for it. */
export const lockedOrder: WrongOrder = orderOf([
  stepOfRace('buyer 1 #1', { call: LOCK, begins: true, stock: { postgres: 1 } }),
  stepOfRace('buyer 2 #1', { call: { ...LOCK, result: null }, begins: true, waits: true, stock: { postgres: 1 } }),
  stepOfRace('buyer 1 #2', {
    call: commit,
    released: [{ actor: 'buyer 2', result: '1 row: 1' }],
    answers: told('buyer 1'),
    stock: { postgres: 1 },
  }),
  stepOfRace('buyer 2 #2', { call: commit, answers: told('buyer 2'), stock: { postgres: 1 } }),
])

/** A count in the memory of the server: the second buyer comes before the first one's reply is there. */
export const memoryOrder: WrongOrder = orderOf([
  stepOfRace('buyer 1 #0', { begins: true, stock: { postgres: 1 } }),
  stepOfRace('buyer 2 #0', { begins: true, stock: { postgres: 1 } }),
  stepOfRace('buyer 1 #1', { call: sell(1), stock: { postgres: 0 } }),
  stepOfRace('buyer 2 #1', { call: sell(2), stock: { postgres: 0 } }),
  stepOfRace('buyer 1 #1 reply', {
    reply: { to: 'buyer 1 #1', result: sell(1).result! },
    answers: told('buyer 1'),
    stock: { postgres: 0 },
  }),
  stepOfRace('buyer 2 #1 reply', {
    reply: { to: 'buyer 2 #1', result: sell(2).result! },
    answers: told('buyer 2'),
    stock: { postgres: 0 },
  }),
])

/** `article-literal`: buyers are answered by Redis, and the database follows in the background. */
export const articleOrder: WrongOrder = orderOf(
  [
    stepOfRace('buyer 1 #1', {
      call: { store: 'redis', text: 'EVALSHA deduct 4 requests stock\nHSET request', values: [], result: '1' },
      begins: true,
      answers: told('buyer 1'),
      stock: { redis: 0, postgres: 1 },
    }),
    stepOfRace('background #1', {
      call: { store: 'redis', text: 'DEL stock:s-1', values: [], result: '1' },
      stock: { redis: null, postgres: 1 },
    }),
    stepOfRace('buyer 2 #1', {
      call: { store: 'redis', text: 'SET stock:s-1 1 NX', values: [], result: 'OK' },
      begins: true,
      answers: told('buyer 2'),
      stock: { redis: 1, postgres: 1 },
    }),
    stepOfRace('background #2', { call: sell(1), stock: { redis: 1, postgres: 0 } }),
  ],
  'acknowledged-kept',
  'ORDERS LOST: 1 of 2 buyers who were told "sold" has no order',
)

/** The server dies when the unit is taken, and its buyer is never told. */
export const crashedOrder: WrongOrder = {
  ...orderOf(
    [
      stepOfRace('buyer 1 #1', { call: look(1), begins: true, stock: { postgres: 1 } }),
      stepOfRace('buyer 1 #2', {
        call: { ...sell(1), result: null },
        note: 'the server is killed',
        stock: { postgres: 0 },
      }),
      stepOfRace('restart', { actor: 'background', note: 'the server is started again', stock: { postgres: 0 } }),
    ],
    'conservation',
    'UNITS ASTRAY: 0 orders and 0 units left do not add up to 1',
  ),
  crash: { at: 1, kind: 'after' },
}

function orderOf(
  steps: readonly RaceStep[],
  check: CheckName = 'no-oversell',
  sentence = 'OVERSOLD by 1: 2 orders of 1 unit; both buyers saw the last unit before either took it',
): WrongOrder {
  return {
    order: steps.map(({ event }) => event),
    calls: steps.map(({ call }) => call?.text ?? ''),
    preemptions: 1,
    steps,
    checks: [checkOf(check, { verdict: 'fail', measured: 1, sentence: sentence.toLowerCase() })],
    sentence,
    replays: { tried: 5, same: 5 },
  }
}

/** All six orders of two buyers were tried, and were right; `changes` replaces members. */
export function partOf(changes: Partial<RacePart> = {}): RacePart {
  return {
    stock: 1,
    tried: 6,
    wrong: 0,
    pruned: 0,
    coverage: 'complete',
    elapsedMs: 812,
    longest: 4,
    ends: [{ sentence: '1 sold, 1 soldOut; 1 order, 0 left', failed: [], orders: 6 }],
    shortest: null,
    nondeterminism: null,
    crashes: [],
    ...changes,
  }
}

/** A part in which two of six orders end as `shortest` does. */
export function wrongPartOf(shortest: WrongOrder, changes: Partial<RacePart> = {}): RacePart {
  return partOf({
    wrong: 2,
    shortest,
    ends: [
      { sentence: '1 sold, 1 soldOut; 1 order, 0 left', failed: [], orders: 4 },
      { sentence: '2 sold; 2 orders, 0 left', failed: [shortest.checks[0]!.check], orders: 2 },
    ],
    ...changes,
  })
}

export function raceOf(changes: Partial<RaceRecord> = {}): RaceRecord {
  const { environment } = recordOf()
  const parts = changes.parts ?? [partOf()]
  return {
    schema: 'doorbuster.race/1',
    raceId: 'r1',
    status: 'complete',
    startedAt: '2026-03-14T15:09:26.000Z',
    finishedAt: '2026-03-14T15:09:27.000Z',
    target: { ...strategyTarget, strategy: 'naive' },
    terms: {
      buyers: 2,
      stocks: parts.map(({ stock }) => stock),
      crowd: 'strangers',
      perUserLimit: null,
      preemptions: null,
      budgetMs: 30_000,
      reduction: 'partial',
      crash: parts.some(({ crashes }) => crashes.length > 0),
      all: false,
    },
    environment,
    parts,
    notes: [],
    verdict: 'passed',
    exitCode: 0,
    ...changes,
  }
}

export const wrongRace: RaceRecord = raceOf({ parts: [wrongPartOf(racedOrder)], verdict: 'wrong', exitCode: 1 })

/** The time was over. */
export const partialRace: RaceRecord = raceOf({
  parts: [partOf({ tried: 8_000, pruned: 120, coverage: 'out-of-budget', elapsedMs: 30_020 })],
  verdict: 'inconclusive',
  exitCode: 4,
})

export const unsteadyRace: RaceRecord = raceOf({
  parts: [
    partOf({
      tried: 3,
      coverage: 'nondeterministic',
      nondeterminism: { step: 3, sentence: 'step 3: expected buyer 1 #2 (UPDATE stock), found nothing of buyer 1' },
    }),
  ],
  verdict: 'inconclusive',
  exitCode: 4,
})

/** Every order is right, and one of three crashes loses an order. */
export const crashRace: RaceRecord = raceOf({
  parts: [
    partOf({
      shortest: crashedOrder,
      crashes: [
        { at: 1, kind: 'before', event: 'buyer 1 #2', call: SELL, failed: [], sentence: 'kept' },
        {
          at: 1,
          kind: 'after',
          event: 'buyer 1 #2',
          call: SELL,
          failed: ['conservation'],
          sentence: 'a unit is gone, and nobody has it',
        },
        { at: 1, kind: 'reply', event: 'buyer 1 #2', call: SELL, failed: [], sentence: 'kept' },
      ],
    }),
  ],
  verdict: 'wrong',
  exitCode: 1,
})
