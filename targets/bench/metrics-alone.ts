/**
 * What the server does for its metrics, by itself: all that a buy of `redis-lua` makes it count, over and over, and scrapes of
 * what was counted. Started by `npm run bench:metrics` as a process of its own, whose CPU is that of the counting; prints
 * its figures as JSON.
 */
import { expose } from '../server/exposition.ts'
import { ServerMetrics } from '../server/metrics.ts'
import { StrategyMeter } from '../server/strategy-meter.ts'

const BUYS = 4_000_000
const BUYS_A_BATCH = 100
const SCRAPES = 200
const SKU = 'bench'

const meter = new StrategyMeter()
const funnel = meter.funnel()
const metrics = new ServerMetrics({
  meter,
  inFlight: () => 100,
  counters: () => ({ batches: 1 }),
  stock: () => Promise.resolve(1),
})
metrics.opened(SKU, { opensAtMs: null, closesAtMs: null })

/** Of this process, ms. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000
}

/** Half of them sold, as in the bench beside. */
function countBuys(): void {
  for (let buy = 0; buy < BUYS; buy++) {
    const request = { sku: SKU, userId: 'u', requestId: 'r', quantity: 1 }
    const beganAtMs = performance.now()
    meter.checked(SKU, 1)
    if (buy % 2 === 0) {
      funnel.deducted(SKU, 1)
      funnel.ordered(SKU, 1)
      metrics.buyEnded(request, { kind: 'sold', orderId: 'o', replayed: false }, beganAtMs)
    } else {
      meter.redisDidNotDeduct('refused')
      metrics.buyEnded(request, { kind: 'soldOut' }, beganAtMs)
      metrics.refusals.SOLD_OUT += 1
    }
    if (buy % BUYS_A_BATCH === 0) {
      meter.batchWritten(BUYS_A_BATCH)
      meter.poolWaited('postgres', 0.1)
    }
  }
}

async function scrape(): Promise<void> {
  for (let scrapes = 0; scrapes < SCRAPES; scrapes++) await expose([await metrics.families(true)], 'openmetrics')
}

// The first time warms up.
countBuys()
await scrape()
const beforeBuys = cpuMs()
countBuys()
const beforeScrapes = cpuMs()
await scrape()
const figures = {
  perBuyUs: ((beforeScrapes - beforeBuys) * 1_000) / BUYS,
  perScrapeMs: (cpuMs() - beforeScrapes) / SCRAPES,
}
process.stdout.write(JSON.stringify(figures))
