/** pgbench, the peer of the SQL strategies: the same statements on the same server, from a client written in C. */
import { spawnSync } from 'node:child_process'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Client } from 'pg'
import { findOnPath, isExecutable } from '../../services/local/search-path.ts'
import type { Environment, StartedPostgres } from '../../services/service.ts'
import type { PeerTexts } from './target-child.ts'

const DEBIAN_FOLDER = '/usr/lib/postgresql'

/** null where there is none on the PATH, nor in the folders in which Debian keeps it. */
export function findPgbench(env: Environment): string | null {
  return findOnPath(['pgbench'], env) ?? debianFolders().find(isExecutable) ?? null
}

function debianFolders(): string[] {
  try {
    const versions = readdirSync(DEBIAN_FOLDER).sort((a, b) => Number(b) - Number(a))
    return versions.map((version) => join(DEBIAN_FOLDER, version, 'bin', 'pgbench'))
  } catch {
    return []
  }
}

export interface Pgbench {
  readonly path: string
  readonly postgres: StartedPostgres
  /** In the run's schema. */
  readonly admin: Client
  readonly texts: PeerTexts
  /** For the script files. */
  readonly folder: string
}

/** What a peer did by its own account. */
export interface PeerRun {
  readonly perSec: number
  readonly orders: number
}

/** Each order a transaction of its own. */
export async function runPerRequest(
  bench: Pgbench,
  { strategy, clients, durationMs }: { strategy: string; clients: number; durationMs: number },
): Promise<PeerRun> {
  await openPeerSale(bench.admin)
  return run(bench, bench.texts.perRequest[strategy]!, clients, ['-T', String(Math.ceil(durationMs / 1000))])
}

/** `batchSize` orders in each transaction, so many orders in all. */
export async function runBatches(
  bench: Pgbench,
  { clients, batchSize, orders }: { clients: number; batchSize: number; orders: number },
): Promise<PeerRun> {
  const { prepare, fill, script } = bench.texts.batch
  await openPeerSale(bench.admin)
  const perClient = Math.max(1, Math.ceil(orders / (clients * batchSize)))
  for (const statement of prepare) await bench.admin.query(statement)
  await bench.admin.query(fill, [perClient * clients, batchSize])
  await bench.admin.query('VACUUM ANALYZE peer_batches')
  await bench.admin.query('CHECKPOINT')
  const batches = run(bench, script, clients, ['-t', String(perClient)])
  return { perSec: batchSize * batches.perSec, orders: batchSize * batches.orders }
}

async function openPeerSale(admin: Client): Promise<void> {
  await admin.query(
    `INSERT INTO stock (sku, initial, remaining, per_user_limit) VALUES ('peer', 1000000000, 1000000000, 2)`,
  )
}

/** In transactions. Throws where one failed: it would be counted as sold. */
function run(bench: Pgbench, script: string, clients: number, length: readonly string[]): PeerRun {
  const file = join(bench.folder, 'pgbench.sql')
  writeFileSync(file, script)
  const threads = Math.min(clients, 2)
  const options = ['-n', '-M', 'prepared', '-c', String(clients), '-j', String(threads), '-f', file, ...length]
  const { status, stdout, stderr } = spawnSync(bench.path, [...options, bench.postgres.url], {
    encoding: 'utf8',
    timeout: 120_000,
    env: { ...process.env, PGOPTIONS: `-c search_path=${bench.postgres.schema} -c synchronous_commit=on` },
  })
  const tps = /^tps = ([\d.]+) \(without/m.exec(stdout)?.[1]
  const processed = /^number of transactions actually processed: (\d+)/m.exec(stdout)?.[1]
  const failed = /^number of failed transactions: (\d+)/m.exec(stdout)?.[1] ?? '0'
  if (status !== 0 || tps === undefined || failed !== '0') throw new Error(`pgbench: ${stderr}${stdout}`)
  return { perSec: Number(tps), orders: Number(processed) }
}
