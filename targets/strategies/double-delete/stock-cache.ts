/**
 * One sale's stock in Redis, read through from Postgres.
 *
 * The bound on its age doesn't hang on any deletion: an entry expires `lifetimeMs` after the moment *before* its value
 * was read from Postgres, as a point in time (PXAT) and not as a span from the fill. A reader that was held up between
 * read and fill so writes an entry with what is left of its life, or none at all.
 * Redis and this process must have about the same clock.
 */
import type { RedisConnection } from '../../storage/redis.ts'

export interface StockCacheFigures {
  cacheHits: number
  cacheMisses: number
}

export class StockCache {
  readonly figures: StockCacheFigures = { cacheHits: 0, cacheMisses: 0 }
  readonly #redis: RedisConnection
  readonly #lifetimeMs: number

  constructor(redis: RedisConnection, lifetimeMs: number) {
    this.#redis = redis
    this.#lifetimeMs = lifetimeMs
  }

  /** Units as cached; null: nothing cached. */
  async get(sku: string): Promise<number | null> {
    const value = await this.#redis.command((client) => client.get(this.#key(sku)))
    if (value === null) this.figures.cacheMisses += 1
    else this.figures.cacheHits += 1
    return value === null ? null : Number(value)
  }

  /** `readAtMs`: Date.now() before the value was asked for. */
  async fill(sku: string, units: number, readAtMs: number): Promise<void> {
    await this.#redis.command((client) => client.set(this.#key(sku), units, 'PXAT', readAtMs + this.#lifetimeMs))
  }

  async delete(sku: string): Promise<void> {
    await this.#redis.command((client) => client.del(this.#key(sku)))
  }

  #key(sku: string): string {
    return this.#redis.key(sku, 'cached-stock')
  }
}
