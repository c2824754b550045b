/** The command that repeats a run or a comparison: the same scenario, targets and seed. */
import type { CompareRecord } from '../../core/compare-record.ts'
import type { RunRecord, RunTarget } from '../../core/run-record.ts'
import type { Scenario } from '../../core/scenario.ts'
import { shellWord } from '../plain-text.ts'

/** As it can be pasted into a shell, in the folder in which the run was called. */
export function repeatCommand(record: RunRecord): string {
  const { command, seed } = record
  const words = command ?? wordsOf(record)
  const seeded = words.some((word) => word === '--seed' || word.startsWith('--seed=')) ? [] : ['--seed', String(seed)]
  return pasted(['run', ...words, ...seeded])
}

function pasted(words: readonly string[]): string {
  return ['npx doorbuster', ...words.map(shellWord)].join(' ')
}

/** Where it was called by no command: by what the record says of it. */
function wordsOf({ scenario, target, engine }: RunRecord): string[] {
  return [
    scenario.name,
    ...(target.kind === 'service'
      ? ['--target', `${target.name}.yaml`]
      : [
          '--strategy',
          target.module ?? target.strategy,
          ...(target.instances === 1 ? [] : ['--instances', String(target.instances)]),
          ...(target.lostReplyShare === undefined ? [] : ['--lose-replies', String(target.lostReplyShare)]),
        ]),
    ...(engine.name === 'open-loop' ? [] : ['--engine', engine.name]),
    ...loadWords(scenario),
  ]
}

/** A scenario of one step may have been told its load; one of several has it in its file. */
function loadWords({ steps }: Scenario): string[] {
  const [only, ...others] = steps
  if (only === undefined || others.length > 0 || only.shape !== undefined) return []
  return ['--rate', String(only.arrivalRatePerSec), '--duration', `${only.durationMs}ms`]
}

const OPTION_OF_SETTING: Readonly<Record<string, string>> = {
  engine: '--engines',
  instances: '--instances',
  synchronous_commit: '--synchronous-commit',
  appendfsync: '--appendfsync',
}

export function repeatComparison({ scenario, contestants, regimes, repeat, seed }: CompareRecord): string {
  const targets = contestants.flatMap(({ target }) => target ?? [])
  const strategies = unique(targets.flatMap((target) => (target.kind === 'strategy' ? strategyWord(target) : [])))
  const services = unique(targets.flatMap((target) => (target.kind === 'service' ? `${target.name}.yaml` : [])))
  const shares = regimes.flatMap(({ sellThrough }) => (sellThrough === null ? [] : String(sellThrough)))
  const asked = scenario.thresholds.filter(({ origin }) => origin === 'option')
  const settings = Object.entries(OPTION_OF_SETTING).flatMap(([name, option]) => {
    const values = unique(contestants.flatMap((contestant) => contestant.settings[name] ?? []))
    return values.length === 0 ? [] : [option, values.join(',')]
  })
  return pasted([
    'compare',
    scenario.name,
    ...(strategies.length === 0 ? [] : ['--strategies', strategies.join(',')]),
    ...services.flatMap((service) => ['--target', service]),
    ...settings,
    ...(shares.length === 0 ? [] : ['--sell-through', shares.join(',')]),
    ...asked.flatMap(({ expression }) => ['--slo', expression]),
    ...loadWords(scenario),
    '--repeat',
    String(repeat),
    '--seed',
    String(seed),
  ])
}

function strategyWord(target: Extract<RunTarget, { kind: 'strategy' }>): string {
  return target.module ?? target.strategy
}

function unique(words: readonly string[]): string[] {
  return [...new Set(words)]
}
