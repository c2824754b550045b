/** Our engine, and our transport in a closed loop, as the bench drives them. */
import { setTimeout as delay } from 'node:timers/promises'
import { nowNs } from '../../core/clock.ts'
import { NO_BUY } from '../../core/history.ts'
import type { EngineSettings } from '../../load/open-loop/engine.ts'
import { createOpenLoopEngine } from '../../load/open-loop/index.ts'
import { createTransport } from '../../load/transport/index.ts'
import { cpuSecondsSince, type PeerFigures, type PeerLoad } from './peer.ts'
import { uniformBuys } from './uniform-buys.ts'

const never = new AbortController().signal

/** Open loop: uniform arrivals of buys, after the engine's own warm-up. */
export async function runOurEngine(load: PeerLoad, ticks: EngineSettings['ticks']): Promise<PeerFigures> {
  const originNs = process.hrtime.bigint()
  const engine = await createOpenLoopEngine({ ticks }).start({
    targetUrl: load.url,
    maxInFlight: load.connections,
    timeoutMs: 2_000,
    originNs,
    workers: 1,
    peakRatePerSec: load.ratePerSec!,
  })
  try {
    for (const plan of engine.warmUps) await engine.warmUp(plan, { requestIdPrefix: 'w-', signal: never })
    const cpu = process.cpuUsage()
    const { history, startedAtNs } = await engine.runStep(uniformBuys(load.ratePerSec!, load.durationMs), {
      requestIdPrefix: 'bench-',
      signal: never,
    })
    const cpuSeconds = cpuSecondsSince(cpu)
    const lateness = history.sentAtNs
      .map((sentAtNs, row) => (sentAtNs - history.scheduledAtNs[row]!) / 1e6)
      .filter((ms) => !Number.isNaN(ms))
      .sort()
    return {
      completed: history.outcome.filter((outcome) => outcome === 0).length,
      elapsedMs: (nowNs(originNs) - startedAtNs) / 1e6,
      cpuSeconds,
      latenessMs: { p50: quantile(lateness, 0.5), p99: quantile(lateness, 0.99) },
    }
  } finally {
    await engine[Symbol.asyncDispose]()
  }
}

function quantile(sorted: Float64Array, q: number): number {
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? Number.NaN
}

/** Closed loop: each connection carries the next request as soon as its answer came. The transport alone, no recording. */
export async function runOurTransport(load: PeerLoad): Promise<PeerFigures> {
  const originNs = process.hrtime.bigint()
  const now = (): number => nowNs(originNs)
  let completed = 0
  let stopped = false
  let nextTicket = 0
  const send = (): void => {
    const ticket = nextTicket++ % NO_BUY
    transport.sendBuy(ticket, now(), 0, `bench-${ticket}`, `{"userId":"u${ticket}","quantity":1}`)
  }
  const transport = createTransport('sockets', {
    origin: new URL(load.url),
    now,
    maxConnections: load.connections,
    connectTimeoutMs: 2_000,
    sink: {
      answered: () => {
        completed++
        if (!stopped) send()
      },
      failed: () => {
        stopped = true
      },
    },
  })
  transport.prepare([{ ordersPath: '/v1/sales/bench/orders', salePath: '/v1/sales/bench' }])
  await transport.openConnections(load.connections)
  for (let i = 0; i < load.connections; i++) send()
  await delay(500)
  completed = 0
  const cpu = process.cpuUsage()
  const startedAtNs = now()
  await delay(load.durationMs)
  const figures = {
    completed,
    elapsedMs: (now() - startedAtNs) / 1e6,
    cpuSeconds: cpuSecondsSince(cpu),
    latenessMs: null,
  }
  stopped = true
  await transport.close()
  return figures
}
