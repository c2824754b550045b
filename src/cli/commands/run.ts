/** `doorbuster run`: one scenario against one strategy, to a verdict. */
import { Command } from 'commander'
import type { Scenario } from '../../core/scenario.ts'
import { HarnessError } from '../../core/errors.ts'
import { exitCodeOf } from '../../core/exit-codes.ts'
import { renderDryRun, renderVerdict } from '../../report/index.ts'
import type { ServiceSettings, ServicesMode } from '../../services/service.ts'
import {
  appendfsyncOption,
  collect,
  engineOption,
  folderName,
  handicapOption,
  instancesOption,
  jsonOption,
  k6SegmentsOption,
  servicesOption,
  share,
  synchronousCommitOption,
  yesOption,
} from '../options.ts'
import type { CommandContext } from '../command-context.ts'
import { addExposureOptions, type ExposureCommandOptions, exposureOf } from '../exposure-options.ts'
import { addLogOptions, type LogOptions, openLog } from '../log-options.ts'
import { reportBeside } from '../report-beside.ts'
import { followRun } from '../run-display.ts'
import type { EngineChoice, EngineName } from '../../run/engines.ts'
import type { TargetChoice } from '../../run/run-scenario.ts'
import { readScenario } from '../scenario-source.ts'
import { wordsOfCommand } from '../words-of-command.ts'
import { severalObservers } from '../several-observers.ts'
import { shownPath } from '../shown-path.ts'
import { chooseTarget, type TargetOptions } from '../target-choice.ts'

interface RunCommandOptions extends ServiceSettings, TargetOptions, ExposureCommandOptions, LogOptions {
  readonly engine: EngineName
  readonly k6Segments?: number
  readonly services: ServicesMode
  readonly rate?: string
  readonly duration?: string
  readonly stock?: string
  readonly threshold?: readonly string[]
  readonly set?: readonly string[]
  readonly seed?: string
  readonly dryRun?: true
  readonly failFast?: true
  readonly work?: true
  readonly out?: string
  readonly report: boolean
  readonly json?: true
}

export function runCommand(context: CommandContext): Command {
  const command = new Command('run')
    .description('run a scenario against a strategy, or a service of your own, and judge every sale')
    .argument('<scenario>', 'a shipped scenario (see `doorbuster list scenarios`) or the path of a YAML file')
    .option('--strategy <name|file>', 'the strategy to put under load: see `doorbuster list strategies`, or ./mine.ts')
    .option('--target <file>', 'in its place a service of your own, by its descriptor: see docs/target.md')
    .option('--i-may-test <host>', 'a host of the target beyond private networks; may be repeated', collect)
    .option('--dry-run', 'send the target one read and one buy, and show what is made of the answers')
    .addOption(engineOption())
    .addOption(k6SegmentsOption())
    .addOption(instancesOption())
    .addOption(servicesOption())
    .addOption(yesOption())
    .addOption(synchronousCommitOption())
    .addOption(appendfsyncOption())
    .option('--lose-replies <share>', 'cut the connection in place of so many answers, such as 1%', share)
    .addOption(handicapOption())
    .option('--rate <n>', "requests per second, in place of the scenario's rates")
    .option('--duration <time>', 'length of each step, such as 10s')
    .option('--stock <units>', 'units that each sale opens with')
    .option('--threshold <expression>', 'a further threshold, such as "p99 < 42ms"; may be repeated', collect)
    .option(
      '--set <path=value>',
      'change any value of the scenario, such as buyers.reads=20%; may be repeated',
      collect,
    )
    .option('--fail-fast', 'end the run as soon as its sale is seen to be wrong')
    .option('--work', 'count what one order costs before the load: statements, WAL, Redis commands; see docs/work.md')
    .option('--seed <n>', 'seed of arrivals and buyers')
    .option('--out <dir>', "the run's own folder (default: a new one under results/)", folderName)
    .option('--no-report', 'write no report.html into it')
    .addOption(jsonOption())
  return addLogOptions(addExposureOptions(command))
    .addHelpText(
      'after',
      `
Examples:
  doorbuster run smoke --strategy atomic-update
  doorbuster run smoke --target my-shop.yaml
  doorbuster run smoke --strategy atomic-update --engine k6
  doorbuster run connections --strategy redis-lua --engine autocannon
  doorbuster run staircase-12800 --strategy redis-lua --metrics-port 9464
`,
    )
    .action(async (scenarioName: string, options: RunCommandOptions, command: Command) => {
      context.terminal.quiet = options.json === true
      const scenario = scenarioOf(scenarioName, options)
      const exposure = exposureOf(options, context.env)
      const { target, warnings: beforehand } = await chooseTarget(options, command)
      for (const warning of beforehand) context.terminal.warn(warning)
      if (options.dryRun === true) {
        await tryOut(context, target, scenario, options)
        return
      }
      const log = await openLog(options, context, target.kind === 'service' ? target : {})
      const { runScenario } = await import('../../run/run-scenario.ts')
      const { openBrowser } = await import('../../observe/index.ts')
      const openPage = (url: string): void => {
        if (options.open !== true) return
        void openBrowser(url, context.env).then((reason) => reason !== null && context.terminal.say(`note: ${reason}`))
      }
      const { record, directory, warnings } = await runScenario({
        scenario,
        target,
        engine: engineOf(options),
        servicesMode: options.services,
        settings: { synchronousCommit: options.synchronousCommit, appendfsync: options.appendfsync },
        failFast: options.failFast === true,
        probeWork: options.work === true,
        directory: options.out === undefined ? { resultsRoot: 'results' } : { out: options.out },
        signal: context.signal,
        env: context.env,
        observer: severalObservers([
          followRun(context.terminal, openPage),
          ...(log === null ? [] : [log.observeRun()]),
        ]),
        ...(exposure !== undefined && { exposure }),
        command: wordsOfCommand(scenarioName, command),
      })
      const { terminal } = context
      log?.runFinished(record)
      terminal.print(
        options.json
          ? JSON.stringify(record)
          : renderVerdict(record, { color: terminal.color, width: terminal.width, directory: shownPath(directory) }),
      )
      for (const warning of warnings) terminal.warn(warning)
      if (options.report) await reportBeside(terminal, directory)
      context.leaveWith(record.exitCode!)
    })
}

async function tryOut(
  context: CommandContext,
  target: TargetChoice,
  scenario: Scenario,
  { json }: RunCommandOptions,
): Promise<void> {
  if (target.kind === 'strategy') {
    throw new HarnessError('USAGE', { message: '--dry-run tries out a descriptor: it needs --target' })
  }
  const { terminal, env, signal } = context
  const { dryRun } = await import('../../run/dry-run.ts')
  const report = await dryRun({ choice: target, scenario, env, signal })
  const style = { color: terminal.color, width: terminal.width }
  terminal.print(json ? JSON.stringify(report) : renderDryRun(report, style))
  context.leaveWith(exitCodeOf(report.problems.length === 0 ? 'passed' : 'inconclusive'))
}

function engineOf({ engine, k6Segments }: RunCommandOptions): EngineChoice {
  if (k6Segments === undefined) return { name: engine }
  if (engine === 'k6') return { name: engine, segments: k6Segments }
  throw new HarnessError('USAGE', {
    message: `--k6-segments is for --engine k6, and the engine is ${engine}`,
    hint: 'Add --engine k6, or leave --k6-segments out.',
  })
}

function scenarioOf(name: string, options: RunCommandOptions): Scenario {
  const { rate, duration, stock, seed, set, threshold: thresholds = [], loseReplies = 0 } = options
  const scenario = readScenario(name, { rate, duration, stock, seed, set, thresholds })
  const isUnset = scenario.thresholds.some(({ metric, origin }) => metric === 'achieved' && origin === 'default')
  // In the closed model it doesn't hold.
  if (loseReplies === 0 || !isUnset || options.engine === 'autocannon') return scenario
  return readScenario(name, {
    rate,
    duration,
    stock,
    seed,
    set,
    thresholds: [...thresholds, leastAchieved(loseReplies)],
  })
}

/**
 * The threshold that holds unless another is given, less what is not achieved on purpose: on average the share itself,
 * and as much again for chance.
 */
function leastAchieved(lostReplyShare: number): string {
  return `achieved >= ${Math.max(0, 99 - 200 * lostReplyShare).toFixed(2)}%`
}
