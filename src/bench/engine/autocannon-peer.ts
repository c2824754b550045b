/** autocannon as the bench drives it: in this process, so that its start-up isn't counted. */
import { cpuSecondsSince, type PeerFigures, type PeerLoad } from './peer.ts'

interface AutocannonResult {
  readonly duration: number
  readonly requests: { readonly total: number }
}

type Autocannon = (options: Readonly<Record<string, unknown>>) => Promise<AutocannonResult>

export async function runAutocannon(load: PeerLoad): Promise<PeerFigures> {
  // It ships without types.
  const name = 'autocannon'
  const { default: autocannon } = (await import(name)) as { readonly default: Autocannon }
  const options = {
    url: `${load.url}/v1/sales/bench/orders`,
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': 'bench-[<id>]' },
    body: '{"userId":"u1","quantity":1}',
    connections: load.connections,
    ...(load.ratePerSec === null ? {} : { overallRate: load.ratePerSec, ignoreCoordinatedOmission: true }),
  }
  await autocannon({ ...options, duration: 1 })
  const cpu = process.cpuUsage()
  const { duration, requests } = await autocannon({ ...options, duration: Math.round(load.durationMs / 1000) })
  return {
    completed: requests.total,
    elapsedMs: duration * 1000,
    cpuSeconds: cpuSecondsSince(cpu),
    latenessMs: null,
  }
}
