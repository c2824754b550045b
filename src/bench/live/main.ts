/**
 * `npm run bench:live`: what judging a run while it goes on costs, and recording it, as shares of the CPU that the whole
 * run takes: generator, target and stores. Real runs of `redis-lua` at 12,800/s, the median of several.
 * Recording is measured by writing a run's history once more: nothing else uses the process then.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RunRecord } from '../../core/run-record.ts'
import { createRunDirectory, openRun } from '../../results/index.ts'
import { runScenario } from '../../run/run-scenario.ts'
import { readCatalogue } from '../../run/target-process.ts'
import { loadScenario } from '../../scenario/index.ts'
import { publish } from '../document.ts'
import { median } from '../engine/arrival-figures.ts'

const ROUNDS = 5
const STRATEGY = 'redis-lua'
const SCENARIO = `
name: live
sale: {sellThrough: 50%}
steps: [{rate: 12800, duration: 5s}]
`

interface Round {
  readonly requests: number
  readonly achieved: number
  /** CPU seconds. */
  readonly run: number
  readonly generator: number
  readonly judging: number
  readonly recording: number
}

async function measure(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'doorbuster-bench-'))
  try {
    const rounds: Round[] = []
    for (let round = 1; round <= ROUNDS; round++) {
      process.stderr.write(`round ${round} of ${ROUNDS}\n`)
      rounds.push(await runRound(join(folder, `run-${round}`), join(folder, `again-${round}`)))
    }
    await publish('live', report(rounds), { write: process.argv.includes('--write') })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function runRound(out: string, again: string): Promise<Round> {
  const { strategies } = await readCatalogue()
  const { record } = await runScenario({
    scenario: loadScenario(SCENARIO, 'live'),
    target: { kind: 'strategy', strategy: strategies.find(({ name }) => name === STRATEGY)!, instances: 1 },
    servicesMode: 'auto',
    settings: { synchronousCommit: 'on', appendfsync: 'everysec' },
    directory: { out },
    signal: new AbortController().signal,
    env: process.env,
  })
  return { ...figuresOf(record), recording: await recordingSeconds(out, again) }
}

function figuresOf({ steps }: RunRecord): Omit<Round, 'recording'> {
  const { resources, live, arrivals, achievedRatePerSec, offeredRatePerSec } = steps[0]!
  const judging = live.tookMs / 1000
  const used = Object.values(resources).reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0)
  return {
    requests: arrivals,
    achieved: achievedRatePerSec / (offeredRatePerSec ?? 0),
    run: used + judging,
    generator: resources.generator?.cpuSeconds ?? Number.NaN,
    judging,
  }
}

async function recordingSeconds(out: string, again: string): Promise<number> {
  const history = await (await openRun(out)).readHistory(0)
  const directory = await createRunDirectory({ startedAt: new Date(), scenario: 'live', target: STRATEGY, out: again })
  const before = process.cpuUsage()
  await directory.writeHistory(0, history)
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1e6
}

function report(rounds: readonly Round[]): string {
  const row = (name: string, seconds: (round: Round) => number): string => {
    const us = median(rounds.map((round) => (seconds(round) / round.requests) * 1e6))
    const share = median(rounds.map((round) => seconds(round) / round.run)) * 100
    return `${name.padEnd(40)}${us.toFixed(2).padStart(8)} us${share.toFixed(2).padStart(9)} %\n`
  }
  const achieved = `${(median(rounds.map((round) => round.achieved)) * 100).toFixed(1)} % achieved`
  return [
    `${STRATEGY} at 12,800/s (${achieved}): CPU a request, and share of the run's; medians of ${ROUNDS}\n`,
    row('the whole run', ({ run }) => run),
    row('  generator', ({ generator }) => generator),
    row('  judging while it runs', ({ judging }) => judging),
    row('writing its history afterwards', ({ recording }) => recording),
    row('judging and writing together', ({ judging, recording }) => judging + recording),
  ].join('')
}

await measure()
