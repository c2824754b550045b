import { describe, expect, it } from 'vitest'
import type { VisitWork } from '../core/gate-record.ts'
import { changedWork } from './changed-work.ts'

const work = (perRequest: number, name = 'sql: UPDATE stock', requests = 20): VisitWork[] => [
  { kind: 'sold', requests, stores: ['sql', 'redis'], counts: [{ name, perRequest }] },
]
const times = (count: number, of: VisitWork[]): VisitWork[][] => Array.from({ length: count }, () => of)

describe('work an order', () => {
  it('is exact where five visits agree, and changed where all of the candidate agree on another number', () => {
    expect(changedWork(times(5, work(1.5)), times(5, work(1.5)))).toMatchObject({ verdict: 'same', exactCounts: 1 })
    const changed = changedWork(times(5, work(1.5)), times(5, work(1.25)))
    expect(changed).toMatchObject({ verdict: 'changed', notExact: [] })
    expect(changed.changes).toMatchObject([{ sentence: '-0.25 UPDATE stock an order sold (1.5 -> 1.25)' }])
  })

  it('is not exact where one visit differs, of either arm', () => {
    const uneven = [...times(5, work(1)), work(1.05)]
    for (const [baseline, candidate] of [
      [uneven, times(5, work(2))],
      [times(5, work(1)), uneven],
    ] as const) {
      const found = changedWork(baseline, candidate)
      expect(found).toMatchObject({ verdict: null, changes: [], notExact: ['UPDATE stock an order sold'] })
    }
  })

  it('changed where the baseline never needs a statement, and every visit of the candidate does for some orders', () => {
    const some = [0.4, 0.6, 0.45, 0.5, 0.55].map((share) => work(share, 'sql: SELECT limit'))
    const none = times(5, work(0, 'sql: SELECT limit'))
    expect(changedWork(none, some)).toMatchObject({
      verdict: 'changed',
      changes: [{ baseline: 0, candidate: 0.5, sentence: '+0.4 to 0.6 SELECT limit an order sold (0 -> 0.4 to 0.6)' }],
      notExact: [],
    })
    const gone = changedWork(times(5, work(1, 'sql: SELECT limit')), some)
    expect(gone.changes[0]!.sentence).toBe('-0.4 to 0.6 SELECT limit an order sold (1 -> 0.4 to 0.6)')
    const bothWays = [work(0.4), work(1.6), work(0.4), work(1.6), work(0.4)]
    expect(changedWork(times(5, work(1)), bothWays)).toMatchObject({ verdict: null, changes: [] })
    expect(changedWork(some, times(5, work(0, 'sql: SELECT limit'))).verdict).toBeNull()
  })

  it('does not take what few requests of one visit needed for a change', () => {
    expect(changedWork([work(0)], [work(0.2)]).verdict).toBeNull()
    expect(changedWork([work(0)], [work(0.25)]).verdict).toBe('changed')
    expect(changedWork(times(5, work(9, 'wal records')), [work(9.5, 'wal records')]).verdict).toBeNull()
  })

  it('is exact after one visit where every request took a whole number, and not where it did not', () => {
    expect(changedWork([work(1)], [work(2)]).verdict).toBe('changed')
    expect(changedWork([work(1.5)], [work(2)]).verdict).toBeNull()
    expect(changedWork([work(1)], [work(1.05)]).verdict).toBeNull()
    expect(changedWork([work(1, 'sql: UPDATE stock', 2)], [work(2)]).verdict).toBeNull()
  })

  it('does not trust one visit for what a store writes for itself', () => {
    expect(changedWork([work(10, 'wal records')], [work(11, 'wal records')]).verdict).toBeNull()
    expect(changedWork(times(5, work(10, 'wal records')), times(5, work(11, 'wal records'))).verdict).toBe('changed')
  })

  it('knows a statement that was never there before, and one that is gone', () => {
    const { changes } = changedWork([work(1)], [work(1, 'sql: SELECT remaining')])
    expect(changes.map(({ sentence }) => sentence)).toEqual([
      '+1 SELECT remaining an order sold (0 -> 1)',
      '-1 UPDATE stock an order sold (1 -> 0)',
    ])
  })

  it('tells a statement before the transaction that it opens', () => {
    const both = (perRequest: number): VisitWork[] => [
      { ...work(1)[0]!, counts: ['transactions', 'redis: get'].map((name) => ({ name, perRequest })) },
    ]
    expect(changedWork([both(1)], [both(2)]).changes.map(({ name }) => name)).toEqual(['redis: get', 'transactions'])
  })

  it('does not take a store that was not counted for one that did nothing', () => {
    const both = times(5, [...work(1, 'redis: get')])
    const redisAlone = both.map((visit) => visit.map((one) => ({ ...one, stores: ['redis' as const] })))
    const updates = times(
      5,
      work(1).map((one) => ({ ...one, counts: [...one.counts, { name: 'redis: get', perRequest: 1 }] })),
    )
    expect(changedWork(redisAlone, updates)).toMatchObject({
      verdict: 'same',
      exactCounts: 1,
      notes: ['SQL statements of the baseline were not counted, and not compared'],
    })
    expect(changedWork(both, updates)).toMatchObject({ verdict: 'changed', notes: [] })
  })

  it('says what was not counted, and of whom', () => {
    expect(changedWork([], [work(1)])).toMatchObject({ verdict: null, notes: ['no work of the baseline was counted'] })
    const other: VisitWork[] = work(1, 'redis: get').map((one) => ({ ...one, kind: 'read' }))
    expect(changedWork([[...work(1), ...other]], [work(1)]).notes).toEqual(['a read: the candidate counted none'])
  })
})
