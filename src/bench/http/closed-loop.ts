/** Buys over HTTP as fast as answers come: each connection carries the next request as soon as its answer is there. */
import { setTimeout as delay } from 'node:timers/promises'
import { nowNs } from '../../core/clock.ts'
import { ROUTES } from '../../core/wire.ts'
import { createTransport } from '../../load/transport/index.ts'

export interface ClosedLoop {
  readonly url: string
  readonly sku: string
  readonly connections: number
  /** Measured after as long a time for warming up. */
  readonly durationMs: number
}

/** Each its own buyer and request id. Answers a second; throws when one is no 201. */
export async function soldPerSecond({ url, sku, connections, durationMs }: ClosedLoop): Promise<number> {
  const originNs = process.hrtime.bigint()
  const now = (): number => nowNs(originNs)
  let answered = 0
  let sent = 0
  let problem: string | null = null
  let stopped = false
  const send = (): void => {
    const ticket = sent++
    transport.sendBuy(ticket, now(), 0, `${sku}-${ticket}`, `{"userId":"u${ticket}","quantity":1}`)
  }
  const transport = createTransport('sockets', {
    origin: new URL(url),
    now,
    maxConnections: connections,
    connectTimeoutMs: 2_000,
    sink: {
      answered: (_ticket, status) => {
        answered++
        if (status !== 201) problem ??= `answered with ${status}`
        if (!stopped) send()
      },
      failed: (_ticket, failure, detail) => {
        problem ??= `${failure} ${detail}`
      },
    },
  })
  transport.prepare([{ ordersPath: ROUTES.orders(sku), salePath: ROUTES.sale(sku) }])
  try {
    await transport.openConnections(connections)
    for (let i = 0; i < connections; i++) send()
    await delay(durationMs)
    const [before, beganAtNs] = [answered, now()]
    await delay(durationMs)
    const rate = ((answered - before) / (now() - beganAtNs)) * 1e9
    if (problem !== null) throw new Error(`${url}, ${sku}: ${String(problem)}`)
    return rate
  } finally {
    stopped = true
    await delay(100)
    await transport.close()
  }
}
