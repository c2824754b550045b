/**
 * `npm run bench:engines`: the three engines on one server that answers at once, at the same work, in turn, the median of
 * several rounds, each beside the engine `open` of its round. With `-- --write` the table goes into docs/engines.md.
 * This file is also what the bench's child processes start from, with their role as the first argument.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import os from 'node:os'
import { fileURLToPath } from 'node:url'
import { findK6 } from '../../load/k6/find-k6.ts'
import { writeBlock } from '../document.ts'
import { burstiness } from '../engine/arrival-figures.ts'
import { runNullServer } from '../engine/null-server.ts'
import { NullServerHandle, replyOf } from '../engine/null-server-handle.ts'
import type { EngineFigures, EngineLoad, Generator } from './contestant.ts'
import { type Contestant, enginesTable, type Round } from './engines-table.ts'
import { runEngine } from './run-engine.ts'
import { k6Alone, k6WithoutHistory } from './run-k6.ts'

const ROUNDS = 5
const DURATION_MS = 3_000
const CONNECTIONS = 256
const MODERATE_PER_SEC = 3_200
const HIGH_PER_SEC = 12_800
/** More than anything answers here. */
const PLANNED_PER_SEC = 100_000

const CONTESTANTS: readonly (Contestant & { readonly generator: Generator })[] = [
  { label: '`open`', ratePerSec: MODERATE_PER_SEC, generator: { name: 'open' } },
  { label: '`k6`', ratePerSec: MODERATE_PER_SEC, generator: { name: 'k6' } },
  { label: '`k6`, 2 segments', ratePerSec: MODERATE_PER_SEC, generator: { name: 'k6', segments: 2 } },
  { label: 'its script, no history', ratePerSec: MODERATE_PER_SEC, generator: { name: 'k6 without its history' } },
  { label: 'a k6 script of five lines', ratePerSec: MODERATE_PER_SEC, generator: { name: 'k6 alone' } },
  { label: '`open`', ratePerSec: HIGH_PER_SEC, generator: { name: 'open' } },
  { label: '`k6`', ratePerSec: HIGH_PER_SEC, generator: { name: 'k6' } },
  { label: '`k6`, 2 segments', ratePerSec: HIGH_PER_SEC, generator: { name: 'k6', segments: 2 } },
  { label: 'its script, no history', ratePerSec: HIGH_PER_SEC, generator: { name: 'k6 without its history' } },
  { label: 'a k6 script of five lines', ratePerSec: HIGH_PER_SEC, generator: { name: 'k6 alone' } },
  { label: '`autocannon`', ratePerSec: null, generator: { name: 'autocannon' } },
]

async function compare(): Promise<void> {
  const server = await NullServerHandle.start(fileURLToPath(import.meta.url))
  try {
    const rounds = CONTESTANTS.map((): Round[] => [])
    for (let round = 1; round <= ROUNDS; round++) {
      process.stderr.write(`round ${round} of ${ROUNDS}\n`)
      for (const [i, contestant] of CONTESTANTS.entries()) rounds[i]!.push(await runRound(contestant, server))
    }
    await publishTable(enginesTable(CONTESTANTS, rounds))
  } finally {
    server.stop()
  }
}

async function publishTable(table: string): Promise<void> {
  const machine = `${os.availableParallelism()} x ${os.cpus()[0]?.model.trim() ?? 'unknown'}`
  const day = new Date().toISOString().slice(0, 10)
  const text = `${table}\n\n${machine}, Node ${process.version}, k6 ${findK6(process.env).version}; ${day}\n`
  process.stdout.write(text)
  if (process.argv.includes('--write')) await writeBlock('docs/engines.md', 'engines', text)
}

async function runRound(
  { generator, ratePerSec }: (typeof CONTESTANTS)[number],
  server: NullServerHandle,
): Promise<Round> {
  await server.restart()
  const child = fork(fileURLToPath(import.meta.url), ['generator'], { serialization: 'advanced' })
  const exited = once(child, 'exit')
  child.send({
    generator,
    url: server.url,
    ratePerSec: ratePerSec ?? PLANNED_PER_SEC,
    connections: CONNECTIONS,
    durationMs: DURATION_MS,
  } satisfies EngineLoad)
  const figures = await replyOf<EngineFigures>(child).finally(() => child.disconnect())
  await exited
  const cells = await server.lastCells(DURATION_MS)
  return { ...figures, burstiness: ratePerSec === null ? Number.NaN : burstiness(cells) }
}

function runGenerator(): void {
  process.once('message', (load: EngineLoad) => {
    void drive(load).then((figures) => process.send!(figures))
  })
}

function drive(load: EngineLoad): Promise<EngineFigures> {
  const { generator } = load
  switch (generator.name) {
    case 'k6 without its history':
      return k6WithoutHistory(load)
    case 'k6 alone':
      return k6Alone(load)
    default:
      return runEngine(generator, load)
  }
}

const role = process.argv[2]
if (role === 'null-server') runNullServer()
else if (role === 'generator') runGenerator()
else await compare()
