/** Which target a race is of: the one that is named, else that of the race whose order is run again. */
import { HarnessError } from '../core/errors.ts'
import type { RaceRecord } from '../core/race-record.ts'
import type { TargetOptions } from './target-choice.ts'

type NamedTarget = Pick<TargetOptions, 'strategy' | 'target'>

/** `replayed`: null where it searches. Throws HarnessError USAGE where its record doesn't say which descriptor it had. */
export function racedTarget(named: NamedTarget, replayed: RaceRecord | null): NamedTarget {
  if (replayed === null || named.strategy !== undefined || named.target !== undefined) return named
  const { command = [], target } = replayed
  // As it was named, so that a record that is kept in a repository holds in every clone of it.
  const strategy = valueOf('--strategy', command)
  if (strategy !== null) return { strategy }
  const descriptor = valueOf('--target', command)
  if (descriptor !== null) return { target: descriptor }
  if (target.kind === 'strategy') return { strategy: target.module ?? target.strategy }
  throw new HarnessError('USAGE', {
    message: `the record is of ${target.name}, and does not say where its descriptor is`,
    hint: 'Name it: --target FILE.yaml',
  })
}

/** What a record says of its command where the target was not named: whoever reads it later has to name it. */
export function wordsOfTarget(named: NamedTarget, taken: NamedTarget): string[] {
  if (named.strategy !== undefined || named.target !== undefined) return []
  if (taken.strategy !== undefined) return ['--strategy', taken.strategy]
  return taken.target === undefined ? [] : ['--target', taken.target]
}

/** Of words as wordsOfCommand makes them: an option, then its value. null: it was not given. */
function valueOf(option: string, words: readonly string[]): string | null {
  const at = words.lastIndexOf(option)
  return at === -1 ? null : (words[at + 1] ?? null)
}
