/**
 * `gate.json`, schema `doorbuster.gate/1`: a candidate against its baseline on one machine, and whether it may go on. A
 * visit is one run of one arm: fresh stores, a fresh server, equal steps of fixed arrivals, and its work counted.
 */
import type { CheckName } from './check.ts'
import type { RunVerdict } from './exit-codes.ts'
import type { RunEnvironment, RunTarget } from './run-record.ts'
import type { Scenario } from './scenario.ts'
import type { Interval } from './statistics/estimate.ts'
import type { RequestKind, WorkCount } from './work-record.ts'

export const GATE_SCHEMA = 'doorbuster.gate/1'

export type GateArm = 'baseline' | 'candidate'

/** What is judged by statistics. `errorRate` is a share of arrivals; the CPU is the target's own, per answered order. */
export const GATE_METRICS = ['goodputPerSec', 'p50Ms', 'p99Ms', 'errorRate', 'cpuMicrosPerOrder'] as const

export type GateMetric = (typeof GATE_METRICS)[number]

export interface GateRecord {
  readonly schema: typeof GATE_SCHEMA
  readonly gateId: string
  readonly status: 'running' | 'complete' | 'interrupted'
  /** ISO 8601. */
  readonly startedAt: string
  readonly finishedAt: string | null
  readonly scenario: Scenario
  /** Of the order of visits, and of every draw of the statistics. */
  readonly seed: number
  /** As it was called: words behind `doorbuster gate`, without what changes nothing of its answer. Absent: not by a command. */
  readonly command?: readonly string[]
  /** null: nothing was run. */
  readonly budgetMs: number | null
  readonly options: GateOptions
  readonly arms: Readonly<Record<GateArm, GateArmRecord>>
  readonly environment: RunEnvironment | null
  /** Of the baseline alone, before the rounds. */
  readonly calibration: readonly GateVisit[]
  /** What was said before the rounds began; null: nobody could tell. */
  readonly foreseen: readonly VisibleEffect[] | null
  /** In the order in which they were made. */
  readonly visits: readonly GateVisit[]
  /** So far, while it runs; null: nothing is there to be judged. */
  readonly judgement: GateJudgement | null
  /** What a reader has to know of how it came about, a sentence each. */
  readonly notes: readonly string[]
  /** null while running. `missed`: a regression. */
  readonly verdict: RunVerdict | null
  readonly exitCode: number | null
}

interface GateArmRecord {
  /** As it was asked for: `atomic-update`, `shop.yaml at origin/main (1a2b3c4)`, `stored: results/main`. */
  readonly name: string
  /** null: not visited yet. */
  readonly target: RunTarget | null
}

export interface GateOptions {
  /** Nothing smaller is a regression. Relative (0.05 = 5 %), for `errorRate` in points (0.01 = 1 point of percent). */
  readonly leastEffect: Readonly<Record<GateMetric, number>>
  readonly work: 'strict' | 'report'
  /** What becomes of the build when there is no answer. */
  readonly onInconclusive: 'fail' | 'pass'
  /** Work and correctness alone: no time is judged. */
  readonly quick: boolean
}

/** Where a visit stands in the plan. Visits of one block are next to one another: A B B A, or B A A B. */
export interface PlannedVisit {
  readonly arm: GateArm
  /** 1 or 2. */
  readonly round: number
  /** From 0, of all visits of the gate; null: the visit was stored earlier, and nothing was interleaved. */
  readonly block: number | null
}

/** What a gate needs of one run. */
export interface GateVisit extends PlannedVisit {
  /** Of the run, beside gate.json or as it was given. */
  readonly directory: string
  readonly runId: string
  readonly startedAt: string
  readonly verdict: RunVerdict
  readonly failedChecks: readonly FailedCheck[]
  /** "fairness could not be decided: ...": checks whose input was there and held both answers. */
  readonly undecidedChecks: readonly string[]
  /** At least one check could be made and passed. */
  readonly isChecked: boolean
  /** The median over its steps, of the CPU all of them together; null: not measured. */
  readonly figures: Readonly<Record<GateMetric, number | null>>
  readonly generator: VisitGenerator
  /** null: could not be counted. */
  readonly work: readonly VisitWork[] | null
}

interface FailedCheck {
  readonly check: CheckName
  readonly sentence: string
}

export interface VisitGenerator {
  /** Of its worst step that was not saturated, 0..1; 1 where all were. */
  readonly onTimeShare: number
  /** Of all the machine's cores, of its busiest step, 0..1; null: not measured. */
  readonly cpuShare: number | null
  /** Its own CPU time for each answer: the same work in every visit, so it tells how fast the machine was. null: not measured. */
  readonly cpuMicrosPerRequest: number | null
}

export type WorkStore = 'sql' | 'redis'

/** Counts of one kind of request, one in flight. */
export interface VisitWork {
  readonly kind: RequestKind
  /** So many were counted. */
  readonly requests: number
  /** What was counted at all: a count of theirs that is missing was 0, one of others is not known. */
  readonly stores: readonly WorkStore[]
  readonly counts: readonly WorkCount[]
}

export type MetricVerdict =
  | 'improved'
  | 'same'
  | 'regressed'
  | 'insufficient samples'
  | 'generator-limited'
  | 'environment differs'
  | 'not measured'

export interface MetricJudgement {
  readonly metric: GateMetric
  readonly verdict: MetricVerdict
  /** Median over the visits of an arm; null: not measured. */
  readonly baseline: number | null
  readonly candidate: number | null
  /** Candidate against baseline: relative (0.1 = 10 % more), for `errorRate` in points. null: too few visits. */
  readonly change: (Interval & { readonly estimate: number; readonly confidence: number }) | null
  /** The change is one of times at one speed of the machine, as its generator tells it: not quite that of the medians. */
  readonly isAtOneSpeed: boolean
  /**
   * A worsening that would be seen in 95 of 100 gates like this one, relative or in points. `same` means that the interval
   * holds none so large, or at least holds 0. null: none would, however large.
   */
  readonly smallestVisible: number | null
  /** Of each round, in order: what the test said. One alone, of all visits, where a round of its own could say nothing. */
  readonly rounds: readonly RoundTest[]
  /** Visits an arm that would settle it, beside those there are; null: settled, or nobody can tell. */
  readonly moreVisits: number | null
  /** "p99 12.1 ms -> 14.0 ms, +15.7 % (+11.2 % to +20.4 %)", and why. */
  readonly sentence: string
}

export interface RoundTest {
  /** null: of all visits together. */
  readonly round: number | null
  /** Visits of the baseline and of the candidate that had this figure. */
  readonly visits: readonly [baseline: number, candidate: number]
  /** As `change.estimate`, of this round alone. */
  readonly estimate: number
  readonly pValue: number
  /** Corrected for the metrics that were tested in this round. */
  readonly adjustedPValue: number
  /** Below this, the round says that something changed. */
  readonly level: number
}

export interface VisibleEffect {
  readonly metric: GateMetric
  /** Relative, for `errorRate` in points; null: it was not measured, or too seldom. */
  readonly effect: number | null
}

export interface WorkJudgement {
  /** null: there was nothing to compare. */
  readonly verdict: 'same' | 'changed' | null
  /** Counts that were exact, and were held against the candidate's. */
  readonly exactCounts: number
  readonly changes: readonly WorkChange[]
  /** Not the same in all visits of an arm: no gate without statistics can be made of them. */
  readonly notExact: readonly string[]
  /** Why nothing, or not everything, was compared; a sentence each. */
  readonly notes: readonly string[]
}

export interface WorkChange {
  readonly kind: RequestKind
  /** As in `WorkCount`. */
  readonly name: string
  /** Per request. */
  readonly baseline: number
  /** In the middle, where the candidate's visits differ among themselves, and all from the baseline. */
  readonly candidate: number
  /** "+1 SELECT remaining FROM stock WHERE sku = $1 an order sold (1 -> 2)", "+0.4 to 0.6 ... (0 -> 0.4 to 0.6)". */
  readonly sentence: string
}

export interface CorrectnessJudgement {
  readonly verdict: 'right' | 'wrong' | 'unknown'
  /** Each check that failed, worst first, whose it is, and in how many visits. */
  readonly failures: readonly ArmFailure[]
  /** Why it is unknown, a sentence each. */
  readonly doubts: readonly string[]
}

export interface ArmFailure extends FailedCheck {
  readonly arm: GateArm
  readonly visits: number
  readonly ofVisits: number
}

export interface GateJudgement {
  readonly correctness: CorrectnessJudgement
  readonly work: WorkJudgement
  /** In the order of GATE_METRICS; none where times were not judged. */
  readonly metrics: readonly MetricJudgement[]
  /** Between baseline and candidate, a sentence each: times can't be compared across it. */
  readonly environmentDiffers: readonly string[]
  /** Why another round is due, in a sentence; null: more visits would change nothing, or are no part of the plan. */
  readonly nextRound: string | null
  /** "PASSED", "WRONG", "REGRESSED", "WORK CHANGED", "NO ANSWER". */
  readonly word: string
  /** What follows the word. */
  readonly headline: string
  readonly verdict: RunVerdict
  /** As `verdict` says, but for no answer where that is let through. */
  readonly exitCode: number
}
