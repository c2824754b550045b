import { describe, expect, it } from 'vitest'
import type { HoursBook, SaleHours } from '../storage/hours-book.ts'
import { createHoursBook } from '../storage/hours-book.ts'
import type { BuyResult } from '../strategies/strategy.ts'
import { OpeningHours } from './opening-hours.ts'

const ATTEMPT = { begin: () => true }
const BUY = { sku: 's', userId: 'u', requestId: 'r', quantity: 1 }
const SOLD: BuyResult = { kind: 'sold', orderId: 'o', replayed: false }

/** A sale by a clock that the test sets. */
async function sale(hours: Partial<SaleHours> = {}, options: { sellsEarly?: boolean } = {}) {
  const book = await createHoursBook({ postgres: null, redis: null })
  const clock = { nowMs: 0 }
  const log: string[] = []
  const strategy = {
    isClosed: false,
    async buy(): Promise<BuyResult> {
      log.push('buy')
      return this.isClosed ? { kind: 'saleClosed' } : SOLD
    },
    isDown: false,
    async close(): Promise<boolean> {
      if (this.isDown) throw new Error('down')
      log.push('close')
      this.isClosed = true
      return true
    },
  }
  const instance = (): OpeningHours => new OpeningHours({ book, strategy, now: () => clock.nowMs, ...options })
  const terms = { opensAtMs: null, closesAtMs: null, ...hours }
  const front = instance()
  expect(await front.enter('s', terms)).toBe(true)
  front.learn('s', terms)
  const kindAt = async (nowMs: number, by = front): Promise<string> => {
    clock.nowMs = nowMs
    return (await by.buy(BUY, ATTEMPT)).kind
  }
  return { front, instance, strategy, kindAt, log, book }
}

describe('opening hours', () => {
  it('keep everybody out until the moment of the opening, and the strategy hears of nobody', async () => {
    const { kindAt, log } = await sale({ opensAtMs: 1_000 })
    expect(await kindAt(999)).toBe('notOpen')
    expect(log).toEqual([])
    expect(await kindAt(1_000)).toBe('sold')
  })

  it('close the sale for the strategy, once, before the next buyer is let in', async () => {
    const { kindAt, log } = await sale({ closesAtMs: 1_000 })
    expect(await kindAt(999)).toBe('sold')
    expect(await kindAt(1_000)).toBe('notOpen')
    expect(await kindAt(1_001)).toBe('notOpen')
    expect(log).toEqual(['buy', 'close', 'buy', 'buy'])
  })

  it('leave a retry to the strategy after the closing', async () => {
    const { kindAt, strategy } = await sale({ closesAtMs: 1_000 })
    strategy.buy = async () => ({ kind: 'sold', orderId: 'o', replayed: true })
    expect(await kindAt(2_000)).toBe('sold')
  })

  it('try to close again when a store failed', async () => {
    const { kindAt, strategy } = await sale({ closesAtMs: 1_000 })
    strategy.isDown = true
    await expect(kindAt(1_000)).rejects.toThrow('down')
    strategy.isDown = false
    expect(await kindAt(1_001)).toBe('notOpen')
  })

  it('are always, where there are none', async () => {
    const { kindAt } = await sale()
    expect(await kindAt(0)).toBe('sold')
  })

  it('are kept by an instance that never heard of the sale', async () => {
    const { instance, kindAt } = await sale({ opensAtMs: 1_000 })
    expect(await kindAt(999, instance())).toBe('notOpen')
  })

  it('are looked up once a sale that there is, and each time for one that there is not', async () => {
    const { book, strategy } = await sale({ opensAtMs: 1_000 })
    let reads = 0
    const counting: HoursBook = {
      ...book,
      read: (sku) => {
        reads++
        return book.read(sku)
      },
    }
    const front = new OpeningHours({ book: counting, strategy, now: () => 2_000 })
    for (let i = 0; i < 3; i++) await front.buy(BUY, ATTEMPT)
    expect(reads).toBe(1)
    for (let i = 0; i < 3; i++) await front.buy({ ...BUY, sku: 'other' }, ATTEMPT)
    expect(reads).toBe(4)
  })

  it('refuse the name of a sale that has others, and take the same again', async () => {
    const { front } = await sale({ opensAtMs: 1_000 })
    expect(await front.enter('s', { opensAtMs: 1_000, closesAtMs: null })).toBe(true)
    expect(await front.enter('s', { opensAtMs: 1_001, closesAtMs: null })).toBe(false)
    expect(await front.enter('s', { opensAtMs: null, closesAtMs: null })).toBe(false)
  })

  it('mean nothing to the control that sells early, but its closing holds', async () => {
    const { kindAt } = await sale({ opensAtMs: 1_000, closesAtMs: 2_000 }, { sellsEarly: true })
    expect(await kindAt(0)).toBe('sold')
    expect(await kindAt(2_000)).toBe('notOpen')
  })
})
