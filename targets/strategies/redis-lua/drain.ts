/**
 * Carries orders from the Redis streams to the orders table, in batches, as one consumer of a group.
 * At least once: an entry is acknowledged after its row is committed, and removed with it. A consumer that dies between
 * the two leaves entries that another takes over later; `ON CONFLICT DO NOTHING` makes the second writing harmless.
 * A store that fails is waited for: nothing is given up, since every entry here was promised to a buyer.
 */
import { randomBytes } from 'node:crypto'
import type { PostgresPool } from '../../storage/postgres.ts'
import type { RedisConnection } from '../../storage/redis.ts'
import { StoreFailure } from '../../storage/store-failure.ts'
import type { Funnel, Meter } from '../meter.ts'
import { pause, type Span } from '../pause.ts'

export const DRAIN_GROUP = 'drain'

const INSERT = {
  name: 'drain',
  text: `INSERT INTO orders (order_id, request_id, user_id, sku, quantity)
         SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::integer[])
         ON CONFLICT DO NOTHING`,
}

/**
 * Reading and writing one takes a few ms of this process, which buyers wait for: so batches are small, until one comes
 * back full. Then the next is twice as large, for a drain that is slower than its buyers never catches up with them.
 */
const BATCH_SIZE = 200
const MAX_BATCH_SIZE = 1_600
/** Pause between batches: each commit then carries more, and nobody waits for it. */
const PAUSE_MS = 20
/** Entries that another consumer has held for longer are taken over. A living one needs milliseconds. */
const TAKE_OVER_AFTER_MS = 2_000
const TAKE_OVER_EVERY_MS = 1_000
const RETRY_MS = 250

type Entry = readonly [id: string, fields: readonly string[] | null]
type StreamEntries = readonly [key: string, entries: readonly Entry[]]

export interface DrainFigures {
  batches: number
  drained: number
  takenOver: number
  storeFailures: number
}

export class Drain {
  readonly figures: DrainFigures = { batches: 0, drained: 0, takenOver: 0, storeFailures: 0 }
  readonly #redis: RedisConnection
  readonly #pool: PostgresPool
  readonly #meter: Meter
  readonly #funnel: Funnel
  readonly #span: Span
  readonly #consumer = randomBytes(8).toString('hex')
  /** Of the sales that this drain knows of. */
  #streams: readonly string[] = []
  /** Those of them whose sale is over. */
  readonly #closed = new Set<string>()
  readonly #stopping = new AbortController()
  #finished: Promise<void> | null = null
  #nextTakeOverAt = 0
  #batchSize = BATCH_SIZE

  constructor(redis: RedisConnection, pool: PostgresPool, meter: Meter, funnel: Funnel, span: Span) {
    this.#redis = redis
    this.#pool = pool
    this.#meter = meter
    this.#funnel = funnel
    this.#span = span
  }

  /** From now on the sale's stream is drained, if it has one: Postgres may hold sales of other strategies as well. */
  async learn(sku: string): Promise<void> {
    const key = this.#redis.key(sku, 'orders')
    if (!(await this.#hasGroup(key))) return
    this.#streams = [...new Set([...this.#streams, key])]
    this.#finished ??= this.#work()
  }

  /** Nothing more is sold: once it is empty, the sale's stream is not looked into any more. */
  close(sku: string): void {
    this.#closed.add(this.#redis.key(sku, 'orders'))
  }

  /** Orders that wait in the streams, of whichever consumer. */
  async backlog(): Promise<number> {
    let entries = 0
    for (const key of this.#streams) entries += await this.#redis.command((client) => client.xlen(key))
    return entries
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#finished
  }

  async #work(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      const pauseMs = await this.#round().then(
        () => PAUSE_MS,
        () => {
          this.figures.storeFailures += 1
          return RETRY_MS
        },
      )
      await pause(this.#span(pauseMs), this.#stopping.signal).catch(() => {})
    }
  }

  async #round(): Promise<void> {
    const now = performance.now()
    if (now >= this.#nextTakeOverAt) {
      this.#nextTakeOverAt = now + this.#span(TAKE_OVER_EVERY_MS)
      for (const key of this.#streams) await this.#takeOver(key)
    }
    while (!this.#stopping.signal.aborted && (await this.#drainOnce()) >= this.#batchSize) {
      this.#batchSize = Math.min(MAX_BATCH_SIZE, 2 * this.#batchSize)
    }
    this.#batchSize = BATCH_SIZE
    await this.#forgetDrained()
  }

  /** Number of entries of the fullest batch. */
  async #drainOnce(): Promise<number> {
    let fullest = 0
    for (const [key, entries] of await this.#readNew()) {
      await this.#write(key, entries)
      fullest = Math.max(fullest, entries.length)
    }
    return fullest
  }

  async #readNew(): Promise<readonly StreamEntries[]> {
    const streams = this.#streams
    if (streams.length === 0) return []
    const latest = streams.map(() => '>')
    try {
      const reply = await this.#redis.command((client) =>
        client.xreadgroup(
          'GROUP',
          DRAIN_GROUP,
          this.#consumer,
          'COUNT',
          this.#batchSize,
          'STREAMS',
          ...streams,
          ...latest,
        ),
      )
      return reply ?? []
    } catch (error) {
      if (error instanceof StoreFailure && error.message.includes('NOGROUP')) await this.#forgetLost(streams)
      throw error
    }
  }

  async #forgetDrained(): Promise<void> {
    for (const key of this.#closed) {
      if ((await this.#redis.command((client) => client.xlen(key))) > 0) continue
      this.#closed.delete(key)
      this.#streams = this.#streams.filter((other) => other !== key)
    }
  }

  /** A stream that Redis lost has nothing to drain, and must not hold up the others. */
  async #forgetLost(streams: readonly string[]): Promise<void> {
    for (const key of streams) {
      if (!(await this.#hasGroup(key))) this.#streams = this.#streams.filter((other) => other !== key)
    }
  }

  async #hasGroup(key: string): Promise<boolean> {
    const groups = await this.#redis.command((client) =>
      client.xinfo('GROUPS', key).catch((error: unknown) => {
        if (error instanceof Error && error.message.includes('no such key')) return []
        throw error
      }),
    )
    return (groups as readonly unknown[]).length > 0
  }

  async #takeOver(key: string): Promise<void> {
    let cursor = '0-0'
    do {
      const [next, entries] = (await this.#redis.command((client) =>
        client.xautoclaim(
          key,
          DRAIN_GROUP,
          this.#consumer,
          this.#span(TAKE_OVER_AFTER_MS),
          cursor,
          'COUNT',
          BATCH_SIZE,
        ),
      )) as [string, readonly Entry[]]
      this.figures.takenOver += entries.length
      await this.#write(key, entries)
      cursor = next
    } while (cursor !== '0-0' && !this.#stopping.signal.aborted)
  }

  async #write(key: string, entries: readonly Entry[]): Promise<void> {
    if (entries.length === 0) return
    const columns = columnsOf(entries)
    await this.#pool.query(INSERT, columns)
    this.#tell(columns)
    const ids = entries.map(([id]) => id)
    await this.#redis.command((client) =>
      client
        .multi()
        .xack(key, DRAIN_GROUP, ...ids)
        .xdel(key, ...ids)
        .exec(),
    )
    this.figures.batches += 1
    this.figures.drained += entries.length
  }

  /** Also of what somebody else wrote before: whoever has to take an entry over doesn't know. */
  #tell([, , , skus, quantities]: readonly (readonly string[])[]): void {
    if (skus!.length === 0) return
    this.#meter.batchWritten(skus!.length)
    let units = 0
    for (const quantity of quantities!) units += Number(quantity)
    // A stream is of one sale.
    this.#funnel.ordered(skus![0]!, units)
  }
}

/** The values of each column over all entries: one array a column, as `unnest` takes them. */
function columnsOf(entries: readonly Entry[]): readonly (readonly string[])[] {
  const columns: string[][] = [[], [], [], [], []]
  for (const [, fields] of entries) {
    // An entry that is pending but was removed from the stream has no fields: its row is written.
    if (fields === null) continue
    for (let column = 0; column < 5; column++) columns[column]!.push(fields[2 * column + 1]!)
  }
  return columns
}
