/**
 * `control-fill-before-write`: a buy fills the cache with the stock that it found, and then sells. The next buyer puts
 * that right; after the last one nobody does.
 */
import { atomicUpdate } from '../atomic-update.ts'
import type { Strategy } from '../strategy.ts'
import { describeControl } from './control.ts'

export const fillBeforeWrite: Strategy = {
  description: describeControl({
    name: 'control-fill-before-write',
    summary: 'fills the cache with the stock before the sale: after the last one it stays wrong',
    convictedBy: 'settled-cache',
    reads: { kind: 'stale', maxAgeMs: 500 },
    // The last buyer has to get a unit: a buyer who is refused leaves the cache right.
    shownBy: ['--stock', '100000', '--set', 'buyers={population: 10000000, reads: 10%}'],
  }),
  functions: atomicUpdate.functions,
  async start(context) {
    const sale = await atomicUpdate.start(context)
    const cache = new Map<string, number | null>()
    return {
      ...sale,
      async buy(request, attempt) {
        cache.set(request.sku, await sale.stock(request.sku))
        return sale.buy(request, attempt)
      },
      async stock(sku) {
        const cached = cache.get(sku) ?? null
        context.meter.cacheRead(cached !== null)
        return cached ?? (await sale.stock(sku))
      },
    }
  },
}
