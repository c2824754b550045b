/**
 * `npm run bench:strategies`: every strategy called directly, without HTTP, in a closed loop on one hot sale, and beside
 * it pgbench and redis-benchmark with the same statement on the same servers, in turn; medians of several rounds.
 * `--rounds N`, `--seconds N` (a measurement), `--strategies a,b`, `--services MODE`, `--sales N` (instead of one).
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Client } from 'pg'
import { acquireServices, diagnoseServices } from '../../services/index.ts'
import type { ServicesMode, StartedServices } from '../../services/service.ts'
import { publish } from '../document.ts'
import { resultLines } from './comparison.ts'
import { type Peers, runRounds } from './rounds.ts'
import { findPgbench } from './pgbench.ts'
import { findRedisBenchmark } from './redis-benchmark.ts'
import { readPeerTexts } from './target-child.ts'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '2' },
    sales: { type: 'string', default: '1' },
    strategies: { type: 'string' },
    services: { type: 'string', default: 'auto' },
    write: { type: 'boolean', default: false },
  },
})

const mode = values.services as ServicesMode
const diagnoses = await diagnoseServices(process.env)
const hasRedis = diagnoses.some(
  ({ store, provider, found }) => store === 'redis' && found && (mode === 'auto' || provider === mode),
)
const services = await acquireServices({
  needs: hasRedis ? ['postgres', 'redis'] : ['postgres'],
  mode,
  settings: { synchronousCommit: 'on', appendfsync: 'everysec' },
  runId: `bench-${process.pid}`,
  env: process.env,
})
const folder = mkdtempSync(join(tmpdir(), 'doorbuster-bench-'))
try {
  await bench(services)
} finally {
  rmSync(folder, { recursive: true })
  await services[Symbol.asyncDispose]()
}

async function bench(services: StartedServices): Promise<void> {
  const texts = await readPeerTexts(services)
  const admin = new Client({ connectionString: services.postgres!.url })
  await admin.connect()
  try {
    await admin.query(`SET search_path = "${services.postgres!.schema}"`)
    const { contestants, targets } = await runRounds({
      services,
      admin,
      peers: findPeers(services, admin, texts),
      rounds: Number(values.rounds),
      durationMs: Number(values.seconds) * 1000,
      sales: Number(values.sales),
      strategies: values.strategies?.split(',') ?? null,
      say: (line) => process.stderr.write(`${line}\n`),
    })
    const { postgres, redis } = services
    const servers = [postgres && `Postgres ${postgres.record.version}`, redis && `Redis ${redis.record.version}`]
    const stores = `${servers.filter(Boolean).join(', ')}; synchronous_commit on, appendfsync everysec`
    await publish('strategies', [stores, '', ...resultLines(contestants, targets)].join('\n'), values)
  } finally {
    await admin.end()
  }
}

function findPeers(services: StartedServices, admin: Client, texts: Awaited<ReturnType<typeof readPeerTexts>>): Peers {
  const pgbench = findPgbench(process.env)
  if (pgbench === null) process.stderr.write('no pgbench on the PATH or in /usr/lib/postgresql: no peer in SQL\n')
  const redisBenchmark = findRedisBenchmark(process.env)
  if (redisBenchmark === null) process.stderr.write('no redis-benchmark on the PATH: no peer of redis-lua\n')
  return {
    pgbench: pgbench === null ? null : { path: pgbench, postgres: services.postgres!, admin, texts, folder },
    redisBenchmark: services.redis === null ? null : redisBenchmark,
    redisTexts: texts.redis,
  }
}
