/**
 * `doorbuster demo`: the two-minute tour. Wrong strategies are caught, right ones pass, and one that every tally of
 * rows clears is convicted all the same.
 */
import { Command } from 'commander'
import type { Catalogue, StrategyDescription } from '../../core/catalogue.ts'
import { HarnessError } from '../../core/errors.ts'
import { exitCodeOf } from '../../core/exit-codes.ts'
import type { RunRecord } from '../../core/run-record.ts'
import type { Scenario } from '../../core/scenario.ts'
import { type DemoRow, renderDemo } from '../../report/index.ts'
import type { FinishedRun } from '../../run/run-scenario.ts'
import { readCatalogue } from '../../run/target-process.ts'
import type { ServicesMode } from '../../services/service.ts'
import { jsonOption, servicesOption, yesOption } from '../options.ts'
import type { CommandContext } from '../command-context.ts'
import { reportBeside } from '../report-beside.ts'
import { followRun } from '../run-display.ts'
import { readScenario } from '../scenario-source.ts'
import type { Terminal } from '../terminal.ts'

interface Act {
  readonly strategy: string
  readonly instances: number
  readonly expectation: 'caught' | 'right'
}

const ACTS: readonly Act[] = [
  { strategy: 'naive', instances: 2, expectation: 'caught' },
  { strategy: 'mutex', instances: 2, expectation: 'caught' },
  { strategy: 'article-literal', instances: 1, expectation: 'caught' },
  { strategy: 'atomic-update', instances: 2, expectation: 'right' },
  { strategy: 'redis-lua', instances: 1, expectation: 'right' },
  { strategy: 'double-delete', instances: 1, expectation: 'right' },
]

/** Each sale is the smoke scenario, a little shorter, so that all of them end before a coffee is cold. */
const SCENARIO = 'smoke'
const DURATION = '8s'

const NEXT_COMMANDS = [
  'npx doorbuster run staircase-12800 --strategy redis-lua',
  'npx doorbuster run smoke --strategy mutex --instances 2',
  'npx doorbuster list strategies',
] as const

interface DemoCommandOptions {
  readonly services: ServicesMode
  readonly json?: true
}

export function demoCommand(context: CommandContext): Command {
  return new Command('demo')
    .description('the two-minute tour: the wrong ones are caught, the right ones pass')
    .addOption(servicesOption())
    .addOption(yesOption())
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  doorbuster demo\n')
    .action(async (options: DemoCommandOptions) => {
      const { terminal } = context
      terminal.quiet = options.json === true
      const scenario = readScenario(SCENARIO, { duration: DURATION })
      const catalogue = await readCatalogue()
      const rows: DemoRow[] = []
      const skipped: string[] = []
      for (const [index, act] of ACTS.entries()) {
        if (context.signal.aborted) break
        terminal.say(`\n${index + 1} of ${ACTS.length}: ${titleOf(act)}`)
        const outcome = await play(context, act, scenario, catalogue, options.services)
        if ('skipped' in outcome) {
          terminal.say(`skipped: ${outcome.skipped}`)
          skipped.push(`${act.strategy}: ${outcome.skipped}`)
        } else rows.push(rowOf(act, outcome))
      }
      terminal.say('')
      const exitCode = exitCodeOf(verdictOf(rows, context.signal))
      terminal.print(
        options.json
          ? JSON.stringify({ exitCode, runs: rows.map(({ record }) => record), skipped })
          : renderDemo(rows, { color: terminal.color, width: terminal.width, skipped, next: NEXT_COMMANDS }),
      )
      await reportOfWrong(terminal, rows)
      context.leaveWith(exitCode)
    })
}

/** One page of what it looks like when it goes wrong. */
async function reportOfWrong(terminal: Terminal, rows: readonly DemoRow[]): Promise<void> {
  const wrong = rows.find(({ record }) => record.verdict === 'wrong')
  if (wrong !== undefined)
    await reportBeside(terminal, wrong.directory, '\nWhat a wrong sale looks like, on one page:\n ')
}

function titleOf({ strategy, instances, expectation }: Act): string {
  const where = instances === 1 ? 'one process' : `${instances} processes`
  return `${strategy}, ${where} (${expectation === 'caught' ? 'built wrong: it must be caught' : 'must pass'})`
}

async function play(
  context: CommandContext,
  act: Act,
  scenario: Scenario,
  catalogue: Catalogue,
  servicesMode: ServicesMode,
): Promise<FinishedRun | { readonly skipped: string }> {
  try {
    const { runScenario } = await import('../../run/run-scenario.ts')
    return await runScenario({
      scenario,
      command: [SCENARIO, '--strategy', act.strategy, '--instances', String(act.instances), '--duration', DURATION],
      target: { kind: 'strategy', strategy: describedAs(act.strategy, catalogue), instances: act.instances },
      servicesMode,
      settings: { synchronousCommit: 'on', appendfsync: 'everysec' },
      directory: { resultsRoot: 'results' },
      signal: context.signal,
      env: context.env,
      observer: followRun(context.terminal),
    })
  } catch (error) {
    if (error instanceof HarnessError && error.code === 'SERVICE_UNAVAILABLE') {
      context.terminal.say(error.hint ?? '')
      return { skipped: error.message }
    }
    throw error
  }
}

function describedAs(name: string, { strategies }: Catalogue): StrategyDescription {
  const found = strategies.find((strategy) => strategy.name === name)
  if (found === undefined)
    throw new HarnessError('BUG', { message: `the demo's strategy "${name}" is not in the catalogue` })
  return found
}

function rowOf(act: Act, { record, directory }: FinishedRun): DemoRow {
  const isWrong = record.verdict === 'wrong'
  const asExpected = act.expectation === 'caught' ? isWrong : isClear(record)
  return { ...act, record, directory, asExpected }
}

/** The demo is about right and wrong: a machine too busy for the timing changes nothing about that. */
function isClear(record: RunRecord): boolean {
  return (
    record.status === 'complete' &&
    record.checks.every(({ verdict }) => verdict === 'pass' || verdict === 'not-checked')
  )
}

function verdictOf(
  rows: readonly DemoRow[],
  signal: AbortSignal,
): 'passed' | 'wrong' | 'inconclusive' | 'interrupted' | 'environment' {
  if (signal.aborted) return 'interrupted'
  if (rows.length === 0) return 'environment'
  if (rows.every(({ asExpected }) => asExpected)) return 'passed'
  const isWronglyWrong = rows.some(({ expectation, record }) => expectation === 'right' && record.verdict === 'wrong')
  return isWronglyWrong ? 'wrong' : 'inconclusive'
}
