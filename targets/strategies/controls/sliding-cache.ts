/**
 * `control-sliding-cache`: promises that no read is older than 200 ms, and begins a cache entry's 200 ms anew at each
 * read. What everybody looks at never expires.
 */
import { atomicUpdate } from '../atomic-update.ts'
import type { Strategy } from '../strategy.ts'
import { describeControl } from './control.ts'

const LIFETIME_MS = 200

export const slidingCache: Strategy = {
  description: describeControl({
    name: 'control-sliding-cache',
    summary: 'a cache entry lives on with each read of it: the stock that everybody looks at never expires',
    convictedBy: 'stale-reads',
    reads: { kind: 'stale', maxAgeMs: LIFETIME_MS },
  }),
  functions: atomicUpdate.functions,
  async start(context) {
    const sale = await atomicUpdate.start(context)
    const cache = new Map<string, { readonly units: number | null; untilMs: number }>()
    return {
      ...sale,
      async stock(sku) {
        const cached = cache.get(sku)
        const isHit = cached !== undefined && performance.now() < cached.untilMs
        context.meter.cacheRead(isHit)
        if (isHit) {
          cached.untilMs = performance.now() + LIFETIME_MS
          return cached.units
        }
        const units = await sale.stock(sku)
        cache.set(sku, { units, untilMs: performance.now() + LIFETIME_MS })
        return units
      },
      async settle() {
        cache.clear()
      },
    }
  },
}
