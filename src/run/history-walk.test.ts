import { describe, expect, it } from 'vitest'
import { HistoryWalk } from './history-walk.ts'
import { MS, runningStep } from './testing/running-step.ts'

describe('a walk over a running history', () => {
  it('meets each row once, when it is due and settled, in whatever order they settle', () => {
    const { history, at, send, answer } = runningStep(4)
    const walk = new HistoryWalk(history)
    for (const row of [0, 1, 2]) send(row, row * 10)
    answer(1, 'sold', 12)
    at(25)
    expect(walk.look()).toEqual({ nowNs: 25 * MS, settled: [1], oldestOpenNs: 0, openFirstAttempts: 2 })
    answer(0, 'sold', 26)
    answer(2, 'soldOut', 27)
    at(28)
    expect(walk.look().settled).toEqual([0, 2])
    expect(walk.look().settled).toEqual([])
  })

  it('leaves what is not due yet, even where its row is settled already', () => {
    const { history, at, answer } = runningStep(2)
    const walk = new HistoryWalk(history)
    answer(1, 'dropped', 0, 'IN_FLIGHT_BOUND')
    at(9)
    expect(walk.look().settled).toEqual([])
    at(10)
    expect(walk.look().settled).toEqual([1])
  })

  it('meets retries, which are no arrivals of the plan', () => {
    const { history, at, send, answer, retry } = runningStep(1)
    const walk = new HistoryWalk(history)
    send(0, 0)
    answer(0, 'refused', 5, 'BUSY')
    const again = retry(0)
    send(again, 8)
    at(9)
    expect(walk.look()).toMatchObject({ settled: [0], openFirstAttempts: 0, oldestOpenNs: 8 * MS })
    answer(again, 'sold', 12)
    expect(walk.look().settled).toEqual([again])
  })

  it('ends with what was sent and never answered, and without what nobody came to', () => {
    const { history, at, send, answer } = runningStep(3)
    const walk = new HistoryWalk(history)
    send(0, 0)
    send(1, 10)
    answer(0, 'sold', 5)
    at(12)
    walk.look()
    expect(walk.last()).toEqual([1])
  })
})
