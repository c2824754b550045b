/**
 * `npm run bench:gate`: draws 10,000 gates from the pool that is shipped, and prints how many of A against A raised an
 * alarm, and how many found the slowed target; with `--write` puts it into docs/gate-evidence.md. Minutes. `--as-measured`
 * leaves out how fast the machine was, `--gates 2000` draws fewer.
 * `npm run bench:gate -- --record N` makes the pool, N visits an arm, some seconds each, on a quiet machine; one that was
 * interrupted is continued. Remove the file to begin anew.
 * `npm run bench:gate -- --live N` runs N gates of each kind, A against A, a tenth more CPU and one more statement, each for
 * as long as its budget; with `--write` likewise.
 */
import { existsSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { VISIT } from '../../cli/gate-scenario.ts'
import { readScenario } from '../../cli/scenario-source.ts'
import type { StrategyDescription } from '../../core/catalogue.ts'
import type { Scenario } from '../../core/scenario.ts'
import { blocksWithin, planGate } from '../../gate/index.ts'
import { RESERVE } from '../../run/gate/budget.ts'
import { visitScenario } from '../../run/gate/visit-scenario.ts'
import { readCatalogue } from '../../run/target-process.ts'
import { writeBlock } from '../document.ts'
import { drawGates } from './draw-gates.ts'
import { renderEvidence } from './evidence-table.ts'
import { runLiveGates } from './live-gates.ts'
import { liveLine, renderLive } from './live-table.ts'
import { POOL_FILE, readPool, writePool } from './pool-file.ts'
import { type Pool, withoutSpeed } from './pool.ts'
import { recordPool, visitWords } from './record-pool.ts'

const { values } = parseArgs({
  options: {
    record: { type: 'string' },
    live: { type: 'string' },
    pool: { type: 'string', default: POOL_FILE },
    scenario: { type: 'string', default: 'smoke' },
    strategy: { type: 'string', default: 'atomic-update' },
    handicap: { type: 'string', default: 'cpu=10%' },
    rate: { type: 'string' },
    duration: { type: 'string', default: `${VISIT.longestStepMs}ms` },
    steps: { type: 'string', default: String(VISIT.steps) },
    'max-wait': { type: 'string', default: '60000' },
    gates: { type: 'string', default: '10000' },
    budget: { type: 'string', default: '300000' },
    blocks: { type: 'string' },
    seed: { type: 'string', default: '1' },
    'as-measured': { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
})
const seed = Number(values.seed)

if (values.record !== undefined) await record(Number(values.record))
else if (values.live !== undefined) await live(Number(values.live))
else if (existsSync(values.pool)) await draw()
else {
  process.stderr.write(`there is no pool at ${values.pool}: make one with --record 200\n`)
  process.exitCode = 2
}

/** What is visited, and how. */
async function visited(): Promise<{ readonly scenario: Scenario; readonly strategy: StrategyDescription }> {
  const { strategies } = await readCatalogue()
  const strategy = strategies.find(({ name }) => name === values.strategy)
  if (strategy === undefined) throw new Error(`there is no strategy "${values.strategy}"`)
  const { rate, duration } = values
  const given = readScenario(values.scenario, { duration, ...(rate !== undefined && { rate: Number(rate) }) })
  const { scenario } = visitScenario(given, { steps: Number(values.steps), longestStepMs: Infinity })
  return { scenario, strategy }
}

function untilInterrupted(): AbortSignal {
  const interruption = new AbortController()
  process.once('SIGINT', () => interruption.abort())
  return interruption.signal
}

async function live(gates: number): Promise<void> {
  const made = await runLiveGates({
    ...(await visited()),
    gates,
    budgetMs: Number(values.budget),
    maxWaitMs: Number(values['max-wait']),
    seed,
    signal: untilInterrupted(),
    onGate: (gate) => process.stderr.write(`${liveLine(gate)}\n`),
  })
  if (made.length === 0) return
  const text = renderLive(made)
  process.stdout.write(`${text}\n`)
  if (values.write) await writeBlock('docs/gate-evidence.md', 'live', text)
}

async function record(visitsAnArm: number): Promise<void> {
  const blocks = Math.ceil(visitsAnArm / 2)
  const visits = { ...(await visited()), handicap: values.handicap }
  await recordPool({
    ...visits,
    blocks,
    earlier: await earlierPool(visitWords(visits)),
    seed,
    maxWaitMs: Number(values['max-wait']),
    signal: untilInterrupted(),
    onBlock: async (pool) => {
      await writePool(values.pool, pool)
      process.stderr.write(`${pool.blocks.length} of ${blocks} blocks, a visit takes ${pool.visitMs} ms\n`)
    },
  })
}

/** What an interrupted recording left, where it was of the same visits. */
async function earlierPool(visit: string): Promise<Pool | null> {
  const pool = existsSync(values.pool) ? await readPool(values.pool) : null
  return pool?.visit === visit ? pool : null
}

async function draw(): Promise<void> {
  const read = await readPool(values.pool)
  const pool = values['as-measured'] ? withoutSpeed(read) : read
  const blocks =
    values.blocks === undefined ? plannedBlocks(pool) : ([values.blocks, values.blocks].map(Number) as [number, number])
  const options = { pool, gates: Number(values.gates), blocks, seed }
  const alike = drawGates({ ...options, candidate: 'control' })
  const slowed = drawGates({ ...options, candidate: 'slowed' })
  const text = renderEvidence({ pool, blocks, alike, slowed })
  process.stdout.write(`${text}\n`)
  if (values.write) await writeBlock('docs/gate-evidence.md', 'gate', text)
}

/** As a gate plans them whose visits take as long as those of the pool: the second round by what is left of the budget. */
function plannedBlocks({ visitMs }: Pool): [first: number, second: number] {
  const budgetMs = Number(values.budget)
  const plannedMs = visitMs * RESERVE
  const { calibrationVisits, blocksARound, visitsAnArm } = planGate({ budgetMs, visitMs: plannedMs })
  const leftMs = budgetMs - (calibrationVisits + 2 * visitsAnArm) * visitMs
  return [blocksARound, blocksWithin(leftMs, plannedMs)]
}
