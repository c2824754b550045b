/**
 * `redis-lua` without its drain, for the bench alone: redis-benchmark carries no orders to Postgres either. The stream is
 * not read by anybody, and grows.
 */
import { createOrderIds } from '../storage/order-ids.ts'
import { connectRedis } from '../storage/redis.ts'
import { BUY, OPEN } from '../strategies/redis-lua/scripts.ts'
import { redisOf } from '../strategies/stores.ts'
import type { StrategyContext } from '../strategies/strategy.ts'
import type { Seller } from './closed-loop.ts'

const NEVER_FULL = 1_000_000_000
const GROUP = 'nobody'

export async function startScriptAlone(context: StrategyContext): Promise<Seller> {
  const redis = await connectRedis(redisOf(context), [BUY, OPEN])
  const nextOrderId = createOrderIds()
  const requests = redis.sharedKey('requests')
  const keysOf = (sku: string): string[] => ['stock', 'terms', 'units', 'orders'].map((part) => redis.key(sku, part))
  const known = new Map<string, string[]>()
  return {
    async open({ sku, stock, perUserLimit }) {
      const keys = keysOf(sku)
      known.set(sku, keys)
      await redis.run(OPEN, keys[0]!, keys[1]!, keys[3]!, stock, perUserLimit ?? 0, GROUP)
      return 'opened'
    },
    learn: async () => {},
    async buy({ sku, userId, requestId, quantity }, attempt) {
      attempt.begin()
      const orderId = nextOrderId()
      const order = [requestId, orderId, userId, sku, quantity, NEVER_FULL]
      const reply = await redis.run(BUY, requests, ...known.get(sku)!, ...order)
      return reply === 1 ? { kind: 'sold', orderId, replayed: false } : { kind: 'busy' }
    },
    settle: async () => {},
    counters: () => ({}),
    stop: async () => redis.stop(),
  }
}
