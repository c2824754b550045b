import { describe, expect, it } from 'vitest'
import { TIME_BOUNDS_SECONDS } from '../core/telemetry.ts'
import { RunTally } from './run-tally.ts'
import { SaleTally } from './sale-tally.ts'
import { runningStep } from './testing/running-step.ts'

const TIMEOUT_MS = 100

function tally() {
  const sales = new SaleTally({ isOneSale: false, answersConvict: true })
  return new RunTally(TIMEOUT_MS, sales)
}

const stepOf = (arrivals: number) => ({
  arrivals,
  sent: arrivals,
  completed: arrivals,
  outcomes: { sold: arrivals, soldOut: 0, limitReached: 0, refused: 0, shown: 0, unknown: 0, dropped: 0 },
})

describe('the tally of a run', () => {
  it('counts outcomes, reasons of drops, and codes of failures, each in its place', () => {
    const { columns, send, answer } = runningStep(5)
    for (const row of [0, 1, 2]) send(row, row * 10)
    answer(0, 'sold', 5)
    answer(1, 'refused', 12, 'BUSY')
    answer(2, 'unknown', 120, 'TIMEOUT')
    answer(3, 'dropped', 30, 'IN_FLIGHT_BOUND')
    const run = tally()
    run.take(columns, [0, 1, 2, 3])
    run.stands({ offered: 5, open: 1, inFlight: 1 })
    expect(run.counts()).toEqual({
      offered: 5,
      sent: 4,
      achieved: 1,
      inFlight: 1,
      dropped: { IN_FLIGHT_BOUND: 1 },
      outcomes: { sold: 1, soldOut: 0, limitReached: 0, refused: 1, shown: 0, unknown: 1, dropped: 1 },
      failures: { BUSY: 1, TIMEOUT: 1 },
    })
  })

  it('counts "not open" as an answer, as the achieved rate does', () => {
    const { columns, send, answer } = runningStep(1)
    send(0, 0)
    answer(0, 'refused', 5, 'NOT_OPEN')
    const run = tally()
    run.take(columns, [0])
    expect(run.counts()).toMatchObject({ achieved: 1, failures: { NOT_OPEN: 1 } })
  })

  it('leaves retries out of every count', () => {
    const { columns, send, answer, retry } = runningStep(1)
    const row = retry(0)
    send(row, 20)
    answer(row, 'sold', 30)
    const run = tally()
    run.take(columns, [row])
    expect(run.counts()).toMatchObject({ sent: 0, achieved: 0, outcomes: { sold: 0 } })
  })

  it('puts a request without an answer at the time-out or beyond, and one with an answer where it was', () => {
    const { columns, send, answer } = runningStep(2)
    send(0, 0)
    send(1, 10)
    answer(0, 'unknown', 1, 'TIMEOUT')
    answer(1, 'sold', 12)
    const run = tally()
    run.take(columns, [0, 1])
    const { responseTime, serviceTime } = run.times()
    expect(bucketsOf(responseTime.unknown!.counts)).toEqual([TIMEOUT_MS / 1000])
    expect(bucketsOf(serviceTime.sold!.counts)).toEqual([0.002])
  })

  it('names codes that nobody foresaw when their names are known, and not before', () => {
    const { columns, send, answer } = runningStep(1)
    send(0, 0)
    answer(0, 'refused', 5)
    const run = tally()
    run.take({ ...columns, code: Uint16Array.of(9), codes: [''] }, [0])
    expect(run.counts().failures).toEqual({})
    run.endOfLoad(['', ...Array<string>(8).fill(''), 'TEAPOT'])
    expect(run.counts().failures).toEqual({ TEAPOT: 1 })
  })

  it('is corrected by the record of a step, upwards alone: whoever takes rates of it sees no fall', () => {
    const { columns, send, answer } = runningStep(2)
    for (const row of [0, 1]) {
      send(row, row * 10)
      answer(row, 'sold', row * 10 + 5)
    }
    const run = tally()
    run.take(columns, [0, 1])
    run.stands({ offered: 2, open: 0, inFlight: 0 })
    run.endOfStep(stepOf(3))
    expect(run.counts()).toMatchObject({ offered: 3, sent: 3, achieved: 3, outcomes: { sold: 3 } })
    run.take(columns, [0, 1])
    run.endOfStep(stepOf(1))
    expect(run.counts()).toMatchObject({ offered: 5, sent: 5, outcomes: { sold: 5 } })
  })
})

function bucketsOf(counts: readonly number[]): number[] {
  return counts.flatMap((count, bucket) => (count > 0 ? [TIME_BOUNDS_SECONDS[bucket] ?? Number.POSITIVE_INFINITY] : []))
}
