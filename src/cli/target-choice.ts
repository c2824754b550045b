/** What is put under load: a strategy behind the reference server, or a service of the user's own. */
import type { Command } from 'commander'
import { HarnessError } from '../core/errors.ts'
import type { TargetChoice } from '../run/run-scenario.ts'
import { readDescriptor } from './descriptor-source.ts'
import { chooseStrategy } from './strategy-choice.ts'

export interface TargetOptions {
  readonly strategy?: string
  readonly target?: string
  readonly iMayTest?: readonly string[]
  readonly instances: number
  readonly loseReplies?: number
  readonly handicap?: string
}

export interface ChosenTarget {
  readonly target: TargetChoice
  /** A sentence each. */
  readonly warnings: readonly string[]
}

/** Options that say something of the reference server or its stores. */
const OF_STRATEGIES = ['instances', 'services', 'synchronousCommit', 'appendfsync', 'loseReplies', 'handicap'] as const

/** Throws HarnessError USAGE, with the list, when neither was named; STRATEGY_INVALID or DESCRIPTOR_INVALID. */
export async function chooseTarget(options: TargetOptions, command: Command): Promise<ChosenTarget> {
  if (options.target !== undefined) return chooseService(options.target, options, command)
  if (options.iMayTest !== undefined) {
    throw new HarnessError('USAGE', { message: '--i-may-test says nothing without --target' })
  }
  const { description, module } = await chooseStrategy(options.strategy)
  const { instances, loseReplies, handicap } = options
  return {
    target: {
      kind: 'strategy',
      strategy: description,
      strategyModule: module,
      lostReplyShare: loseReplies,
      handicap,
      instances,
    },
    warnings: [],
  }
}

function chooseService(path: string, { strategy, iMayTest = [] }: TargetOptions, command: Command): ChosenTarget {
  if (strategy !== undefined) {
    throw new HarnessError('USAGE', { message: 'either --strategy or --target, and not both' })
  }
  const unheard = command.options
    .filter((option) => (OF_STRATEGIES as readonly string[]).includes(option.attributeName()))
    .filter((option) => command.getOptionValueSource(option.attributeName()) === 'cli')
    .map((option) => option.long)
  if (unheard.length > 0) {
    throw new HarnessError('USAGE', {
      message: `${unheard.join(', ')} can't be used with --target: it is about the reference server and its stores`,
    })
  }
  const { descriptor, warnings } = readDescriptor(path)
  return { target: { kind: 'service', descriptor, permittedHosts: iMayTest }, warnings }
}
