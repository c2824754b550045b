/**
 * `npm run bench:race`: races every strategy and every control, with the seconds each took, and once more with what their
 * servers remember; kills the server at every place of four of them, and holds the reduction against the full search; with
 * `--write` puts the tables into docs/race-evidence.md. `--part races|memory|crash|reduction` runs one of them,
 * `--strategies a,b` some strategies.
 */
import { parseArgs } from 'node:util'
import type { StrategyDescription } from '../../core/catalogue.ts'
import type { Crowd, RacePart, RaceTerms } from '../../core/race-record.ts'
import type { RunEnvironment } from '../../core/run-record.ts'
import { parseDurationMs } from '../../core/units.ts'
import { tryCrashes } from '../../run/race/crash-points.ts'
import { type PartOptions, racePart, warmUp } from '../../run/race/race-part.ts'
import { type RaceSetting, setUpRace } from '../../run/race/race-setting.ts'
import { readCatalogue } from '../../run/target-process.ts'
import { machineLine, writeBlock } from '../document.ts'
import {
  type CrashedStrategy,
  crashTable,
  type RacedPart,
  racesTable,
  type ReducedAndFull,
  reductionTable,
} from './race-table.ts'

const DOCUMENT = 'docs/race-evidence.md'
const PARTS = ['races', 'memory', 'crash', 'reduction']
const CRASHED = ['redis-lua', 'batched', 'double-delete', 'article-literal']
/** Controls whose bug needs one user, or one request, several times. */
const CROWDS: Readonly<Record<string, Crowd>> = {
  'control-double-order': 'double-click',
  'control-double-release': 'one-user',
  'control-leaked-unit': 'one-user',
  'control-limit-snapshot': 'one-user',
}

const { values } = parseArgs({
  options: {
    part: { type: 'string', default: PARTS.join(',') },
    strategies: { type: 'string' },
    budget: { type: 'string', default: '30s' },
    write: { type: 'boolean', default: false },
  },
})

const interruption = new AbortController()
process.once('SIGINT', () => interruption.abort())
const { signal } = interruption
const budgetMs = parseDurationMs(values.budget)
if (budgetMs === null) throw new Error(`--budget must be a duration such as 30s, got "${values.budget}"`)
const named = values.strategies?.split(',')
const known = (await readCatalogue()).strategies
const strategies = known.filter(({ name }) => named?.includes(name) ?? true)
let environment: RunEnvironment | null = null

const TABLES: Readonly<Record<string, () => Promise<string>>> = {
  races: async () => racesTable(await everyRace()),
  memory: async () => racesTable(await everyRaceOfMemory()),
  crash: async () => crashTable(await everyCrash()),
  reduction: async () => reductionTable(await everyReduction()),
}
for (const part of values.part.split(',')) {
  const table = await TABLES[part]!()
  const text = `${table}\n\n${environment === null ? '' : machineLine(environment, new Date())}\n`
  process.stdout.write(`${text}\n`)
  if (values.write && !signal.aborted) await writeBlock(DOCUMENT, part, text)
}

async function everyRace(): Promise<RacedPart[]> {
  const raced: RacedPart[] = []
  for (const strategy of strategies) {
    const crowd = CROWDS[strategy.name] ?? 'strangers'
    for (const buyers of strategy.control ? [2] : [2, 3]) {
      const stocks = buyers === 3 ? [2] : crowd === 'strangers' ? [1, 2] : [2]
      raced.push(...(await raceOne(strategy, { buyers, stocks, crowd, reduction: 'partial', memory: false })))
    }
  }
  return raced
}

async function everyRaceOfMemory(): Promise<RacedPart[]> {
  const raced: RacedPart[] = []
  for (const strategy of strategies) {
    const crowd = CROWDS[strategy.name] ?? 'strangers'
    const stocks = [crowd === 'strangers' ? 1 : 2]
    raced.push(...(await raceOne(strategy, { buyers: 2, stocks, crowd, reduction: 'partial', memory: true })))
  }
  return raced
}

async function raceOne(strategy: StrategyDescription, terms: Terms): Promise<RacedPart[]> {
  return await inSetting(strategy, terms, async (setting, whole, chance) => {
    const raced: RacedPart[] = []
    for (const stock of terms.stocks) {
      let convictedAfterMs: number | null = null
      const onOrder = ({ wrong, elapsedMs }: { readonly wrong: number; readonly elapsedMs: number }): void => {
        if (wrong > 0) convictedAfterMs ??= elapsedMs
      }
      const { part } = await racePart({ setting, terms: whole, stock, chance, signal, onOrder })
      tell(strategy.name, terms.crowd, part)
      raced.push({ strategy: strategy.name, crowd: terms.crowd, buyers: terms.buyers, part, convictedAfterMs })
    }
    return raced
  })
}

async function everyCrash(): Promise<CrashedStrategy[]> {
  const crashed: CrashedStrategy[] = []
  for (const strategy of strategies.filter(({ name }) => CRASHED.includes(name))) {
    const terms = { buyers: 2, stocks: [2], crowd: 'strangers', reduction: 'partial' } as const
    const { points } = await inSetting(strategy, terms, (setting) =>
      tryCrashes((crash, choose) => setting.run({ stock: 2, crash }, choose), { hasTime: () => !signal.aborted }),
    )
    process.stderr.write(`${strategy.name}: ${points.length} places\n`)
    crashed.push({ strategy: strategy.name, points })
  }
  return crashed
}

async function everyReduction(): Promise<ReducedAndFull[]> {
  const compared: ReducedAndFull[] = []
  for (const strategy of strategies) {
    const crowd = CROWDS[strategy.name] ?? 'strangers'
    const terms = { buyers: 2, stocks: crowd === 'strangers' ? [1, 2] : [2], crowd }
    const reduced = await raceOne(strategy, { ...terms, reduction: 'partial', memory: false })
    const full = await raceOne(strategy, { ...terms, reduction: 'full', memory: false })
    for (const [index, { part }] of reduced.entries()) {
      compared.push({ strategy: strategy.name, crowd, stock: part.stock, reduced: part, full: full[index]!.part })
    }
  }
  return compared
}

type Terms = Pick<RaceTerms, 'buyers' | 'stocks' | 'crowd' | 'reduction' | 'memory'>

async function inSetting<Result>(
  strategy: StrategyDescription,
  terms: Terms,
  work: (setting: RaceSetting, terms: RaceTerms, chance: PartOptions['chance']) => Promise<Result>,
): Promise<Result> {
  const perUserLimit = terms.crowd === 'one-user' ? 1 : null
  const whole = { ...terms, perUserLimit, preemptions: null, budgetMs: budgetMs!, crash: false, all: true }
  const setting = await setUpRace({
    target: { kind: 'strategy', strategy, instances: 1 },
    terms: whole,
    servicesMode: 'auto',
    settings: { synchronousCommit: 'on', appendfsync: 'everysec' },
    env: process.env,
    signal,
  })
  try {
    environment = setting.environment
    return await work(setting, whole, await warmUp(setting, Math.max(...terms.stocks)))
  } finally {
    await setting[Symbol.asyncDispose]()
  }
}

function tell(strategy: string, crowd: Crowd, { stock, tried, wrong, coverage, elapsedMs }: RacePart): void {
  const line = `${strategy}, ${crowd}, stock ${stock}: ${tried} orders, ${wrong} wrong, ${coverage}, ${Math.round(elapsedMs)} ms`
  process.stderr.write(`${line}\n`)
}
