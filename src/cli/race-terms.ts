/** The terms of a race from its options: those that are given, and for an order that is run again those that it had. */
import type { Command } from 'commander'
import { HarnessError } from '../core/errors.ts'
import type { Crowd, RaceRecord, RaceTerms } from '../core/race-record.ts'

export interface RaceTermsOptions {
  readonly buyers: number
  readonly stock: readonly number[]
  readonly crowd: Crowd
  readonly perUserLimit?: number
  /** ms. */
  readonly budget: number
  readonly preemptions?: number
  readonly full?: true
  readonly all?: true
  readonly crash?: true
  readonly memory?: boolean
}

/** Options that say what is searched for: an order that is there already has its own. */
const OF_A_SEARCH = [
  'buyers',
  'stock',
  'crowd',
  'perUserLimit',
  'preemptions',
  'full',
  'all',
  'crash',
  'memory',
] as const

/** Throws HarnessError USAGE for terms under which nothing could be found. */
export function raceTerms(options: RaceTermsOptions): RaceTerms {
  const { buyers, stock, crowd, preemptions = null, full, all, crash, memory } = options
  return {
    buyers,
    stocks: stock,
    crowd,
    // One user who buys twice breaks nothing where there is no limit.
    perUserLimit: options.perUserLimit ?? (crowd === 'one-user' ? 1 : null),
    preemptions,
    budgetMs: budgetMs(options),
    reduction: full === true ? 'full' : 'partial',
    crash: crash === true,
    all: all === true,
    ...(memory !== undefined && { memory }),
  }
}

function budgetMs({ budget }: Pick<RaceTermsOptions, 'budget'>): number {
  if (budget === 0) throw new HarnessError('USAGE', { message: '--budget 0s leaves no time for any order' })
  return budget
}

/** Throws HarnessError USAGE where there is no wrong order to run again, or an option says something of a search. */
export function replayedTerms({ file, record }: { file: string; record: RaceRecord }, command: Command): RaceTerms {
  const idle = command.options
    .filter((option) => (OF_A_SEARCH as readonly string[]).includes(option.attributeName()))
    .filter((option) => command.getOptionValueSource(option.attributeName()) === 'cli')
    // Of an option that can be turned off, the one that was said.
    .filter((option) => option.negate === (command.getOptionValue(option.attributeName()) === false))
    .map((option) => option.long)
  if (idle.length > 0) {
    throw new HarnessError('USAGE', {
      message: `${idle.join(', ')} can't be used with --replay: the order that is run again has its own terms`,
    })
  }
  const wrong = record.parts.filter(({ shortest }) => shortest !== null)
  if (wrong.length === 0) {
    throw new HarnessError('USAGE', {
      message: `${file}: no order of it was wrong, and there is none to run again`,
      hint: 'Leave --replay out to search for one.',
    })
  }
  const stocks = wrong.map(({ stock }) => stock)
  const isTimed = command.getOptionValueSource('budget') === 'cli'
  return { ...record.terms, stocks, ...(isTimed && { budgetMs: budgetMs(command.opts<RaceTermsOptions>()) }) }
}
