/** `control-cached-reads`: shows a stock from a cache of a tenth of a second, and promises that it is the true one. */
import { atomicUpdate } from '../atomic-update.ts'
import type { Strategy } from '../strategy.ts'
import { describeControl } from './control.ts'

const LIFETIME_MS = 100

export const cachedReads: Strategy = {
  description: describeControl({
    name: 'control-cached-reads',
    summary: 'shows a stock that is up to 100 ms old and promises linearizable reads',
    convictedBy: 'linearizable',
  }),
  functions: atomicUpdate.functions,
  async start(context) {
    const sale = await atomicUpdate.start(context)
    const cache = new Map<string, { readonly units: number | null; readonly untilMs: number }>()
    return {
      ...sale,
      async stock(sku) {
        const cached = cache.get(sku)
        const isHit = cached !== undefined && performance.now() < cached.untilMs
        context.meter.cacheRead(isHit)
        if (isHit) return cached.units
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
