/** `doorbuster gate`: a candidate against its baseline, to an exit code that a build can rest on. */
import { appendFileSync } from 'node:fs'
import { Command, Option } from 'commander'
import type { GateOptions, GateRecord } from '../../core/gate-record.ts'
import type { Scenario } from '../../core/scenario.ts'
import { gateOptions, parseLeastEffect } from '../../gate/index.ts'
import { gateAnnotations, gateMarkdown, renderGate } from '../../report/index.ts'
import type { ServiceSettings, ServicesMode } from '../../services/service.ts'
import type { CommandContext } from '../command-context.ts'
import { followGate } from '../gate-display.ts'
import { type GateScenarioOptions, gateScenario, namedScenario } from '../gate-scenario.ts'
import type { GateSides } from '../gate-sides.ts'
import { type GateSideOptions, gateWay } from '../gate-way.ts'
import { durationMs } from '../list-options.ts'
import {
  appendfsyncOption,
  collect,
  folderName,
  handicapOption,
  instancesOption,
  jsonOption,
  servicesOption,
  synchronousCommitOption,
  yesOption,
} from '../options.ts'
import { reportBeside } from '../report-beside.ts'
import { shownPath } from '../shown-path.ts'
import { wordsOfCommand } from '../words-of-command.ts'

interface GateCommandOptions extends ServiceSettings, GateSideOptions, GateScenarioOptions {
  readonly iMayTest?: readonly string[]
  readonly handicap?: string
  readonly instances: number
  readonly services: ServicesMode
  readonly budget: number
  readonly maxWait: number
  readonly leastEffect?: readonly string[]
  readonly work: GateOptions['work']
  readonly onInconclusive: GateOptions['onInconclusive']
  readonly out?: string
  readonly summary?: string
  readonly annotations?: boolean
  readonly json?: true
}

export function gateCommand(context: CommandContext): Command {
  const command = new Command('gate')
    .description('hold a candidate against its baseline, visited in turn: wrong, other work, slower, or the same?')
    .argument('[scenario]', 'a shipped scenario or the path of a YAML file; with --baseline DIR that of its runs')
    .option('--baseline-target <target>', 'a strategy, ./mine.ts or a descriptor; with --candidate-target')
    .option('--candidate-target <target>', 'what is to be let through: likewise')
    .option('--target <file>', 'descriptor of a service, in the repository that holds it; with --baseline-ref')
    .option('--baseline-ref <ref>', 'branch, tag or commit that is checked out, built and started as the baseline')
    .option('--candidate-ref <ref>', 'likewise the candidate (default: the working tree as it is)')
    .option('--build <command>', 'for the shell, run in both before they are started: "npm ci && npm run build"')
    .option('--baseline-url <url>', 'a service that runs already, in place of the url of --target')
    .option('--candidate-url <url>', 'the other one')
    .option('--baseline <dir>', 'runs that are stored, or a gate; may be repeated', collect)
    .option('--candidate <dir>', 'likewise the candidate: then nothing is run', collect)
    .option('--i-may-test <host>', 'a host of a target beyond private networks; may be repeated', collect)
    .addOption(instancesOption())
    .addOption(servicesOption())
    .addOption(yesOption())
    .addOption(synchronousCommitOption())
    .addOption(appendfsyncOption())
    .addOption(handicapOption())
  return addJudgingOptions(addScenarioOptions(command))
    .option('--out <dir>', 'folder of the gate and its runs (default: a new one under results/)', folderName)
    .option('--summary <file>', 'append the result to this file as Markdown (default: $GITHUB_STEP_SUMMARY)')
    .option('--annotations', 'print annotations for GitHub (default: where GITHUB_ACTIONS is true)')
    .option('--no-annotations', 'print none')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Examples:
  doorbuster gate smoke --baseline-target atomic-update --candidate-target pessimistic
  doorbuster gate smoke --baseline-target atomic-update --candidate-target naive --quick
  doorbuster gate smoke --target shop.yaml --baseline-ref origin/main --build 'npm ci && npm run build'
  doorbuster gate --baseline results/main --candidate-target shop.yaml
`,
    )
    .action((scenario: string | undefined, options: GateCommandOptions) =>
      runGateCommand(context, scenario, options, command),
    )
}

function addScenarioOptions(command: Command): Command {
  return command
    .option('--rate <n>', "requests per second, in place of the scenario's")
    .option('--duration <time>', 'length of each step of a visit, such as 2s')
    .option('--set <path=value>', 'change any value of the scenario; may be repeated', collect)
    .option('--seed <n>', 'seed of arrivals and buyers, and of the order of visits')
}

function addJudgingOptions(command: Command): Command {
  return command
    .addOption(new Option('--budget <time>', 'all visits end in it').argParser(durationMs).default(300_000, '5m'))
    .addOption(
      new Option('--max-wait <time>', 'how long a block of visits waits for a quiet machine; 0s: nobody looks')
        .argParser(durationMs)
        .default(10_000, '10s'),
    )
    .option('--least-effect <metric=share>', 'nothing smaller matters, such as p99=10%; may be repeated', collect)
    .addOption(
      new Option('--work <how>', 'whether other work an order fails the gate, or is told')
        .choices(['strict', 'report'])
        .default('strict'),
    )
    .addOption(
      new Option('--on-inconclusive <how>', 'what becomes of the build where times give no answer')
        .choices(['fail', 'pass'])
        .default('fail'),
    )
    .option('--quick', 'work and correctness alone, by one short visit to each')
}

async function runGateCommand(
  context: CommandContext,
  scenarioName: string | undefined,
  options: GateCommandOptions,
  command: Command,
): Promise<void> {
  const { terminal, env, signal } = context
  terminal.quiet = options.json === true
  const way = gateWay(options)
  const judging = gateOptions({
    work: options.work,
    onInconclusive: options.onInconclusive,
    quick: options.quick === true,
    leastEffect: parseLeastEffect(options.leastEffect ?? []),
  })
  const named = namedScenario(scenarioName, way, options)
  const { gateSides } = await import('../gate-sides.ts')
  const { instances, iMayTest: permittedHosts = [], handicap } = options
  const sides = await gateSides(
    way,
    { instances, permittedHosts, ...(handicap !== undefined && { handicap }) },
    context,
  )
  try {
    for (const warning of sides.warnings) terminal.warn(warning)
    const { scenario, notes } = gateScenario(named, sides, options)
    for (const note of [...sides.notes, ...notes]) terminal.say(`note: ${note}`)
    const { runGate } = await import('../../run/gate/run-gate.ts')
    const finished = await runGate({
      scenario,
      sides,
      options: judging,
      seed: scenario.seed,
      command: wordsOfCommand(scenarioName ?? null, command),
      budgetMs: options.budget,
      maxWaitMs: options.maxWait,
      notes: [...sides.notes, ...notes],
      servicesMode: options.services,
      settings: { synchronousCommit: options.synchronousCommit, appendfsync: options.appendfsync },
      folder: folderOf(options, scenario, sides),
      signal,
      env,
      ...followGate(terminal),
    })
    report(context, finished.record, shownPath(finished.folder), options)
    await reportBeside(terminal, finished.folder, 'report:')
    for (const warning of finished.warnings) terminal.warn(warning)
    if (finished.failure !== null) throw finished.failure.error
    context.leaveWith(finished.record.exitCode!)
  } finally {
    await sides[Symbol.asyncDispose]()
  }
}

function report(
  { terminal, env }: CommandContext,
  record: GateRecord,
  directory: string,
  { json, summary, annotations }: GateCommandOptions,
): void {
  const style = { color: terminal.color, width: terminal.width, directory }
  terminal.print(json ? JSON.stringify(record) : renderGate(record, style))
  if (!json && (annotations ?? env['GITHUB_ACTIONS'] === 'true')) {
    for (const annotation of gateAnnotations(record)) terminal.print(annotation)
  }
  const file = summary ?? env['GITHUB_STEP_SUMMARY']
  if (file === undefined || file === '') return
  try {
    appendFileSync(file, gateMarkdown(record))
  } catch (cause) {
    terminal.warn(`the summary could not be written to ${file}: ${(cause as Error).message}`)
  }
}

function folderOf(
  { out }: GateCommandOptions,
  { name }: Scenario,
  { baseline, candidate }: GateSides,
): { readonly out: string } | { readonly resultsRoot: string; readonly startedAt: Date; readonly words: string[] } {
  if (out !== undefined) return { out }
  const words = ['gate', name, baseline.name, candidate.name]
  return { resultsRoot: 'results', startedAt: new Date(), words }
}
