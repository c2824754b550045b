/** The bench's rounds: each contestant once in each, on emptied tables, with the CPU of the stores meanwhile. */
import type { Client } from 'pg'
import { childrenCpuSeconds } from '../engine/wrk-peer.ts'
import type { StartedServices } from '../../services/service.ts'
import { type Contestant, fastest, keptUp, type Measured, ratio, type Target } from './comparison.ts'
import { type PeerRun, type Pgbench, runBatches, runPerRequest } from './pgbench.ts'
import { clearRedis, type RedisBenchmark, runRedisBenchmark } from './redis-benchmark.ts'
import { type PeerTexts, runStrategy } from './target-child.ts'

export interface Peers {
  readonly pgbench: Pgbench | null
  readonly redisBenchmark: RedisBenchmark | null
  readonly redisTexts: PeerTexts['redis']
}

export interface RoundsRequest {
  readonly services: StartedServices
  /** In the run's schema. */
  readonly admin: Client
  readonly peers: Peers
  readonly rounds: number
  readonly durationMs: number
  /** Sales that buyers take in turn. */
  readonly sales: number
  /** null: all. */
  readonly strategies: readonly string[] | null
  readonly say: (line: string) => void
}

const IN_FLIGHT = [64, 256]
/** One statement, or a few of them, for each request. */
const PER_REQUEST = ['atomic-update', 'pessimistic', 'optimistic-in-database', 'optimistic']
/** The script and nothing else, which is what redis-benchmark does as well. */
const SCRIPT_ALONE = 'redis-lua-without-drain'
const IN_REDIS = [SCRIPT_ALONE, 'redis-lua']
const OTHERS = ['batched', ...IN_REDIS]
const CLIENT_COUNTS = [1, 2, 4, 8]
/** How long pgbench's best client count is looked for, each. */
const SCOUT_MS = 1_000
const SCOUTED_ORDERS = 40_000

interface Entry {
  readonly name: string
  readonly peer: string | null
  readonly run: () => Promise<Measured>
}

export async function runRounds(
  request: RoundsRequest,
): Promise<{ contestants: readonly Contestant[]; targets: readonly Target[] }> {
  const entries = await entriesOf(request)
  const rounds = entries.map((): Measured[] => [])
  for (let round = 1; round <= request.rounds; round++) {
    for (const [index, entry] of entries.entries()) {
      request.say(`round ${round} of ${request.rounds}: ${entry.name}`)
      await emptyStores(request)
      rounds[index]!.push(await entry.run())
    }
  }
  const contestants = entries.map(({ name, peer }, index) => ({ name, peer, rounds: rounds[index]! }))
  return { contestants, targets: targetsOf(contestants) }
}

async function entriesOf(request: RoundsRequest): Promise<Entry[]> {
  const { services, peers, strategies } = request
  const isAsked = (name: string): boolean => strategies?.includes(name) ?? true
  const perRequest = PER_REQUEST.filter(isAsked)
  const others = OTHERS.filter((name) => isAsked(name) && (!IN_REDIS.includes(name) || services.redis !== null))
  const entries: Entry[] = []
  for (const strategy of [...perRequest, ...others]) {
    for (const inFlight of IN_FLIGHT) {
      entries.push({
        name: labelOf(strategy, inFlight),
        peer: peerOf(strategy, inFlight),
        run: () => measureStrategy(request, strategy, inFlight),
      })
    }
  }
  const { pgbench, redisBenchmark } = peers
  if (pgbench !== null) entries.push(...(await pgbenchEntries(request, pgbench, perRequest)))
  if (redisBenchmark !== null && others.some((name) => IN_REDIS.includes(name))) {
    entries.push({
      name: REDIS_BENCHMARK,
      peer: null,
      run: () =>
        measurePeer(request, (orders) => runRedisBenchmark(redisBenchmark, services.redis!, peers.redisTexts, orders)),
    })
  }
  return entries
}

const REDIS_BENCHMARK = 'redis-benchmark EVALSHA -P 16'
const labelOf = (strategy: string, inFlight: number): string => `${strategy}, ${inFlight} in flight`
const pgbenchLabel = (strategy: string): string => `pgbench, ${strategy}`
const batchLabel = (inFlight: number): string => `pgbench, batches, ${inFlight} in flight`

function peerOf(strategy: string, inFlight: number): string {
  if (strategy === 'batched') return batchLabel(inFlight)
  if (IN_REDIS.includes(strategy)) return REDIS_BENCHMARK
  return pgbenchLabel(strategy === 'optimistic' ? 'optimistic-in-database' : strategy)
}

/** Each at the client count that sold most when it was tried before the rounds. */
async function pgbenchEntries(request: RoundsRequest, pgbench: Pgbench, perRequest: readonly string[]) {
  const entries: Entry[] = []
  for (const strategy of perRequest.filter((name) => Object.hasOwn(pgbench.texts.perRequest, name))) {
    const run = (clients: number, durationMs: number): Promise<PeerRun> =>
      runPerRequest(pgbench, { strategy, clients, durationMs })
    const clients = await bestClients(request, (clients) => run(clients, SCOUT_MS))
    request.say(`${pgbenchLabel(strategy)}: best with ${clients} clients`)
    entries.push({
      name: pgbenchLabel(strategy),
      peer: null,
      run: () => measurePeer(request, () => run(clients, request.durationMs)),
    })
  }
  for (const inFlight of (request.strategies?.includes('batched') ?? true) ? IN_FLIGHT : []) {
    const run = (clients: number, orders: number): Promise<PeerRun> =>
      runBatches(pgbench, { clients, batchSize: inFlight / clients, orders })
    const clients = await bestClients(request, (clients) => run(clients, SCOUTED_ORDERS))
    request.say(`${batchLabel(inFlight)}: best with ${clients} clients`)
    entries.push({
      name: batchLabel(inFlight),
      peer: null,
      run: () => measurePeer(request, (orders) => run(clients, orders)),
    })
  }
  return entries
}

async function bestClients(request: RoundsRequest, run: (clients: number) => Promise<PeerRun>): Promise<number> {
  let best = { clients: 1, perSec: 0 }
  for (const clients of CLIENT_COUNTS) {
    await emptyStores(request)
    const { perSec } = await run(clients)
    if (perSec > best.perSec) best = { clients, perSec }
  }
  return best.clients
}

async function measureStrategy(request: RoundsRequest, strategy: string, inFlight: number): Promise<Measured> {
  const { services, durationMs, sales } = request
  const before = await storeCpuSeconds(services)
  const figures = await runStrategy(services, { strategy, inFlight, durationMs, skus: sales })
  const after = await storeCpuSeconds(services)
  const all = Math.max(figures.sold, await ordersWritten(request.admin))
  request.say(`  ${Math.round((figures.sold / figures.elapsedMs) * 1000)}/s ${JSON.stringify(figures.work)}`)
  return {
    perSec: (figures.sold / figures.elapsedMs) * 1000,
    keptUp: figures.elapsedMs / (figures.elapsedMs + figures.settledMs),
    clientUs: (figures.cpuSeconds / figures.sold) * 1e6,
    storeUs: before === null || after === null ? null : ((after - before) / all) * 1e6,
  }
}

/** Orders that a peer is to make where it counts orders and not time: so many that it takes about as long. */
const PEER_ORDERS_PER_SEC = 80_000

async function measurePeer(
  { services, durationMs }: RoundsRequest,
  run: (orders: number) => Promise<PeerRun>,
): Promise<Measured> {
  const [storesBefore, ownBefore] = [await storeCpuSeconds(services), childrenCpuSeconds()]
  const { perSec, orders } = await run(Math.ceil((PEER_ORDERS_PER_SEC * durationMs) / 1000))
  const [storesAfter, ownAfter] = [await storeCpuSeconds(services), childrenCpuSeconds()]
  return {
    perSec,
    keptUp: 1,
    clientUs: ((ownAfter - ownBefore) / orders) * 1e6,
    storeUs: storesBefore === null || storesAfter === null ? null : ((storesAfter - storesBefore) / orders) * 1e6,
  }
}

async function storeCpuSeconds({ postgres, redis }: StartedServices): Promise<number | null> {
  const [ofPostgres, ofRedis] = await Promise.all([postgres!.resources(), redis?.resources() ?? null])
  return ofPostgres === null ? null : ofPostgres.cpuSeconds + (ofRedis?.cpuSeconds ?? 0)
}

async function ordersWritten(admin: Client): Promise<number> {
  const { rows } = await admin.query<{ count: number }>('SELECT count(*)::integer AS count FROM orders')
  return rows[0]!.count
}

async function emptyStores({ admin, services }: RoundsRequest): Promise<void> {
  await admin.query('TRUNCATE orders, quotas, stock')
  await admin.query('VACUUM stock')
  await admin.query('CHECKPOINT')
  if (services.redis !== null) await clearRedis(services.redis)
}

function targetsOf(contestants: readonly Contestant[]): Target[] {
  const ours = (strategies: readonly string[]): string =>
    fastest(
      contestants,
      strategies.flatMap((strategy) => IN_FLIGHT.map((inFlight) => labelOf(strategy, inFlight))),
    ) ?? ''
  const perRequest = ours(PER_REQUEST)
  const bestPgbench = fastest(contestants, PER_REQUEST.map(pgbenchLabel)) ?? ''
  return [
    {
      claim: `per request: ${perRequest} / ${bestPgbench}`,
      measured: ratio(contestants, perRequest, bestPgbench),
      atLeast: 0.85,
    },
    ...IN_FLIGHT.map((inFlight) => ({
      claim: `${labelOf('batched', inFlight)} / ${batchLabel(inFlight)}`,
      measured: ratio(contestants, labelOf('batched', inFlight), batchLabel(inFlight)),
      atLeast: 0.9,
    })),
    {
      claim: `${ours(['batched'])} / ${perRequest}`,
      measured: ratio(contestants, ours(['batched']), perRequest),
      atLeast: 10,
    },
    {
      claim: `${ours([SCRIPT_ALONE])} / ${REDIS_BENCHMARK}`,
      measured: ratio(contestants, ours([SCRIPT_ALONE]), REDIS_BENCHMARK),
      atLeast: 0.75,
    },
    ...IN_FLIGHT.map((inFlight) => ({
      claim: `${labelOf('redis-lua', inFlight)}: share of the intake that the drain had written by its end`,
      measured: keptUp(contestants, labelOf('redis-lua', inFlight)),
      atLeast: 0.95,
    })),
  ]
}
