/** `doorbuster race`: every order of the store calls of a few buyers, and the shortest that breaks the sale. */
import { Command, Option } from 'commander'
import { CROWDS, type RaceRecord } from '../../core/race-record.ts'
import { renderRace } from '../../report/index.ts'
import type { RaceDirectory } from '../../results/index.ts'
import type { RaceOptions } from '../../run/race/race-options.ts'
import type { ServicesMode } from '../../services/service.ts'
import type { CommandContext } from '../command-context.ts'
import { durationMs, listOfIntegers } from '../list-options.ts'
import { folderName, integerAtLeast, jsonOption, servicesOption, yesOption } from '../options.ts'
import { followRace } from '../race-display.ts'
import { racedTarget, wordsOfTarget } from '../race-target.ts'
import { raceTerms, type RaceTermsOptions, replayedTerms } from '../race-terms.ts'
import { reportBeside } from '../report-beside.ts'
import { shownPath } from '../shown-path.ts'
import { chooseTarget } from '../target-choice.ts'
import { wordsOfCommand } from '../words-of-command.ts'

interface RaceCommandOptions extends RaceTermsOptions {
  readonly strategy?: string
  readonly target?: string
  readonly acceptPartial?: true
  readonly replay?: string
  readonly services: ServicesMode
  readonly out?: string
  readonly json?: true
}

const MOST_BUYERS = 3
const MOST_STOCK = 100
const MOST_LIMIT = 100
const MOST_PREEMPTIONS = 100
const BUDGET_MS = 30_000

export function raceCommand(context: CommandContext): Command {
  const command = new Command('race')
    .description('try every order of the store calls of a few buyers, and show the shortest that breaks the sale')
    .option('--strategy <name|file>', 'the strategy that is raced: see `doorbuster list strategies`, or ./mine.ts')
    .option('--target <file>', 'in its place a service of your own, by its descriptor: see docs/race.md')
  return addTermsOptions(command)
    .option('--accept-partial', 'pass where nothing was wrong although not every order was tried')
    .option(
      '--replay <file>',
      'run the wrong order of an earlier race again, by its race.json; and all orders where it is not wrong any more',
    )
    .addOption(servicesOption())
    .addOption(yesOption())
    .option('--out <dir>', "the race's own folder (default: a new one under results/)", folderName)
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Examples:
  doorbuster race --strategy naive
  doorbuster race --strategy atomic-update --stock 1,2 --budget 1m
  doorbuster race --strategy redis-lua --crowd double-click --crash
  doorbuster race --replay results/20260314T150926Z-race-naive/race.json
`,
    )
    .action((options: RaceCommandOptions) => runRaceCommand(context, options, command))
}

function addTermsOptions(command: Command): Command {
  return command
    .addOption(new Option('--buyers <n>', 'how many buy at once').argParser(integerAtLeast(2, MOST_BUYERS)).default(2))
    .addOption(
      new Option('--stock <list>', 'units that there are, such as 1,2: each is raced')
        .argParser(listOfIntegers(1, MOST_STOCK))
        .default([1], '1'),
    )
    .addOption(
      new Option('--crowd <who>', 'strangers, one user several times, or one request sent several times')
        .choices(CROWDS)
        .default('strangers'),
    )
    .option('--per-user-limit <units>', 'units that one user may have', integerAtLeast(1, MOST_LIMIT))
    .addOption(
      new Option('--budget <time>', 'time that the search for each stock may take')
        .argParser(durationMs)
        .default(BUDGET_MS, '30s'),
    )
    .option(
      '--preemptions <n>',
      'try only orders that leave somebody who could have gone on so many times',
      integerAtLeast(0, MOST_PREEMPTIONS),
    )
    .option('--full', 'try those orders, too, that differ only in what nobody can tell apart')
    .option(
      '--memory',
      'let buyers and replies be late in every order, for what only the memory of the server can tell',
    )
    .option('--no-memory', 'in none: otherwise in some, where nothing else was wrong')
    .option('--all', 'go on behind the first wrong order, and count them')
    .option('--crash', 'kill the server at each call once, and lose the reply to it, too')
}

/** Leaves no empty folder behind where not even the first order could be run. Loads what it needs when it is called. */
async function racedInto(directory: RaceDirectory, options: Omit<RaceOptions, 'directory'>): Promise<RaceRecord> {
  const { race } = await import('../../run/race/race.ts')
  try {
    return await race({ ...options, directory })
  } finally {
    await directory.removeEmpty()
  }
}

async function runRaceCommand(context: CommandContext, options: RaceCommandOptions, command: Command): Promise<void> {
  const { terminal, env, signal } = context
  terminal.quiet = options.json === true
  context.saysWhenStopped('stopping: no further order is tried, what was found is kept (once more to leave at once)')
  const { createRaceDirectory, openRace } = await import('../../results/index.ts')
  const replay = options.replay === undefined ? null : await openRace(options.replay)
  const terms = replay === null ? raceTerms(options) : replayedTerms(replay, command)
  const taken = racedTarget(options, replay?.record ?? null)
  const { target, warnings } = await chooseTarget({ ...taken, instances: 1 }, command)
  for (const warning of warnings) terminal.warn(warning)
  const name = target.kind === 'strategy' ? target.strategy.name : target.descriptor.name
  const directory = await createRaceDirectory(
    options.out === undefined ? { resultsRoot: 'results', startedAt: new Date(), target: name } : { out: options.out },
  )
  terminal.say(`writing to ${shownPath(directory.path)}`)
  const record = await racedInto(directory, {
    target,
    terms,
    acceptPartial: options.acceptPartial === true,
    replay: replay === null ? null : { file: shownPath(replay.file), record: replay.record },
    servicesMode: options.services,
    settings: { synchronousCommit: 'on', appendfsync: 'everysec' },
    command: [...wordsOfCommand(null, command), ...wordsOfTarget(options, taken)],
    observer: followRace(terminal, { isReplay: replay !== null }),
    signal,
    env,
  })
  terminal.print(
    options.json
      ? JSON.stringify(record)
      : renderRace(record, { color: terminal.color, width: terminal.width, directory: shownPath(directory.path) }),
  )
  await reportBeside(terminal, directory.path, 'report:')
  context.leaveWith(record.exitCode!)
}
