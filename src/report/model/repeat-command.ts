/**
 * The command that makes a run, a comparison, a gate, a search for capacity or a race again: the words by which it was called, with its seed. Of what
 * nobody called by a command there is none: one that is made up of a record would make another run.
 */
import type { CapacityRecord } from '../../core/capacity-record.ts'
import type { CompareRecord } from '../../core/compare-record.ts'
import type { GateRecord } from '../../core/gate-record.ts'
import type { RaceRecord } from '../../core/race-record.ts'
import type { RunRecord } from '../../core/run-record.ts'
import { shellWord } from '../plain-text.ts'

/** As it can be pasted into a shell, in the folder in which the run was called; null: no single command made it. */
export function repeatCommand({ command, seed }: Pick<RunRecord, 'command' | 'seed'>): string | null {
  return command === undefined ? null : pasted(['run', ...command, ...seedWords(command, seed)])
}

/** Likewise; null: its record was kept without it. */
export function repeatComparison({ command, seed }: Pick<CompareRecord, 'command' | 'seed'>): string | null {
  return command === undefined ? null : pasted(['compare', ...command, ...seedWords(command, seed)])
}

/** Likewise; null: its record was kept without it. */
export function repeatCapacity({ command, seed }: Pick<CapacityRecord, 'command' | 'seed'>): string | null {
  return command === undefined ? null : pasted(['capacity', ...command, ...seedWords(command, seed)])
}

/** Likewise: the whole search. */
export function repeatRace({ command }: Pick<RaceRecord, 'command'>): string | null {
  return command === undefined ? null : pasted(['race', ...command])
}

/** Likewise. A stored scenario that is run again has its seed, and takes no other. */
export function repeatGate({ command, seed }: Pick<GateRecord, 'command' | 'seed'>): string | null {
  if (command === undefined) return null
  const namesScenario = command[0] !== undefined && !command[0].startsWith('-')
  return pasted(['gate', ...command, ...(namesScenario ? seedWords(command, seed) : [])])
}

/** Runs the shortest wrong order of a race again, and nothing else. `directory`: its folder, as people are shown it. */
export function replayRace(directory: string): string {
  return pasted(['race', '--replay', `${directory}/race.json`])
}

function seedWords(words: readonly string[], seed: number): string[] {
  const isSeeded = words.some((word) => word === '--seed' || word.startsWith('--seed='))
  return isSeeded ? [] : ['--seed', String(seed)]
}

function pasted(words: readonly string[]): string {
  return ['npx doorbuster', ...words.map(shellWord)].join(' ')
}
