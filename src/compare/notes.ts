/** What a reader has to know of how a comparison came about, a sentence each. Pure. */
import type { Contestant, ContestantResult, Regime, ResponseFigure } from '../core/compare-record.ts'
import type { MachineState } from '../core/machine-state.ts'
import { formatQuantity, formatShare } from '../core/units.ts'
import type { MeasuredRun } from './contestant-result.ts'

export interface NotedComparison {
  readonly repeat: number
  readonly steps: number
  readonly rankedBy: ResponseFigure
  readonly contestants: readonly Contestant[]
  readonly regimes: readonly Regime[]
  readonly runs: readonly MeasuredRun[]
}

export function notesOf(comparison: NotedComparison): string[] {
  return [
    ...repeatNote(comparison.repeat),
    ...stepsNote(comparison),
    ...busyNote(comparison.runs),
    ...missingNotes(comparison.regimes),
    ...unconvictedNotes(comparison),
    ...modelNote(comparison.runs),
  ]
}

/** Above this chance, places are worth a warning. */
const WORTH_A_WARNING = 0.05

function repeatNote(repeat: number): string[] {
  if (repeat === 1) {
    return ['one run of each: nobody can tell a difference from chance; places are by single values, without ties']
  }
  const chance = chanceOfDisjoint(repeat)
  if (chance <= WORTH_A_WARNING) return []
  return [
    `${formatQuantity(repeat, 'run')} of each: two that are equal come out on different places by chance in ${formatShare(chance)} of comparisons (with --repeat 5, in ${formatShare(chanceOfDisjoint(5))})`,
  ]
}

/**
 * Of so few values the bootstrap tells two contestants apart just when all values of one are below all of the other.
 * Of equals, that is 2 orders of the n + n values in (2n choose n).
 */
export function chanceOfDisjoint(n: number): number {
  let orders = 1
  for (let k = 1; k <= n; k++) orders = (orders * (n + k)) / k
  return 2 / orders
}

function stepsNote({ steps, rankedBy }: NotedComparison): string[] {
  if (steps < 2) return []
  return [
    `${formatQuantity(steps, 'step')}: response times, and so ${rankedBy}, are those of the worst step of each run`,
  ]
}

function busyNote(runs: readonly MeasuredRun[]): string[] {
  const busy = runs.filter(({ machine }) => machine.quiet === false)
  if (busy.length === 0) {
    const isUnknown = runs.length > 0 && runs.every(({ machine }) => machine.quiet === null)
    return isUnknown ? ['whether the machine was quiet is not known: this system does not say'] : []
  }
  const names = [...new Set(busy.flatMap(({ machine }) => machine.heavy.map(({ name }) => name)))]
  const who = names.length === 0 ? '' : ` (${names.join(', ')})`
  const idle = Math.min(...busy.map(({ machine }) => idleOf(machine)))
  return [
    `${busy.length} of ${formatQuantity(runs.length, 'run')} began while others were at work on this machine${who}, with down to ${formatShare(idle)} of its CPU time free: those figures are theirs, too`,
  ]
}

function idleOf({ idleShare }: MachineState): number {
  return idleShare ?? 0
}

function missingNotes(regimes: readonly Regime[]): string[] {
  const missing = regimes.flatMap(({ results }) => results.filter(isMissing))
  return [...new Set(missing.map(({ contestant, headline }) => `${contestant} could not run: ${headline}`))]
}

function isMissing({ verdict, runs }: ContestantResult): boolean {
  return verdict === 'environment' && runs.length === 0
}

function unconvictedNotes({ contestants, regimes }: NotedComparison): string[] {
  const wrong = new Set(
    regimes.flatMap(({ results }) =>
      results.flatMap(({ contestant, verdict }) => (verdict === 'wrong' ? contestant : [])),
    ),
  )
  return contestants
    .filter(({ name, builtWrong }) => builtWrong && !wrong.has(name))
    .map(({ name }) => `${name} has a fault on purpose, which no check met here; it is not ranked`)
}

function modelNote(runs: readonly MeasuredRun[]): string[] {
  const models = new Set(runs.map(({ record }) => record.engine.model))
  return models.size < 2
    ? []
    : [
        'open and closed model side by side: in the closed one nobody waits for a slow target, so that its response times leave out the waiting',
      ]
}
