/** Opening hours survive the server that was told them, in whichever store the target has. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { acquireServices } from '../src/services/index.ts'
import type { StartedServices } from '../src/services/service.ts'
import { createHoursBook, type HoursBook } from '../targets/storage/hours-book.ts'
import { prepareSchema } from '../targets/storage/schema.ts'
import type { Stores } from '../targets/strategies/strategy.ts'
import { describeWithServices } from './require-service.ts'

const HOURS = { opensAtMs: 1_795_766_400_123, closesAtMs: null }

describeWithServices(['postgres', 'redis'], 'the book of opening hours', () => {
  let services: StartedServices
  let stores: Stores

  beforeAll(async () => {
    services = await acquireServices({
      needs: ['postgres', 'redis'],
      mode: 'auto',
      settings: { synchronousCommit: 'on', appendfsync: 'everysec' },
      runId: `hours-${process.pid}`,
      env: process.env,
    })
    const { url, schema } = services.postgres!
    stores = { postgres: { url, schema, synchronousCommit: 'on' }, redis: services.redis! }
    await prepareSchema(stores.postgres!, [])
  })

  afterAll(async () => {
    await services?.[Symbol.asyncDispose]()
  })

  async function withBook<Value>(of: Stores, work: (book: HoursBook) => Promise<Value>): Promise<Value> {
    const book = await createHoursBook(of)
    try {
      return await work(book)
    } finally {
      await book.stop()
    }
  }

  it.each(['postgres', 'redis'] as const)('in %s keeps the first hours of a sale, for every server', async (store) => {
    const of = { postgres: null, redis: null, [store]: stores[store] }
    await withBook(of, async (book) => {
      expect(await book.read('sale')).toBeNull()
      expect(await book.enter('sale', HOURS)).toEqual(HOURS)
      expect(await book.enter('always', { opensAtMs: null, closesAtMs: null })).toEqual({
        opensAtMs: null,
        closesAtMs: null,
      })
    })
    await withBook(of, async (book) => {
      expect(await book.enter('sale', { opensAtMs: 1, closesAtMs: 2 })).toEqual(HOURS)
      expect(await book.read('sale')).toEqual(HOURS)
      expect(await book.read('always')).toEqual({ opensAtMs: null, closesAtMs: null })
    })
  })
})
