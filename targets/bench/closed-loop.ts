/**
 * So many buyers, each of whom buys again as soon as the last answer came, from a stock that never ends. Every buyer is a
 * new user and every buy a new request, as in a sale.
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { Attempt, StartedStrategy } from '../strategies/strategy.ts'

export interface ClosedLoop {
  /** Buyers at once. */
  readonly inFlight: number
  readonly durationMs: number
  /** Sales; buyers take them in turn. */
  readonly skus: number
}

/** Of the time measured, after a warm-up. */
export interface ClosedLoopFigures {
  readonly sold: number
  /** Answered otherwise: a retry that was given up. */
  readonly notSold: number
  readonly elapsedMs: number
  /** Of this process, all threads. */
  readonly cpuSeconds: number
  /** What the strategy counted, warm-up included. */
  readonly work: Readonly<Record<string, number>>
  /** How long what was left for later took after the last buy. */
  readonly settledMs: number
}

const WARM_UP_MS = 700
const SETTLE_DEADLINE_MS = 60_000
/** A limit that nobody meets: keeping one costs, and a flash sale has one. */
const TERMS = { stock: 1_000_000_000, perUserLimit: 2 }

const untroubled: Attempt = { begin: () => true }

/** What the loop needs of a strategy; it is stopped in the end. */
export type Seller = Pick<StartedStrategy, 'open' | 'learn' | 'buy' | 'settle' | 'counters' | 'stop'>

export async function runClosedLoop(started: Seller, load: ClosedLoop): Promise<ClosedLoopFigures> {
  try {
    const skus = Array.from({ length: load.skus }, (_, index) => `bench-${process.pid}-${index}`)
    for (const sku of skus) {
      await started.open({ sku, ...TERMS })
      await started.learn(sku)
    }
    const buying = startBuyers(started, skus, load.inFlight)
    await delay(WARM_UP_MS)
    const before = { ...buying.counts, cpu: process.cpuUsage(), atMs: performance.now() }
    await delay(load.durationMs)
    const cpu = process.cpuUsage(before.cpu)
    const figures = {
      sold: buying.counts.sold - before.sold,
      notSold: buying.counts.notSold - before.notSold,
      elapsedMs: performance.now() - before.atMs,
      cpuSeconds: (cpu.user + cpu.system) / 1e6,
    }
    await buying.stop()
    const stoppedAtMs = performance.now()
    await started.settle(AbortSignal.timeout(SETTLE_DEADLINE_MS))
    return { ...figures, work: started.counters(), settledMs: performance.now() - stoppedAtMs }
  } finally {
    await started.stop()
  }
}

function startBuyers(strategy: Seller, skus: readonly string[], inFlight: number) {
  const counts = { sold: 0, notSold: 0 }
  let buys = 0
  const over = new AbortController()
  const buyer = async (): Promise<void> => {
    while (!over.signal.aborted) {
      const buy = buys++
      const request = { sku: skus[buy % skus.length]!, userId: `user-${buy}`, requestId: `bench-${buy}`, quantity: 1 }
      const { kind } = await strategy.buy(request, untroubled)
      if (kind === 'sold') counts.sold += 1
      else counts.notSold += 1
    }
  }
  const buyers = Array.from({ length: inFlight }, buyer)
  return {
    counts,
    async stop() {
      over.abort()
      await Promise.all(buyers)
    },
  }
}
