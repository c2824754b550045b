import { describe, expect, it } from 'vitest'
import type { Attempt, StartedStrategy } from './strategy.ts'
import { assertStrategy, ContractError, held } from './contract.ts'
import { KNOWN_STRATEGIES } from './index.ts'
import { atomicUpdate } from './atomic-update.ts'

const { description } = atomicUpdate

function problemsOf(strategy: unknown): string {
  try {
    assertStrategy(strategy)
  } catch (error) {
    if (error instanceof ContractError) return error.message
    throw error
  }
  return ''
}

const withDescription = (changes: object): object => ({ ...atomicUpdate, description: { ...description, ...changes } })

describe('assertStrategy', () => {
  it.each(KNOWN_STRATEGIES)('accepts $description.name', (strategy) => {
    expect(problemsOf(strategy)).toBe('')
  })

  it.each([
    ['nothing', undefined, 'it is undefined, not a strategy'],
    ['no start', { ...atomicUpdate, start: undefined }, 'start is missing (a function)'],
    ['a start that is none', { ...atomicUpdate, start: 7 }, 'start must be a function, got 7'],
    ['no description', { ...atomicUpdate, description: undefined }, 'description.name is missing'],
    ['a name for a path', withDescription({ name: '../x' }), 'description.name must be up to 40'],
    [
      'an unknown store',
      withDescription({ needs: ['mysql'] }),
      'description.needs must be a list of postgres and redis',
    ],
    ['no Postgres', withDescription({ needs: ['redis'] }), 'needs must hold postgres'],
    [
      'stale reads without a bound',
      withDescription({ promise: { reads: { kind: 'stale' }, sellsThrough: true } }),
      'maxAgeMs',
    ],
    [
      'a stock in Redis without Redis',
      withDescription({ books: { ...description.books, stock: { store: 'redis', key: 'k' } } }),
      'must hold redis',
    ],
    [
      'a stock without a table',
      withDescription({ books: { ...description.books, stock: { store: 'postgres' } } }),
      'stock.table',
    ],
    [
      'a stream without a group',
      withDescription({ books: { ...description.books, stream: { key: 'k' } } }),
      'stream must be',
    ],
    [
      'a table that is SQL',
      withDescription({ books: { ...description.books, ordersTable: 'x; DROP' } }),
      'ordersTable',
    ],
    ['a control that nothing convicts', withDescription({ control: true }), 'convictedBy'],
    ['SQL that is none', { ...atomicUpdate, functions: [1] }, 'functions must be a list of SQL texts, got [1]'],
  ])('refuses %s', (_, strategy, problem) => {
    expect(problemsOf(strategy)).toContain(problem)
  })

  it('names all that is missing at once', () => {
    expect(
      problemsOf({})
        .split('\n')
        .filter((line) => line.includes('is missing')).length,
    ).toBeGreaterThan(5)
  })
})

const attempt: Attempt = { begin: () => true }
const request = { sku: 's', userId: 'u', requestId: 'r', quantity: 1 }

/** Counts in itself, as a class does. */
class Started implements StartedStrategy {
  readonly answer: unknown
  sold = 0

  constructor(answer: unknown) {
    this.answer = answer
  }

  open = async () => 'opened' as const
  learn = async () => {}
  async buy() {
    this.sold += 1
    return this.answer as never
  }
  async stock() {
    return this.answer as never
  }
  close = async () => true
  settle = async () => {}
  probe = async () => {}
  counters() {
    return { sold: this.sold }
  }
  stop = async () => {}
}

describe('what start resolves to', () => {
  it.each([{ kind: 'sold', orderId: 'o', replayed: true }, { kind: 'soldOut' }, { kind: 'busy' }])(
    'answers %o, and goes on being called as it was written',
    async (answer) => {
      const started = held(new Started(answer))
      expect(await started.buy(request, attempt)).toEqual(answer)
      expect(started.counters()).toEqual({ sold: 1 })
    },
  )

  it.each([undefined, 'sold', { kind: 'sold' }, { kind: 'sold', orderId: 'o' }, { kind: 'soldout' }])(
    'may not answer a buy with %o',
    async (answer) => {
      await expect(held(new Started(answer)).buy(request, attempt)).rejects.toThrow(ContractError)
    },
  )

  it('shows whole numbers or no sale', async () => {
    expect(await held(new Started(7)).stock('s')).toBe(7)
    expect(await held(new Started(null)).stock('s')).toBeNull()
    await expect(held(new Started('7')).stock('s')).rejects.toThrow(/stock\(\) resolved to "7"/)
  })

  it('has every method', () => {
    expect(() => held(Object.assign(new Started(null), { settle: undefined }))).toThrow(/settle is missing/)
    expect(() => held(undefined)).toThrow(/start\(\) resolved to undefined/)
  })
})
