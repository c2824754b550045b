/**
 * The search for the highest arrival rate that meets an SLO, after RFC 9971 (MLRsearch): doubling up, then narrowing by
 * bisection on a logarithmic scale, in phases of ever longer trials. Short trials only say where to look; what is found
 * was decided by repeated trials of the last phase's length. Pure: a function of the trials made so far, so that a stored
 * search can be followed again; it runs nothing and knows no clock.
 */
import type { SearchEnd, SearchPhase, SearchRecord, TrialAnswer } from '../core/capacity-record.ts'
import { classifyLoad, type SearchGoal } from './classify-load.ts'
import { gapBetween, isWithin } from './log-scale.ts'

export interface SearchTerms extends SearchRecord {
  /** Below this, a trial would take too long. */
  readonly floorRatePerSec: number
  /** Requests that a trial has to have, for the percentiles of the SLO. */
  readonly samples: number
  readonly mostTrials: number
}

export interface SearchTrial {
  readonly ratePerSec: number
  readonly durationMs: number
  readonly answer: TrialAnswer
  /** What was measured over what is allowed, of the threshold that was nearest to its limit; null: not known. */
  readonly margin: number | null
  readonly achievedRatePerSec: number
}

export interface SearchState {
  readonly terms: SearchTerms
  readonly trials: readonly SearchTrial[]
}

export type NextTrial =
  | { readonly kind: 'trial'; readonly ratePerSec: number; readonly durationMs: number }
  | { readonly kind: 'done'; readonly ended: SearchEnd }

/** Trials without an answer at one load, after which nothing is hoped for from it. */
const MOST_WITHOUT_ANSWER = 3
/** Arrivals vary about what is planned. */
const SPARE_SAMPLES = 1.1
const WHOLE_MS = 100

export function beginSearch(terms: SearchTerms): SearchState {
  return { terms, trials: [] }
}

export function addTrial({ terms, trials }: SearchState, trial: SearchTrial): SearchState {
  return { terms, trials: [...trials, trial] }
}

/** `affordableMs`: what a trial may take; one that would take longer is not made. */
export function nextTrial(state: SearchState, affordableMs = Number.POSITIVE_INFINITY): NextTrial {
  if (state.trials.length >= state.terms.mostTrials) return { kind: 'done', ended: 'budget' }
  for (const index of state.terms.phases.keys()) {
    const step = nextOfPhase(state, index)
    if (step === 'narrow') continue
    if (typeof step === 'string') return { kind: 'done', ended: step }
    const durationMs = trialMs(state.terms, state.terms.phases[index]!, step.ratePerSec)
    return durationMs > affordableMs
      ? { kind: 'done', ended: 'budget' }
      : { kind: 'trial', ratePerSec: step.ratePerSec, durationMs }
  }
  const { above } = boundsIn(state, state.terms.phases.at(-1)!)
  return { kind: 'done', ended: above?.by === 'no-answer' ? 'no-answer' : 'precise' }
}

/** As long as the phase wants it, and as its percentiles do. */
function trialMs({ samples }: SearchTerms, phase: SearchPhase, ratePerSec: number): number {
  const forSamplesMs = (samples * SPARE_SAMPLES * 1_000) / ratePerSec
  return Math.max(phase.trialMs, Math.ceil(forSamplesMs / WHOLE_MS) * WHOLE_MS)
}

/** At a rate whose trials are longer than the phase wants them, it takes as many of them to decide. */
export function goalAt(terms: SearchTerms, phase: SearchPhase, ratePerSec: number): SearchGoal {
  const trials = phase.durationSumMs / phase.trialMs
  return { trialMs: phase.trialMs, durationSumMs: trials * trialMs(terms, phase, ratePerSec) }
}

export interface Bounds {
  readonly lower: number | null
  readonly above: { readonly ratePerSec: number; readonly by: 'target' | 'no-answer' } | null
}

/** What the trials say when they are classified for one phase. */
export function boundsIn({ terms, trials }: SearchState, phase: SearchPhase): Bounds {
  const loads = loadsOf(trials)
  const upper = lowest(loads, (load) => classOf(load, phase, terms) === 'upper')
  const silent = lowest(loads, isSilent)
  const above =
    upper !== null && (silent === null || upper <= silent)
      ? ({ ratePerSec: upper, by: 'target' } as const)
      : silent !== null
        ? ({ ratePerSec: silent, by: 'no-answer' } as const)
        : null
  const isBelow = (rate: number): boolean => rate < (above?.ratePerSec ?? Number.POSITIVE_INFINITY)
  const lowers = loads.filter((load) => isBelow(load.ratePerSec) && classOf(load, phase, terms) === 'lower')
  const lower = lowers.reduce<number | null>((most, { ratePerSec }) => Math.max(most ?? 0, ratePerSec), null)
  return { lower: lower === null ? null : Math.min(lower, terms.toRatePerSec), above }
}

type PhaseStep = { readonly ratePerSec: number } | 'narrow' | 'cap' | 'floor' | 'no-answer'

function nextOfPhase(state: SearchState, index: number): PhaseStep {
  const { terms } = state
  const { lower, above } = boundsIn(state, terms.phases[index]!)
  if (lower === null && above === null) return { ratePerSec: firstOfPhase(state, index) }
  if (lower === null) return downwards(state, index, above!)
  if (lower >= terms.toRatePerSec) return index === terms.phases.length - 1 ? 'cap' : 'narrow'
  if (above === null) return { ratePerSec: upwards(state, index, lower) }
  if (isWithin(lower, above.ratePerSec, terms.phases[index]!.width)) return 'narrow'
  return { ratePerSec: gapBetween(lower, above.ratePerSec)! }
}

/** Where the phase before found its lower bound. */
function firstOfPhase(state: SearchState, index: number): number {
  const { terms } = state
  const before = index === 0 ? null : boundsIn(state, terms.phases[index - 1]!)
  return before?.lower ?? before?.above?.ratePerSec ?? terms.fromRatePerSec
}

function upwards(state: SearchState, index: number, lower: number): number {
  const { terms } = state
  if (index === 0) return Math.min(lower * 2, terms.toRatePerSec)
  const before = boundsIn(state, terms.phases[index - 1]!).above?.ratePerSec ?? terms.toRatePerSec
  const highest = before > lower ? before : Number.POSITIVE_INFINITY
  return Math.min(highest, Math.round(lower * expansion(terms.phases[index]!, state)), terms.toRatePerSec)
}

/** Half of it while searching; a phase's first step down from the bound of the one before is a small one. */
function downwards(state: SearchState, index: number, above: NonNullable<Bounds['above']>): PhaseStep {
  const { terms } = state
  if (above.ratePerSec <= terms.floorRatePerSec) return above.by === 'target' ? 'floor' : 'no-answer'
  const before = index === 0 ? null : boundsIn(state, terms.phases[index - 1]!).lower
  if (before !== null && before < above.ratePerSec) return { ratePerSec: before }
  const factor = index === 0 ? 2 : expansion(terms.phases[index]!, state)
  const rate = Math.min(above.ratePerSec - 1, Math.round(above.ratePerSec / factor))
  return { ratePerSec: Math.max(terms.floorRatePerSec, rate) }
}

/** Grows with the trials of a phase, so that a bound which moved far is found all the same. */
function expansion(phase: SearchPhase, { terms, trials }: SearchState): number {
  const decided = loadsOf(trials).filter((load) => classOf(load, phase, terms) !== 'undecided').length
  return Math.min(2, (1 + phase.width) ** Math.max(2, decided))
}

interface Load {
  readonly ratePerSec: number
  readonly trials: readonly SearchTrial[]
}

function loadsOf(trials: readonly SearchTrial[]): readonly Load[] {
  const byRate = new Map<number, SearchTrial[]>()
  for (const trial of trials) byRate.set(trial.ratePerSec, [...(byRate.get(trial.ratePerSec) ?? []), trial])
  return [...byRate].map(([ratePerSec, ofLoad]) => ({ ratePerSec, trials: ofLoad }))
}

function classOf(
  { ratePerSec, trials }: Load,
  phase: SearchPhase,
  terms: SearchTerms,
): ReturnType<typeof classifyLoad> {
  const answered = trials.filter(({ answer }) => answer !== 'none')
  return classifyLoad(
    answered.map(({ durationMs, answer }) => ({ durationMs, isGood: answer === 'good' })),
    goalAt(terms, phase, ratePerSec),
  )
}

function isSilent({ trials }: Load): boolean {
  const silent = trials.filter(({ answer }) => answer === 'none').length
  return silent >= MOST_WITHOUT_ANSWER && silent * 2 > trials.length
}

function lowest(loads: readonly Load[], holds: (load: Load) => boolean): number | null {
  return loads
    .filter(holds)
    .reduce<number | null>((least, { ratePerSec }) => Math.min(least ?? Number.POSITIVE_INFINITY, ratePerSec), null)
}
