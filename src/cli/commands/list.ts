/** `doorbuster list`: what there is to choose from. */
import { readFile } from 'node:fs/promises'
import { Argument, Command } from 'commander'
import { CHECK_NAMES, CHECKS } from '../../core/check.ts'
import { readCatalogue } from '../../run/target-process.ts'
import { loadScenario } from '../../scenario/index.ts'
import type { CommandContext } from '../command-context.ts'
import { jsonOption } from '../options.ts'
import { shippedScenarios } from '../scenario-source.ts'
import { strategyTable } from '../strategy-table.ts'

interface Listing {
  /** For `--json`. */
  readonly document: unknown
  readonly lines: readonly string[]
}

const LISTS: Readonly<Record<string, () => Listing | Promise<Listing>>> = {
  async strategies() {
    const document = await readCatalogue()
    return { document, lines: strategyTable(document.strategies) }
  },
  async scenarios() {
    const document = await Promise.all(
      (await shippedScenarios()).map(async ({ name, path }) => {
        const { description } = loadScenario(await readFile(path, 'utf8'), path)
        return { name, path, description }
      }),
    )
    return {
      document,
      lines: document.map(({ name, description }) => `${name.padEnd(18)}  ${firstSentence(description)}`),
    }
  },
  checks: () => ({
    document: CHECK_NAMES.map((name) => ({ name, ...CHECKS[name] })),
    lines: CHECK_NAMES.map((name) => `${name.padEnd(18)}  fails when ${CHECKS[name].failsWhen}`),
  }),
}

export function listCommand({ terminal }: CommandContext): Command {
  return new Command('list')
    .description('list the strategies and what each promises, the shipped scenarios, or the checks')
    .addArgument(new Argument('<what>', 'what to list').choices(Object.keys(LISTS)))
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  doorbuster list strategies\n')
    .action(async (what: string, { json }: { readonly json?: true }) => {
      const { document, lines } = await LISTS[what]!()
      terminal.print(json ? JSON.stringify(document) : lines.join('\n'))
    })
}

function firstSentence(text: string): string {
  return /^.*?[.?!](?=\s|$)/s.exec(text)?.[0] ?? text
}
