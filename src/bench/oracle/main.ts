/**
 * `npm run bench:oracle`: the time and the memory that `doorbuster verify` takes, from the start of its process to its
 * end, for runs of ten thousand requests to as many as a step takes, and for histories of somebody else's as lines of JSON.
 * Sales of 10,000 units with a limit, reads and double clicks, all of them right. Medians of several.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runScenario } from '../../run/run-scenario.ts'
import { readCatalogue } from '../../run/target-process.ts'
import { loadScenario } from '../../scenario/index.ts'
import { publish } from '../document.ts'
import { median } from '../engine/arrival-figures.ts'

const ROUNDS = 3
const CASES = [
  { form: 'parquet', operations: 10_000 },
  { form: 'parquet', operations: 100_000 },
  { form: 'parquet', operations: 1_000_000 },
  // The most that one step takes.
  { form: 'parquet', operations: 9_900_000 },
  { form: 'ndjson', operations: 10_000 },
  { form: 'ndjson', operations: 100_000 },
  { form: 'ndjson', operations: 1_000_000 },
] as const

interface Measured {
  readonly seconds: number
  readonly peakBytes: number
}

async function measure(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'doorbuster-bench-'))
  try {
    const run = join(folder, 'run')
    await runOnce(run)
    const lines = ['files of              operations   verify     a million   peak memory']
    for (const { form, operations } of CASES) {
      process.stderr.write(`${form}, ${operations} operations\n`)
      const files = join(folder, `${form}-${operations}`)
      await succeed([own('./make-files.js'), form, String(operations), files, run])
      const rounds: Measured[] = []
      for (let round = 0; round < ROUNDS; round++) rounds.push(await verify(form, files, join(folder, 'peak')))
      lines.push(rowOf(form, operations, rounds))
      await rm(files, { recursive: true })
    }
    await publish('oracle', lines.join('\n'), { write: process.argv.includes('--write') })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** What a record holds beside history and ledger is a real run's. */
async function runOnce(out: string): Promise<void> {
  const { strategies } = await readCatalogue()
  await runScenario({
    scenario: loadScenario('name: base\nsale: {stock: 50}\nsteps: [{rate: 100, duration: 1s}]\n', 'base'),
    target: { kind: 'strategy', strategy: strategies.find(({ name }) => name === 'atomic-update')!, instances: 1 },
    servicesMode: 'auto',
    settings: { synchronousCommit: 'on', appendfsync: 'everysec' },
    directory: { out },
    signal: new AbortController().signal,
    env: process.env,
  })
}

async function verify(form: 'parquet' | 'ndjson', files: string, peakFile: string): Promise<Measured> {
  const what =
    form === 'parquet'
      ? [files]
      : ['--history', join(files, 'history.ndjson'), '--ledger', join(files, 'ledger.ndjson')]
  const startedAt = performance.now()
  await succeed(
    ['--import', own('./report-peak-memory.js'), own('../../../../bin/doorbuster.js'), 'verify', ...what, '--json'],
    { PEAK_MEMORY_FILE: peakFile },
  )
  const seconds = (performance.now() - startedAt) / 1000
  return { seconds, peakBytes: Number(readFileSync(peakFile, 'utf8')) }
}

/** Throws unless the program ends with 0: the sales are right. */
async function succeed(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<void> {
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, ...env },
  })
  const [code] = (await once(child, 'exit')) as [number | null]
  if (code !== 0) throw new Error(`node ${args.join(' ')} left with ${code}`)
}

function own(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url))
}

function rowOf(form: string, operations: number, rounds: readonly Measured[]): string {
  const seconds = median(rounds.map((round) => round.seconds))
  const mebibytes = median(rounds.map(({ peakBytes }) => peakBytes)) / 2 ** 20
  return [
    (form === 'parquet' ? 'a run (Parquet)' : 'anybody (NDJSON)').padEnd(18),
    operations.toLocaleString('en').padStart(14),
    `${seconds.toFixed(2)} s`.padStart(9),
    `${((seconds / operations) * 1e6).toFixed(2)} s`.padStart(14),
    `${mebibytes.toFixed(0)} MiB`.padStart(14),
  ].join('')
}

await measure()
