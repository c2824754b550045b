/**
 * `npm run bench:http`: strategies through the whole server. First in a closed loop, against a strategy that does
 * nothing, which is what the server itself can do; then under 12,800 arrivals a second, where nearly all buy and where
 * nearly all are refused. Interleaved; server, stores and generator share the machine. Some fifteen minutes.
 */
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { readScenario } from '../../cli/scenario-source.ts'
import type { StrategyDescription } from '../../core/catalogue.ts'
import { compiledModuleUrl } from '../../core/compiled.ts'
import type { StepRecord } from '../../core/run-record.ts'
import { formatMs } from '../../core/units.ts'
import { readCatalogue, startTarget } from '../../run/target-process.ts'
import { acquireServices } from '../../services/index.ts'
import { publish } from '../document.ts'
import { runForBench, SETTINGS } from '../run-for-bench.ts'
import { soldPerSecond } from './closed-loop.ts'

const CONNECTIONS = 256
const CLOSED_LOOP_MS = 3_000
const STOCK = 900_000_000
const NO_OP = fileURLToPath(compiledModuleUrl(import.meta.url, '../../../targets/bench/no-op.ts'))
/** Least share of what the server does with a strategy that does nothing. */
const TARGETS: Readonly<Record<string, number>> = { batched: 0.8, 'redis-lua': 0.6 }
const MEAN_LIMIT_MS = 42

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    strategies: { type: 'string', default: 'batched,redis-lua,atomic-update' },
    carriers: { type: 'string', default: 'batched,redis-lua' },
    scenarios: { type: 'string', default: 'all-sell,crumbs' },
    duration: { type: 'string', default: '25s' },
    write: { type: 'boolean', default: false },
  },
})
const rounds = Array.from({ length: Number(values.rounds) }, (_, round) => round)
let runs = 0

const { strategies } = await readCatalogue()
const lines: string[] = []
await compareInClosedLoop()
await carry()
await publish('http', lines.join('\n'), values)

async function compareInClosedLoop(): Promise<void> {
  const names = listOf(values.strategies)
  const rates = new Map<string, number[]>(['no-op', ...names].map((name) => [name, []]))
  for (const round of rounds) {
    say(`closed loop, round ${round + 1} of ${rounds.length}`)
    for (const [name, measured] of rates) measured.push(await closedLoop(name))
  }
  const most = rates.get('no-op')!
  print(`${CONNECTIONS} buyers in a closed loop, orders per second, medians of ${rounds.length}:`)
  for (const [name, measured] of rates) {
    const ratio = median(measured.map((rate, round) => rate / most[round]!))
    const target = TARGETS[name] === undefined ? '' : `  target ${TARGETS[name]}`
    print(`  ${name.padEnd(16)} ${median(measured).toFixed(0).padStart(7)}/s  ${ratio.toFixed(2)} of no-op${target}`)
  }
}

async function closedLoop(name: string): Promise<number> {
  const runId = `bench${process.pid}x${runs++}`
  const needs = name === 'no-op' ? (['postgres'] as const) : described(name).needs
  const services = await acquireServices({ needs, mode: 'auto', settings: SETTINGS, runId, env: process.env })
  try {
    const strategy = name === 'no-op' ? { module: NO_OP } : { name }
    const target = await startTarget({
      runId,
      strategy,
      instances: 1,
      services,
      settings: SETTINGS,
      lostReplyShare: 0,
    })
    try {
      const sku = 'bench'
      await target.admin.openSale(sku, { stock: STOCK })
      return await soldPerSecond({ url: target.url, sku, connections: CONNECTIONS, durationMs: CLOSED_LOOP_MS })
    } finally {
      await target[Symbol.asyncDispose]()
    }
  } finally {
    await services[Symbol.asyncDispose]()
  }
}

async function carry(): Promise<void> {
  const contests = listOf(values.carriers).flatMap((name) =>
    listOf(values.scenarios).map((scenario) => ({ name, scenario, steps: [] as StepRecord[] })),
  )
  for (const round of rounds) {
    say(`12,800/s, round ${round + 1} of ${rounds.length}`)
    for (const contest of contests) contest.steps.push(...(await carried(contest)))
  }
  print(`\n12,800 arrivals per second for ${values.duration}, each run:`)
  for (const { name, scenario, steps } of contests) {
    const held = steps.filter(({ responseMs, dropped, verdict }) => {
      return verdict === 'passed' && dropped === 0 && (responseMs.p99 ?? Infinity) < MEAN_LIMIT_MS
    })
    print(`  ${name}, ${scenario}: carried in ${held.length} of ${steps.length}`)
    for (const step of steps) print(`    ${wordsOf(step)}`)
  }
}

async function carried({ name, scenario }: { name: string; scenario: string }): Promise<readonly StepRecord[]> {
  const { duration } = values
  const { steps } = await runForBench({ scenario: readScenario(scenario, { duration }), strategy: described(name) })
  return steps
}

function wordsOf({ achievedRatePerSec, responseMs, dropped, verdict, resources, completed }: StepRecord): string {
  const cpu = Object.entries(resources).map(
    ([who, { cpuSeconds }]) => `${who} ${((cpuSeconds / completed) * 1e6).toFixed(0)}`,
  )
  const time = (ms: number | null): string => (ms === null ? '-' : formatMs(ms))
  return `${achievedRatePerSec.toFixed(0)}/s, mean ${time(responseMs.mean)}, p99 ${time(responseMs.p99)}, ${dropped} dropped, ${verdict}; CPU us a request: ${cpu.join(', ')}`
}

function described(name: string): StrategyDescription {
  const found = strategies.find((strategy) => strategy.name === name)
  if (found === undefined) throw new Error(`there is no strategy "${name}"`)
  return found
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

function listOf(text: string): string[] {
  return text.split(',').filter((item) => item !== '')
}

function print(line: string): void {
  lines.push(line)
}

function say(line: string): void {
  process.stderr.write(`${line}\n`)
}
