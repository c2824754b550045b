/** `doorbuster compare`: several strategies or services side by side, and who is right, then who is quick. */
import { Command } from 'commander'
import { HarnessError } from '../../core/errors.ts'
import type { Scenario } from '../../core/scenario.ts'
import { formatQuantity } from '../../core/units.ts'
import { renderComparison } from '../../report/index.ts'
import type { ComparedTarget, Crossing } from '../../run/contestants.ts'
import type { EngineName } from '../../run/engines.ts'
import type { ServiceSettings, ServicesMode } from '../../services/service.ts'
import type { CommandContext } from '../command-context.ts'
import { followComparison, planWords } from '../compare-display.ts'
import { comparedTargets, type ComparedOptions } from '../compared-targets.ts'
import { durationMs, listOf, listOfIntegers, listOfShares, names } from '../list-options.ts'
import {
  collect,
  ENGINES,
  folderName,
  integerAtLeast,
  jsonOption,
  MAX_INSTANCES,
  servicesOption,
  yesOption,
} from '../options.ts'
import { reportBeside } from '../report-beside.ts'
import { readScenario } from '../scenario-source.ts'
import { shownPath } from '../shown-path.ts'
import { wordsOfCommand } from '../words-of-command.ts'

interface CompareCommandOptions extends ComparedOptions {
  readonly engines: readonly EngineName[]
  readonly instances: readonly number[]
  readonly synchronousCommit: readonly ServiceSettings['synchronousCommit'][]
  readonly appendfsync: readonly ServiceSettings['appendfsync'][]
  readonly sellThrough?: readonly number[]
  readonly repeat: number
  readonly slo?: readonly string[]
  readonly coolDown: number
  readonly maxWait: number
  readonly services: ServicesMode
  readonly rate?: string
  readonly duration?: string
  readonly stock?: string
  readonly threshold?: readonly string[]
  readonly set?: readonly string[]
  readonly seed?: string
  readonly out?: string
  readonly json?: true
}

const MOST_REPEATS = 100
const SELL_THROUGHS = [1, 0.01]
/** Options that say something of the reference server or its stores. */
const OF_STRATEGIES = ['instances', 'services', 'synchronousCommit', 'appendfsync'] as const

export function compareCommand(context: CommandContext): Command {
  return new Command('compare')
    .description('run several strategies or services side by side: who is right, then who is quick, and at what price')
    .argument('<scenario>', 'a shipped scenario (see `doorbuster list scenarios`) or the path of a YAML file')
    .option('--strategies <list>', 'names or modules such as atomic-update,./mine.ts; all; all+controls', names)
    .option('--target <file>', 'a service of your own, by its descriptor; may be repeated', collect)
    .option('--i-may-test <host>', 'a host of a target beyond private networks; may be repeated', collect)
    .option('--engines <list>', 'what drives the load, such as open,k6; each target runs under each', listOf(ENGINES), [
      'open',
    ])
    .option('--instances <list>', 'server processes, such as 1,2', listOfIntegers(1, MAX_INSTANCES), [1])
    .option('--synchronous-commit <list>', 'on,off: for those that use Postgres', listOf(['on', 'off']), ['on'])
    .option(
      '--appendfsync <list>',
      'of everysec,always,no: for those that use Redis',
      listOf(['everysec', 'always', 'no']),
      ['everysec'],
    )
    .option('--sell-through <list>', 'stock as a share of the units asked for (default: 1,0.01)', listOfShares)
    .option('--repeat <n>', 'runs of each contestant in each regime', integerAtLeast(1, MOST_REPEATS), 3)
    .option(
      '--slo <expression>',
      'what they are held against and ranked by, such as "p99 < 42ms", in place of the thresholds of the scenario; may be repeated',
      collect,
    )
    .option('--cool-down <time>', 'rest before each run', durationMs, 2_000)
    .option('--max-wait <time>', 'wait at most so long for a quiet machine before each run', durationMs, 60_000)
    .addOption(servicesOption())
    .addOption(yesOption())
    .option('--rate <n>', "requests per second, in place of the scenario's rates")
    .option('--duration <time>', 'length of each step, such as 10s')
    .option('--stock <units>', 'units that each sale opens with, in place of any sell-through')
    .option('--threshold <expression>', 'a further threshold, such as "errorRate < 1%"; may be repeated', collect)
    .option('--set <path=value>', 'change any value of the scenario; may be repeated', collect)
    .option('--seed <n>', 'seed of arrivals, buyers and the order of runs')
    .option('--out <dir>', "the comparison's own folder (default: a new one under results/)", folderName)
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Examples:
  doorbuster compare smoke --strategies atomic-update,redis-lua --repeat 1
  doorbuster compare smoke --strategies atomic-update,batched --slo "p99 < 42ms" --sell-through 1,0.01
  doorbuster compare smoke --strategies redis-lua --appendfsync everysec,always --duration 5s
  doorbuster compare flat-12800 --strategies all
`,
    )
    .action(async (scenarioName: string, options: CompareCommandOptions, command: Command) => {
      const { terminal, env, signal } = context
      terminal.quiet = options.json === true
      const scenario = scenarioOf(scenarioName, options)
      const sellThroughs = sellThroughsOf(options)
      const { targets, warnings } = await comparedTargets(options)
      if (targets.every(({ choice }) => choice.kind === 'service')) refuseUnheard(command)
      for (const warning of warnings) terminal.warn(warning)
      const { contestantsOf } = await import('../../run/contestants.ts')
      const contestants = contestantsOf(targets, crossingOf(options))
      if (contestants.length < 2) throw oneAlone(contestants[0]?.contestant.name ?? '')
      const { compare } = await import('../../run/compare.ts')
      const { repeat, coolDown: coolDownMs, maxWait: maxWaitMs, services: servicesMode, out } = options
      const plan = { scenario, contestants, sellThroughs, repeat, coolDownMs }
      terminal.say(planWords(plan))
      const { record, directory } = await compare({
        ...plan,
        command: wordsOfCommand(scenarioName, command),
        maxWaitMs,
        servicesMode,
        remarks: remarksOn(scenario, sellThroughs, targets),
        directory: out === undefined ? { resultsRoot: 'results' } : { out },
        signal,
        env,
        observer: followComparison(terminal),
      })
      terminal.say('')
      terminal.print(
        options.json
          ? JSON.stringify(record)
          : renderComparison(record, { color: terminal.color, width: terminal.width, directory: shownPath(directory) }),
      )
      await reportBeside(terminal, directory)
      context.leaveWith(record.exitCode!)
    })
}

/** With --slo, thresholds of the scenario itself don't count; what holds unless something else is said does. */
function scenarioOf(name: string, options: CompareCommandOptions): Scenario {
  const { rate, duration, stock, seed, set, slo = [], threshold = [] } = options
  const scenario = readScenario(name, { rate, duration, stock, seed, set, thresholds: [...slo, ...threshold] })
  if (slo.length === 0) return scenario
  return { ...scenario, thresholds: scenario.thresholds.filter(({ origin }) => origin !== 'scenario') }
}

function sellThroughsOf({ sellThrough, stock }: CompareCommandOptions): readonly (number | null)[] {
  if (stock === undefined) return sellThrough ?? SELL_THROUGHS
  if (sellThrough === undefined) return [null]
  throw new HarnessError('USAGE', {
    message: '--stock and --sell-through both say what there is to sell',
    hint: 'Leave one of them out.',
  })
}

function crossingOf({ engines, instances, synchronousCommit, appendfsync }: CompareCommandOptions): Crossing {
  return { engines, instances, synchronousCommit, appendfsync }
}

function remarksOn(
  { sale }: Scenario,
  sellThroughs: readonly (number | null)[],
  targets: readonly ComparedTarget[],
): string[] {
  const isReplaced = sale.stock.kind === 'units' && !sellThroughs.includes(null)
  const ownStock = targets.flatMap(({ choice }) =>
    choice.kind === 'service' && (choice.descriptor.open === null || choice.descriptor.initialStock !== null)
      ? choice.descriptor.name
      : [],
  )
  return [
    ...(isReplaced && sale.stock.kind === 'units'
      ? [
          `the scenario's stock of ${formatQuantity(sale.stock.units, 'unit')} gave way to a share of what is asked for; --stock keeps a number`,
        ]
      : []),
    ...ownStock.map((name) => `${name} has a stock of its own, which no regime changes`),
  ]
}

function refuseUnheard(command: Command): void {
  const unheard = command.options
    .filter((option) => (OF_STRATEGIES as readonly string[]).includes(option.attributeName()))
    .filter((option) => command.getOptionValueSource(option.attributeName()) === 'cli')
    .map((option) => option.long)
  if (unheard.length === 0) return
  throw new HarnessError('USAGE', {
    message: `${unheard.join(', ')} can't be used with --target alone: it is about the reference server and its stores`,
  })
}

function oneAlone(name: string): HarnessError {
  return new HarnessError('USAGE', {
    message: `${name} is to be compared with nothing`,
    hint: 'Name another strategy or target, or several settings such as --instances 1,2; `doorbuster run` is for one alone.',
  })
}
