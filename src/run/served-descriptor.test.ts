import { describe, expect, it } from 'vitest'
import type { StrategyDescription } from '../core/catalogue.ts'
import { fillTemplate } from '../core/fill-template.ts'
import { REFERENCE_PROTOCOL } from '../core/reference-protocol.ts'
import type { TargetDescriptor } from '../core/target-descriptor.ts'
import { loadDescriptor } from '../descriptor/index.ts'
import { servedDescriptor, type ServedPlaces } from './served-descriptor.ts'

const STRATEGY: StrategyDescription = {
  name: 'made-up',
  summary: 'says {{ what it is',
  control: false,
  promise: { reads: { kind: 'stale', maxAgeMs: 200 }, sellsThrough: true },
  rightWith: 'any-instances',
  needs: ['postgres', 'redis'],
  durableWhen: 'at COMMIT',
  books: { ordersTable: 'or"ders', stock: { store: 'redis', key: "{<sku>}:it's" }, stream: null },
  convictedBy: null,
}

const PLACES: ServedPlaces = {
  strategy: STRATEGY,
  url: 'http://127.0.0.1:3000',
  adminToken: 'a-token-of-our-own',
  postgres: { url: 'postgresql:///postgres?host=%2Ftmp%2Fsocket', schema: 'run_1' },
  redis: { url: '/tmp/redis.sock', keyPrefix: 'run:1:' },
  sale: null,
}

const loaded = (places: ServedPlaces): TargetDescriptor =>
  loadDescriptor(servedDescriptor(places), 'target.yaml', '/').descriptor

describe('the descriptor of what is served', () => {
  it('has the protocol of the reference server', () => {
    const { buy, outcomes, read, poll } = loaded(PLACES).protocol
    const unlabelled = (rules: typeof outcomes) => rules.map((rule) => ({ ...rule, label: '' }))
    expect({ ...buy, body: null }).toEqual({ ...REFERENCE_PROTOCOL.buy, body: null })
    const filled = (body: typeof buy.body) => fillTemplate(body!, (name) => ({ userId: 'u"7', quantity: 2 })[name]!)
    expect(filled(buy.body)).toBe(filled(REFERENCE_PROTOCOL.buy.body))
    expect({ read, poll }).toEqual({ read: REFERENCE_PROTOCOL.read, poll: REFERENCE_PROTOCOL.poll })
    expect(unlabelled(outcomes)).toEqual(unlabelled(REFERENCE_PROTOCOL.outcomes))
  })

  it('promises what the strategy promises, and opens sales by its terms', () => {
    const { promise, open, tells, skus, initialStock } = loaded(PLACES)
    expect(promise).toEqual(STRATEGY.promise)
    expect(open).toHaveLength(1)
    expect(tells).toEqual({ stock: true, limit: true })
    expect({ skus, initialStock }).toEqual({ skus: null, initialStock: null })
  })

  it('opens none where a sale is open, and says which', () => {
    const sale = { sku: 'red-42', stock: 100, perUserLimit: 2 }
    expect(loaded({ ...PLACES, sale })).toMatchObject({
      open: null,
      close: [],
      skus: ['red-42'],
      initialStock: 100,
      perUserLimit: 2,
    })
    expect(loaded({ ...PLACES, sale: { ...sale, perUserLimit: null } }).perUserLimit).toBeNull()
  })

  it('reads the books where the strategy keeps them, whatever they are called', () => {
    const { ledger } = loaded(PLACES)
    expect(ledger?.orders).toMatchObject({
      kind: 'sql',
      query: [expect.stringContaining('FROM "run_1"."or""ders" WHERE sku = '), { value: 'sku', as: 'plain' }],
    })
    expect(ledger?.remaining).toMatchObject({
      kind: 'redis',
      command: [['EVAL'], [`return redis.call('GET', 'run:1:{' .. ARGV[1] .. '}:it\\'s')`], ['0'], [{ value: 'sku' }]],
    })
    const inPostgres = { ...STRATEGY.books, stock: { store: 'postgres' as const, table: 'stock' } }
    expect(loaded({ ...PLACES, strategy: { ...STRATEGY, books: inPostgres } }).ledger?.remaining).toMatchObject({
      kind: 'sql',
      query: [expect.stringContaining('FROM "run_1"."stock"'), { value: 'sku' }],
    })
  })

  it('names what came from the environment, and writes out what was made here', () => {
    const given = servedDescriptor({
      ...PLACES,
      adminToken: null,
      postgres: { url: null, schema: 'run_1' },
      redis: { url: null, keyPrefix: 'run:1:' },
    })
    for (const name of ['DOORBUSTER_ADMIN_TOKEN', 'DATABASE_URL', 'REDIS_URL']) {
      expect(given).toContain(`{{env.${name}}}`)
    }
    const made = servedDescriptor(PLACES)
    expect(made).not.toContain('env.')
    expect(made).toContain('Bearer a-token-of-our-own')
  })
})
