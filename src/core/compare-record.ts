/** `compare.json`, schema `doorbuster.compare/1`: several targets side by side in one go, and what each costs. */
import type { CheckName } from './check.ts'
import type { RunVerdict } from './exit-codes.ts'
import type { MachineState } from './machine-state.ts'
import type { TargetPromise } from './promise.ts'
import type { RunEnvironment, RunTarget, TimeFigures } from './run-record.ts'
import type { Scenario } from './scenario.ts'
import type { Estimate } from './statistics/estimate.ts'
import type { ProbedWork } from './work-record.ts'

export const COMPARE_SCHEMA = 'doorbuster.compare/1'

export interface CompareRecord {
  readonly schema: typeof COMPARE_SCHEMA
  readonly compareId: string
  readonly status: 'running' | 'complete' | 'interrupted'
  /** ISO 8601. */
  readonly startedAt: string
  readonly finishedAt: string | null
  /** As it was given; its sell-through is that of each regime. */
  readonly scenario: Scenario
  /** Of the order of runs, too. */
  readonly seed: number
  /** As it was called: words behind `doorbuster compare`, without what changes nothing of the sales. Absent: not by a command. */
  readonly command?: readonly string[]
  /** Runs of each contestant in each regime, as planned. */
  readonly repeat: number
  /** What they are held against, as threshold expressions. */
  readonly slo: readonly string[]
  /** The figure by which those that meet the SLO are ranked among themselves, and those that don't; the lower, the better. */
  readonly rankedBy: ResponseFigure
  readonly environment: RunEnvironment | null
  readonly contestants: readonly Contestant[]
  readonly regimes: readonly Regime[]
  /** Where the ranking of one regime is not that of another, a sentence each. */
  readonly turnsOver: readonly string[]
  /** What a reader has to know of how the figures came about, a sentence each. */
  readonly notes: readonly string[]
  /** null while running. */
  readonly verdict: RunVerdict | null
  readonly exitCode: number | null
}

export type ResponseFigure = Exclude<keyof TimeFigures, 'count'>

/** What is compared: a target with the settings it ran under. */
export interface Contestant {
  /** Unique: `redis-lua`, `redis-lua (appendfsync always)`. */
  readonly name: string
  /** null: a service of the user's own of which no run has begun. */
  readonly target: RunTarget | null
  readonly promise: TargetPromise
  /** When a sold order is durable, in words; null: nobody said. */
  readonly durableWhen: string | null
  /** What differs between contestants beside the target: `instances: 2`, `engine: k6`. */
  readonly settings: Readonly<Record<string, string>>
  /** It has a fault on purpose, under these settings: it is never ranked, not even when no check convicts it. */
  readonly builtWrong: boolean
}

/** "sell-through 0.01". */
export function regimeName({ sellThrough }: Pick<Regime, 'sellThrough'>): string {
  return sellThrough === null ? "the scenario's stock" : `sell-through ${sellThrough}`
}

/** Where it was wrong. */
export function regimesWrong<Of extends Pick<Regime, 'results'>>(regimes: readonly Of[], name: string): Of[] {
  return regimes.filter(({ results }) =>
    results.some(({ contestant, verdict }) => contestant === name && verdict === 'wrong'),
  )
}

/** Who has a place nowhere and speaks for no SLO: wrong in one regime is wrong, and so is a fault on purpose. */
export function neverRanked({
  contestants,
  regimes,
}: {
  readonly contestants: readonly Pick<Contestant, 'name' | 'builtWrong'>[]
  readonly regimes: readonly Pick<Regime, 'results'>[]
}): ReadonlySet<string> {
  const out = contestants.filter(({ name, builtWrong }) => builtWrong || regimesWrong(regimes, name).length > 0)
  return new Set(out.map(({ name }) => name))
}

/** All contestants under one share of stock. */
export interface Regime {
  /** Stock as a share of the units asked for; null: as the scenario has it. */
  readonly sellThrough: number | null
  /** In the order of the contestants. */
  readonly results: readonly ContestantResult[]
  /** Best first. Those on one place can't be told from its best. Who was wrong in any regime has none. */
  readonly places: readonly Place[]
}

export interface ContestantResult {
  readonly contestant: string
  readonly runs: readonly ComparedRun[]
  /** Of all its runs together: wrong if one was, else what most of them came to. null: it has not run yet. */
  readonly verdict: RunVerdict | null
  readonly failedChecks: readonly CheckName[]
  /** "OVERSOLD by 214 units", or how it passed, or what was missed, or why it could not run. */
  readonly headline: string
  /** In most of its runs every threshold held. */
  readonly meetsSlo: boolean
  /** null: nothing was measured. */
  readonly figures: ComparedFigures | null
  /** One request in flight; null: could not be counted. */
  readonly work: readonly ProbedWork[] | null
}

export interface ComparedRun {
  /** Beside compare.json. */
  readonly directory: string
  readonly runId: string
  readonly startedAt: string
  readonly verdict: RunVerdict
  /** Right before it. */
  readonly machine: MachineState
}

/** Each over the runs that went to their end, a value a run. null: not measured. */
export interface ComparedFigures {
  /** Definite answers per second. */
  readonly goodputPerSec: Estimate
  readonly soldPerSec: Estimate
  readonly errorRate: Estimate
  /** In a scenario of several steps, of the worst one: a threshold has to hold in each. */
  readonly responseMs: Readonly<Record<ResponseFigure, Estimate | null>>
  /** Microseconds of CPU per definite answer, by who used them: target, postgres, redis, generator. */
  readonly cpuMicrosPerAnswer: Readonly<Record<string, Estimate>>
  /** The same CPU per answer "sold": what refusing the others costs is part of it. None where nothing was sold. */
  readonly cpuMicrosPerOrder: Readonly<Record<string, Estimate>>
  /** Peak resident bytes, likewise. */
  readonly memoryBytes: Readonly<Record<string, Estimate>>
  /** Of reads: how old what they showed was, p99; null: there were none, or nobody could tell. */
  readonly readLagP99Ms: Estimate | null
  /** Buyers refused before a later one was served, per thousand buys. */
  readonly overtakenPerThousand: Estimate | null
}

export interface Place {
  /** From 1; after two on place 1 comes place 3. */
  readonly place: number
  /** More than one: they can't be told from the first. */
  readonly contestants: readonly string[]
  readonly meetsSlo: boolean
  /** Why it stands here: "p99 12.1 ms (11.8-12.6)". */
  readonly because: string
}
