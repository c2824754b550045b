import { describe, expect, it } from 'vitest'
import type { RaceRecord } from '../core/race-record.ts'
import { readableRace } from './race-readable.ts'
import { orderText } from './race-order.ts'
import { racedOrder, raceOf, stepOfRace, wrongPartOf } from './testing/race-records.ts'

function raceWith(raceId: string): RaceRecord {
  const sku = `${raceId}-7`
  const step = stepOfRace('buyer 1 #1', {
    call: { store: 'redis', text: `GET doorbuster:${raceId}:{${sku}}`, values: [sku], result: sku },
    released: [{ actor: 'buyer 2', result: sku }],
    answers: [{ actor: 'buyer 1', outcome: 'sold', words: `sold, order ${sku}` }],
  })
  return raceOf({ raceId, parts: [wrongPartOf({ ...racedOrder, steps: [step] })] })
}

const linesOf = ({ parts }: RaceRecord): string[] => orderText(parts[0]!.shortest!)

describe('a race that is read', () => {
  it('names itself briefly wherever its id stands in an order', () => {
    expect(linesOf(readableRace(raceWith('rmwrlj5z90')))).toEqual([
      '1. buyer 1: GET doorbuster:race:{race-7} [race-7] -> race-7',
      '   buyer 2 has waited, and gets: race-7',
      '   buyer 1 is told: sold, order race-7',
    ])
  })

  it('is as it was where its id is none, or nothing was wrong', () => {
    expect(linesOf(readableRace(raceWith('r1')))[0]).toContain('GET doorbuster:r1:{r1-7}')
    expect(readableRace(raceOf({ raceId: 'rmwrlj5z90' }))).toEqual(raceOf({ raceId: 'rmwrlj5z90' }))
  })
})
