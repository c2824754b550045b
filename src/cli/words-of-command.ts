/** A run as it was called: what somebody who repeats it has to say again. */
import type { Command } from 'commander'

/** Options that change where a run is seen or kept, and nothing of its sale. */
const SAYS_NOTHING_OF_THE_SALE: ReadonlySet<string> = new Set([
  'out',
  'report',
  'json',
  'yes',
  'open',
  'livePort',
  'metricsPort',
  'metricsHost',
  'metricsLinger',
  'log',
  'logLevel',
])

/** Words behind the name of the command: the scenario, then each option that was given and matters. */
export function wordsOfCommand(scenario: string, command: Command): string[] {
  const given = command.options
    .map((option) => ({ option, name: option.attributeName() }))
    .filter(({ name }) => !SAYS_NOTHING_OF_THE_SALE.has(name) && !name.startsWith('remoteWrite'))
    .filter(({ name }) => command.getOptionValueSource(name) === 'cli')
  return [scenario, ...given.flatMap(({ option, name }) => wordsOf(option.long!, command.getOptionValue(name)))]
}

function wordsOf(option: string, value: unknown): string[] {
  if (value === true) return [option]
  const values: readonly unknown[] = Array.isArray(value) ? value : [value]
  return values.flatMap((one) => [option, String(one)])
}
