/**
 * The command that makes a run or a comparison again: the words by which it was called, with its seed. Of what nobody
 * called by a command there is none: one that is made up of a record would make another run.
 */
import type { CompareRecord } from '../../core/compare-record.ts'
import type { RunRecord } from '../../core/run-record.ts'
import { shellWord } from '../plain-text.ts'

/** As it can be pasted into a shell, in the folder in which the run was called; null: no single command made it. */
export function repeatCommand({ command, seed }: Pick<RunRecord, 'command' | 'seed'>): string | null {
  return command === undefined ? null : pasted('run', command, seed)
}

/** Likewise; null: its record was kept without it. */
export function repeatComparison({ command, seed }: Pick<CompareRecord, 'command' | 'seed'>): string | null {
  return command === undefined ? null : pasted('compare', command, seed)
}

function pasted(name: string, words: readonly string[], seed: number): string {
  const isSeeded = words.some((word) => word === '--seed' || word.startsWith('--seed='))
  const all = [name, ...words, ...(isSeeded ? [] : ['--seed', String(seed)])]
  return ['npx doorbuster', ...all.map(shellWord)].join(' ')
}
