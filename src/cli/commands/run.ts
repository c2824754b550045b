/** `doorbuster run`: one scenario against one strategy, to a verdict. */
import { Command } from 'commander'
import type { StrategyDescription } from '../../core/catalogue.ts'
import { HarnessError } from '../../core/errors.ts'
import { nearestName } from '../../core/nearest-name.ts'
import { renderVerdict } from '../../report/index.ts'
import { runScenario } from '../../run/run-scenario.ts'
import { readCatalogue } from '../../run/target-process.ts'
import type { ServiceSettings, ServicesMode } from '../../services/service.ts'
import { strategyLines } from '../catalogue-text.ts'
import {
  appendfsyncOption,
  collect,
  folderName,
  integerAtLeast,
  jsonOption,
  servicesOption,
  synchronousCommitOption,
} from '../options.ts'
import type { CommandContext } from '../command-context.ts'
import { followRun } from '../run-display.ts'
import { readScenario } from '../scenario-source.ts'
import { shownPath } from '../shown-path.ts'

interface RunCommandOptions extends ServiceSettings {
  readonly strategy?: string
  readonly instances: number
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

const MAX_INSTANCES = 64

export function runCommand(context: CommandContext): Command {
  return new Command('run')
    .description('run a scenario against a strategy and judge every sale')
    .argument('<scenario>', 'a shipped scenario (see `doorbuster list scenarios`) or the path of a YAML file')
    .option('--strategy <name>', 'the strategy to put under load (see `doorbuster list strategies`)')
    .option('--instances <n>', 'server processes on one port', integerAtLeast(1, MAX_INSTANCES), 1)
    .addOption(servicesOption())
    .addOption(synchronousCommitOption())
    .addOption(appendfsyncOption())
    .option('--rate <n>', "requests per second, in place of the scenario's rates")
    .option('--duration <time>', 'length of each step, such as 10s')
    .option('--stock <units>', 'units that each sale opens with')
    .option('--threshold <expression>', 'a further threshold, such as "p99 < 42ms"; may be repeated', collect)
    .option(
      '--set <path=value>',
      'change any value of the scenario, such as buyers.reads=20%; may be repeated',
      collect,
    )
    .option('--seed <n>', 'seed of arrivals and buyers')
    .option('--out <dir>', "the run's own folder (default: a new one under results/)", folderName)
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  doorbuster run smoke --strategy atomic-update\n')
    .action(async (scenarioName: string, options: RunCommandOptions) => {
      context.terminal.quiet = options.json === true
      const scenario = await readScenario(scenarioName, {
        rate: options.rate,
        duration: options.duration,
        stock: options.stock,
        seed: options.seed,
        thresholds: options.threshold,
        set: options.set,
      })
      const strategy = await chooseStrategy(options.strategy)
      const { record, directory, warnings } = await runScenario({
        scenario,
        strategy,
        instances: options.instances,
        servicesMode: options.services,
        settings: { synchronousCommit: options.synchronousCommit, appendfsync: options.appendfsync },
        directory: options.out === undefined ? { resultsRoot: 'results' } : { out: options.out },
        signal: context.signal,
        env: context.env,
        observer: followRun(context.terminal),
      })
      const { terminal } = context
      terminal.print(
        options.json
          ? JSON.stringify(record)
          : renderVerdict(record, { color: terminal.color, width: terminal.width, directory: shownPath(directory) }),
      )
      for (const warning of warnings) terminal.warn(warning)
      context.leaveWith(record.exitCode!)
    })
}

/** Throws HarnessError USAGE, with the list, when none or an unknown one was named. */
async function chooseStrategy(name: string | undefined): Promise<StrategyDescription> {
  const { strategies } = await readCatalogue()
  const found = strategies.find((strategy) => strategy.name === name)
  if (found) return found
  const near =
    name === undefined
      ? null
      : nearestName(
          name,
          strategies.map((strategy) => strategy.name),
        )
  throw new HarnessError('USAGE', {
    message:
      name === undefined
        ? 'which strategy? Name one with --strategy.'
        : `there is no strategy "${name}"${near === null ? '' : `; did you mean "${near}"?`}`,
    hint: strategyLines(strategies).join('\n'),
  })
}
