/** `doorbuster list`: what there is to choose from. */
import { readFile } from 'node:fs/promises'
import { Argument, Command } from 'commander'
import { CHECK_NAMES, CHECKS } from '../../core/check.ts'
import { readCatalogue } from '../../run/target-process.ts'
import { loadScenario } from '../../scenario/index.ts'
import { strategyLines } from '../catalogue-text.ts'
import type { CommandContext } from '../command-context.ts'
import { shippedScenarios } from '../scenario-source.ts'

const LISTS = {
  strategies: async (): Promise<string[]> => strategyLines((await readCatalogue()).strategies),
  scenarios: listScenarios,
  checks: (): string[] => CHECK_NAMES.map((name) => `${name.padEnd(18)}  fails when ${CHECKS[name].failsWhen}`),
} as const

export function listCommand({ terminal }: CommandContext): Command {
  return new Command('list')
    .description('list the strategies, the shipped scenarios, or the checks')
    .addArgument(new Argument('<what>', 'what to list').choices(Object.keys(LISTS)))
    .addHelpText('after', '\nExample:\n  doorbuster list strategies\n')
    .action(async (what: keyof typeof LISTS) => {
      terminal.print((await LISTS[what]()).join('\n'))
    })
}

async function listScenarios(): Promise<string[]> {
  const lines: string[] = []
  for (const { name, path } of await shippedScenarios()) {
    const { description } = loadScenario(await readFile(path, 'utf8'), path)
    lines.push(`${name.padEnd(18)}  ${firstSentence(description)}`)
  }
  return lines
}

function firstSentence(text: string): string {
  return /^.*?[.?!](?=\s|$)/s.exec(text)?.[0] ?? text
}
