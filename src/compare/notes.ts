/** What a reader has to know of how a comparison came about, a sentence each. Pure. */
import type { Contestant, ContestantResult, Regime, ResponseFigure } from '../core/compare-record.ts'
import type { MachineState } from '../core/machine-state.ts'
import { formatCount, formatQuantity, formatShare } from '../core/units.ts'
import type { MeasuredRun } from './contestant-result.ts'
import { FEWEST_RUNS, LEVEL } from './ranking.ts'

export interface NotedComparison {
  readonly steps: number
  /** Answers that a run has to have for the figure that is ranked by. */
  readonly samplesNeeded: number
  readonly rankedBy: ResponseFigure
  readonly contestants: readonly Contestant[]
  readonly regimes: readonly Regime[]
  readonly runs: readonly MeasuredRun[]
}

export function notesOf(comparison: NotedComparison): string[] {
  return [
    ...repeatNote(comparison),
    ...samplesNote(comparison),
    ...stepsNote(comparison),
    ...busyNote(comparison.runs),
    ...missingNotes(comparison.regimes),
    ...unconvictedNotes(comparison),
    ...modelNote(comparison.runs),
  ]
}

/** What the runs that were really made let places say. */
function repeatNote({ regimes, rankedBy }: NotedComparison): string[] {
  const counts = regimes.filter(holdsPairs).flatMap((regime) => runsRanked(regime, rankedBy))
  if (counts.length === 0) return []
  const [fewest, most] = [Math.min(...counts), Math.max(...counts)]
  const runs = most === 1 ? 'one run' : formatQuantity(most, 'run')
  const each = `${fewest < most ? `${fewest} to ` : ''}${runs} of each`
  if (most < FEWEST_RUNS) {
    return [
      `${each}: by so few no two can be told apart, so that all who meet the SLO share a place, and all who don't; with --repeat ${FEWEST_RUNS} or more, a difference can show`,
    ]
  }
  return [
    `${each}: two that are equal come out on different places by chance in ${formatShare(LEVEL)} of pairs at most (docs/compare.md has the exact shares)`,
  ]
}

function holdsPairs({ places }: Regime): boolean {
  return places.flatMap(({ contestants }) => contestants).length > 1
}

/** Of each that has a place. */
function runsRanked({ places, results }: Regime, rankedBy: ResponseFigure): number[] {
  const ranked = places.flatMap(({ contestants }) => contestants)
  return results
    .filter(({ contestant }) => ranked.includes(contestant))
    .flatMap(({ figures }) => figures?.responseMs[rankedBy]?.values.length ?? [])
}

/** A threshold on too few answers is unknown; a ranking by them is made all the same, and says so. */
function samplesNote({ runs, regimes, rankedBy, samplesNeeded }: NotedComparison): string[] {
  const ranked = runs.filter(
    ({ contestant, regime, record }) =>
      record.endedBy === null && regimes[regime]!.places.some(({ contestants }) => contestants.includes(contestant)),
  )
  const counts = ranked.map(({ record }) => Math.min(...record.steps.map(({ responseMs }) => responseMs.count)))
  const short = counts.filter((count) => count < samplesNeeded)
  if (short.length === 0) return []
  return [
    `ranked by ${rankedBy}, which needs ${formatCount(samplesNeeded)} answers: ${short.length} of ${formatQuantity(counts.length, 'run')} had fewer, down to ${formatCount(Math.min(...short))}; of so few it is little more than the slowest of them`,
  ]
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
