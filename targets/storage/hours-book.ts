/**
 * Opening hours of sales, kept where the target keeps what must survive a restart: in Postgres where it has that, else in
 * Redis. A target without a store keeps them as long as it keeps everything else: in memory.
 * Every sale has an entry, also one that is always open: so its name is taken before anybody can buy, and a server that
 * meets it again knows that there is nothing more to ask.
 */
import { PostgresPool } from './postgres.ts'
import { connectRedis } from './redis.ts'
import type { Stores } from '../strategies/strategy.ts'

/** ms since 1970 by the server's clock. */
export interface SaleHours {
  /** null: from the beginning. */
  readonly opensAtMs: number | null
  /** null: until it is closed. */
  readonly closesAtMs: number | null
}

export interface HoursBook {
  /** Enters the hours unless the sale has some, and returns those that hold. Throws StoreFailure. */
  enter(sku: string, hours: SaleHours): Promise<SaleHours>
  /** null: no such sale. Throws StoreFailure. */
  read(sku: string): Promise<SaleHours | null>
  stop(): Promise<void>
}

export async function createHoursBook({ postgres, redis }: Stores): Promise<HoursBook> {
  // One connection: it is asked when a sale is opened, and when a server meets one for the first time.
  if (postgres !== null) return inPostgres(new PostgresPool(postgres, 1))
  if (redis !== null) return inRedis(await connectRedis(redis, []))
  return inMemory()
}

const ENTER = {
  name: 'enter_hours',
  text: 'INSERT INTO sale_hours (sku, opens_at, closes_at) VALUES ($1, $2, $3) ON CONFLICT (sku) DO NOTHING',
}
const READ = { name: 'read_hours', text: 'SELECT opens_at, closes_at FROM sale_hours WHERE sku = $1' }

function inPostgres(pool: PostgresPool): HoursBook {
  const read = async (sku: string): Promise<SaleHours | null> => {
    const row = (await pool.query(READ, [sku]))[0]
    if (row === undefined) return null
    const [opensAt, closesAt] = row as readonly [Date | null, Date | null]
    return { opensAtMs: opensAt?.getTime() ?? null, closesAtMs: closesAt?.getTime() ?? null }
  }
  return {
    read,
    async enter(sku, hours) {
      await pool.query(ENTER, [sku, momentOf(hours.opensAtMs), momentOf(hours.closesAtMs)])
      return (await read(sku)) ?? hours
    },
    stop: () => pool.stop(),
  }
}

function momentOf(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString()
}

function inRedis(redis: Awaited<ReturnType<typeof connectRedis>>): HoursBook {
  const keyOf = (sku: string): string => redis.key(sku, 'hours')
  const read = async (sku: string): Promise<SaleHours | null> => {
    const text = await redis.command((client) => client.get(keyOf(sku)))
    return text === null ? null : (JSON.parse(text) as SaleHours)
  }
  return {
    read,
    async enter(sku, { opensAtMs, closesAtMs }) {
      const hours = { opensAtMs, closesAtMs }
      await redis.command((client) => client.set(keyOf(sku), JSON.stringify(hours), 'NX'))
      return (await read(sku)) ?? hours
    },
    stop: async () => redis.stop(),
  }
}

function inMemory(): HoursBook {
  const entries = new Map<string, SaleHours>()
  return {
    read: async (sku) => entries.get(sku) ?? null,
    async enter(sku, hours) {
      const entered = entries.get(sku) ?? hours
      entries.set(sku, entered)
      return entered
    },
    stop: async () => {},
  }
}
