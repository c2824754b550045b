/** `doorbuster list`: what there is to choose from. */
import { Argument, Command } from 'commander'
import { CHECK_NAMES, CHECKS } from '../../core/check.ts'
import type { Step } from '../../core/scenario.ts'
import { peakRatePerSec } from '../../core/step-rate.ts'
import { formatCount } from '../../core/units.ts'
import { renderTable } from '../../report/index.ts'
import { readCatalogue } from '../../run/target-process.ts'
import type { CommandContext } from '../command-context.ts'
import { jsonOption } from '../options.ts'
import { readScenario, shippedScenarios } from '../scenario-source.ts'
import { strategyTable } from '../strategy-table.ts'

interface List {
  /** For `--json`. */
  readonly document: unknown
  readonly lines: readonly string[]
}

const LISTS = {
  strategies: async (): Promise<List> => {
    const document = await readCatalogue()
    return { document, lines: strategyTable(document.strategies) }
  },
  scenarios: listScenarios,
  checks: (): List => ({
    document: CHECK_NAMES.map((name) => ({ name, ...CHECKS[name] })),
    lines: CHECK_NAMES.map(
      (name) => `${name.padEnd(18)}  ${name === 'fairness' ? '' : 'fails when '}${CHECKS[name].failsWhen}`,
    ),
  }),
} as const

export function listCommand({ terminal }: CommandContext): Command {
  return new Command('list')
    .description('list the strategies and what each promises, the shipped scenarios, or the checks')
    .addArgument(new Argument('<what>', 'what to list').choices(Object.keys(LISTS)))
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  doorbuster list strategies\n')
    .action(async (what: keyof typeof LISTS, { json }: { readonly json?: true }) => {
      const { document, lines } = await LISTS[what]()
      terminal.print(json ? JSON.stringify(document) : lines.join('\n'))
    })
}

const SCENARIO_COLUMNS = [
  { title: 'scenario', align: 'left' },
  { title: 'steps', align: 'right' },
  { title: 'peak', align: 'right' },
  { title: 'takes', align: 'right' },
  { title: 'good for', align: 'left' },
] as const

function listScenarios(): List {
  const entries = shippedScenarios().map(({ name, path }) => {
    const { description, steps } = readScenario(path, {})
    return {
      name,
      path,
      goodFor: firstSentence(description),
      steps: steps.length,
      // Of connections the rate is what is answered.
      peakRatePerSec: steps.some(isClosed) ? null : Math.max(...steps.map(peakRatePerSec)),
      durationMs: steps.reduce((sum, { durationMs }) => sum + durationMs, 0),
    }
  })
  const rows = entries.map((entry) => [
    entry.name,
    String(entry.steps),
    entry.peakRatePerSec === null ? 'closed' : `${formatCount(entry.peakRatePerSec)}/s`,
    `${formatCount(entry.durationMs / 1_000)}s`,
    entry.goodFor,
  ])
  return { document: entries, lines: renderTable(SCENARIO_COLUMNS, rows) }
}

function isClosed({ connections }: Step): boolean {
  return connections !== undefined
}

function firstSentence(text: string): string {
  return /^.*?[.?!](?=\s|$)/s.exec(text)?.[0] ?? text
}
