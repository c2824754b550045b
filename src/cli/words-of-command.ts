/** A run, or what is made of several, as it was called: what somebody who repeats it has to say again. */
import type { Command, Option } from 'commander'
import { durationWord } from '../core/units.ts'
import { displayUrl } from '../target/access/display-url.ts'
import { durationMs, positiveDurationMs } from './list-options.ts'
import { collect } from './options.ts'

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
  'summary',
  'annotations',
])

/** Words behind the name of the command: its scenario (null: it has none), then each option that was given and matters. */
export function wordsOfCommand(scenario: string | null, command: Command): string[] {
  const given = command.options
    .map((option) => ({ option, name: option.attributeName() }))
    .filter(({ name }) => !SAYS_NOTHING_OF_THE_SALE.has(name) && !name.startsWith('remoteWrite'))
    .filter(({ name }) => command.getOptionValueSource(name) === 'cli')
  return [
    ...(scenario === null ? [] : [scenario]),
    ...given.flatMap(({ option, name }) => wordsOf(option, command.getOptionValue(name))),
  ]
}

/** An option that was collected is said once for each value; a list is one value, and a time has its unit again. */
function wordsOf({ long, parseArg, negate }: Option, value: unknown): string[] {
  // `--memory` and `--no-memory` are two options of one value.
  if (negate) return value === false ? [long!] : []
  if (typeof value === 'boolean') return value ? [long!] : []
  const isTime = parseArg === durationMs || parseArg === positiveDurationMs
  const values: readonly unknown[] = parseArg === collect && Array.isArray(value) ? value : [value]
  return values.flatMap((one) => [long!, isTime ? durationWord(Number(one)) : textOf(long!, one)])
}

/** A record is passed on, and the password in a URL is not. */
function textOf(long: string, value: unknown): string {
  return long.endsWith('-url') ? displayUrl(String(value)) : String(value)
}
