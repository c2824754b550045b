/** `doorbuster capacity`: how much a target carries within an SLO, what breaks first, and what a larger sale would need. */
import { Command, InvalidArgumentError } from 'commander'
import type { PlanTerms } from '../../core/capacity-record.ts'
import { HarnessError } from '../../core/errors.ts'
import { parseShare } from '../../core/units.ts'
import { renderCapacity, renderProgressLine, trialWords } from '../../report/index.ts'
import type { CapacityObserver } from '../../run/capacity-options.ts'
import type { ServiceSettings, ServicesMode } from '../../services/service.ts'
import type { CommandContext } from '../command-context.ts'
import { positiveDurationMs } from '../list-options.ts'
import {
  appendfsyncOption,
  collect,
  folderName,
  instancesOption,
  integerAtLeast,
  jsonOption,
  servicesOption,
  share,
  synchronousCommitOption,
  yesOption,
} from '../options.ts'
import { reportBeside } from '../report-beside.ts'
import { readScenario } from '../scenario-source.ts'
import { shownPath } from '../shown-path.ts'
import { chooseTarget, type TargetOptions } from '../target-choice.ts'
import type { Terminal } from '../terminal.ts'
import { wordsOfCommand } from '../words-of-command.ts'

interface CapacityCommandOptions extends ServiceSettings, TargetOptions {
  readonly services: ServicesMode
  readonly slo?: readonly string[]
  readonly from?: number
  readonly to?: number
  readonly precision: number
  readonly budget: number
  readonly maxWait: number
  readonly for?: number
  readonly stock?: number
  readonly readShare?: number
  readonly duration?: number
  readonly headroom?: number
  readonly check?: true
  readonly set?: readonly string[]
  readonly seed?: string
  readonly out?: string
  readonly json?: true
}

const MOST_PER_SEC = 1_000_000
const MOST_PLANNED_PER_SEC = 100_000_000
const MOST_STOCK = 1_000_000_000
const PRECISION = 0.05
const BUDGET_MS = 300_000
const MAX_WAIT_MS = 10_000
const PLAN_MS = 60_000
const HEADROOM = 0.7

export function capacityCommand(context: CommandContext): Command {
  const rate = integerAtLeast(1, MOST_PER_SEC)
  return new Command('capacity')
    .description('find the highest rate that meets an SLO, what breaks first, and what a larger sale would need')
    .argument('<scenario>', 'a shipped scenario (see `doorbuster list scenarios`) or the path of a YAML file')
    .option('--strategy <name|file>', 'the strategy to put under load: see `doorbuster list strategies`, or ./mine.ts')
    .option('--target <file>', 'in its place a service of your own, by its descriptor: see docs/target.md')
    .option('--i-may-test <host>', 'a host of the target beyond private networks; may be repeated', collect)
    .option('--slo <expression>', "what every trial has to meet, such as 'p99 < 42ms'; may be repeated", collect)
    .option('--from <rate>', 'requests per second to begin with', rate)
    .option('--to <rate>', 'requests per second beyond which nothing is tried', rate)
    .option('--precision <share>', 'width of the interval to end with', precision, PRECISION)
    .option('--budget <time>', 'time that it may take, such as 5m', positiveDurationMs, BUDGET_MS)
    .option(
      '--max-wait <time>',
      'wait at most so long for a quiet machine before each trial',
      positiveDurationMs,
      MAX_WAIT_MS,
    )
    .option('--for <rate>', 'plan a sale of so many requests per second', integerAtLeast(1, MOST_PLANNED_PER_SEC))
    .option('--stock <units>', 'units of the planned sale (with --for)', integerAtLeast(0, MOST_STOCK))
    .option('--read-share <share>', 'share of its requests that only look, such as 90% (with --for)', share)
    .option('--duration <time>', 'how long it lasts, such as 60s (with --for)', positiveDurationMs)
    .option('--headroom <share>', 'share of a core that a server may use, such as 70% (with --for)', precision)
    .option('--check', 'predict high load from low load, and hold it against a measurement')
    .addOption(instancesOption())
    .addOption(servicesOption())
    .addOption(yesOption())
    .addOption(synchronousCommitOption())
    .addOption(appendfsyncOption())
    .option(
      '--set <path=value>',
      'change any value of the scenario, such as buyers.reads=20%; may be repeated',
      collect,
    )
    .option('--seed <n>', 'seed of arrivals and buyers')
    .option('--out <dir>', 'the folder of it all (default: a new one under results/)', folderName)
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Examples:
  doorbuster capacity flat-12800 --strategy redis-lua --slo 'p99 < 42ms'
  doorbuster capacity smoke --strategy atomic-update --budget 1m
  doorbuster capacity smoke --target my-shop.yaml --slo 'p99 < 200ms' --slo 'errorRate < 0.1%'
  doorbuster capacity browse-and-buy --strategy redis-lua --for 100000 --stock 10000 --read-share 90%
`,
    )
    .action(async (scenarioName: string, options: CapacityCommandOptions, command: Command) => {
      const { terminal } = context
      terminal.quiet = options.json === true
      const plan = planOf(options)
      const scenario = readScenario(scenarioName, { set: options.set, seed: options.seed })
      const { target, warnings: beforehand } = await chooseTarget(options, command)
      for (const warning of beforehand) terminal.warn(warning)
      context.saysWhenStopped(
        'stopping: no further trial is made, what was measured is kept (once more to leave at once)',
      )
      const { measureCapacity } = await import('../../run/capacity.ts')
      const { record, directory, warnings } = await measureCapacity({
        scenario,
        target,
        command: wordsOfCommand(scenarioName, command),
        servicesMode: options.services,
        settings: { synchronousCommit: options.synchronousCommit, appendfsync: options.appendfsync },
        slo: options.slo ?? [],
        fromRatePerSec: options.from ?? null,
        toRatePerSec: options.to ?? null,
        precision: options.precision,
        budgetMs: options.budget,
        maxWaitMs: options.maxWait,
        plan,
        predicts: options.check === true,
        directory: options.out === undefined ? { resultsRoot: 'results' } : { out: options.out },
        signal: context.signal,
        env: context.env,
        observer: follow(terminal),
      })
      terminal.print(
        options.json
          ? JSON.stringify(record)
          : renderCapacity(record, { color: terminal.color, width: terminal.width, directory: shownPath(directory) }),
      )
      for (const warning of warnings) terminal.warn(warning)
      await reportBeside(terminal, directory, 'report:')
      context.leaveWith(record.exitCode!)
    })
}

/** Of each trial one line, and what goes wrong in it at once. */
function follow(terminal: Terminal): CapacityObserver {
  return {
    started: (directory, slo) =>
      terminal.say(`searching for the highest rate with ${slo.join(', ')}; writing to ${shownPath(directory)}`),
    waiting: (sentence) => terminal.say(sentence),
    trialStarts: ({ number, ratePerSec }) => terminal.live(`trial ${number}: starting ${ratePerSec}/s`),
    trialEnded: (trial) => terminal.say(`trial ${trial.number}: ${trialWords(trial)}`),
    run: {
      waiting: (what) => terminal.say(`${what} ...`),
      progress: (plan, progress, word) => {
        const shown = { ...progress, wrong: word?.finding.sentence ?? null }
        terminal.live(renderProgressLine(plan, shown, { steps: 1, model: 'open' }))
      },
      judging: () => terminal.live('settling, reading the ledger, judging'),
      targetSaid: (words) => terminal.say(`the server said:\n${words}`),
    },
  }
}

/** Options that say nothing without a plan. */
const OF_PLAN = {
  '--stock': 'stock',
  '--read-share': 'readShare',
  '--duration': 'duration',
  '--headroom': 'headroom',
} as const

function planOf(options: CapacityCommandOptions): PlanTerms | null {
  if (options.for === undefined) {
    const idle = Object.entries(OF_PLAN).flatMap(([name, key]) => (options[key] === undefined ? [] : [name]))
    if (idle.length === 0) return null
    throw new HarnessError('USAGE', {
      message: `${idle.join(', ')} ${idle.length === 1 ? 'says' : 'say'} nothing without --for`,
      hint: 'A plan is made with --for RATE --stock UNITS.',
    })
  }
  if (options.stock === undefined) {
    throw new HarnessError('USAGE', {
      message: '--for plans a sale, and needs to know of how many units',
      hint: 'Add --stock UNITS.',
    })
  }
  return {
    ratePerSec: options.for,
    stock: options.stock,
    readShare: options.readShare ?? 0,
    durationMs: options.duration ?? PLAN_MS,
    headroom: options.headroom ?? HEADROOM,
  }
}

const LEAST_SHARE = 0.01

function precision(text: string): number {
  const value = parseShare(text)
  if (value === null || value < LEAST_SHARE)
    throw new InvalidArgumentError('It must be a share from 1% to 100%, such as 5%.')
  return value
}
