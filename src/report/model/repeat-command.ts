/** The command that repeats a run: the same scenario, target and seed. */
import type { RunRecord } from '../../core/run-record.ts'
import { shellWord } from '../plain-text.ts'

/** As it can be pasted into a shell, in the folder in which the run was called. */
export function repeatCommand(record: RunRecord): string {
  const { command, seed } = record
  const words = command ?? wordsOf(record)
  const seeded = words.some((word) => word === '--seed' || word.startsWith('--seed=')) ? [] : ['--seed', String(seed)]
  return ['npx doorbuster run', ...[...words, ...seeded].map(shellWord)].join(' ')
}

/** Where it was called by no command: by what the record says of it. */
function wordsOf({ scenario, target, engine }: RunRecord): string[] {
  return [
    scenario.name,
    ...(target.kind === 'service'
      ? ['--target', `${target.name}.yaml`]
      : [
          ...['--strategy', target.module ?? target.strategy],
          ...(target.instances === 1 ? [] : ['--instances', String(target.instances)]),
          ...(target.lostReplyShare === undefined ? [] : ['--lose-replies', String(target.lostReplyShare)]),
        ]),
    ...(engine.name === 'open-loop' ? [] : ['--engine', engine.name]),
  ]
}
