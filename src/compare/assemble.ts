/**
 * From the runs so far to the record of their comparison. A function of stored values and a seed: the same record comes
 * of the same runs, whenever it is made. Pure.
 */
import {
  COMPARE_SCHEMA,
  type CompareRecord,
  type Contestant,
  neverRanked,
  type Regime,
  type ResponseFigure,
} from '../core/compare-record.ts'
import { exitCodeOf } from '../core/exit-codes.ts'
import { createRandom, type Random } from '../core/random.ts'
import type { RunEnvironment, RunRecord } from '../core/run-record.ts'
import type { Scenario } from '../core/scenario.ts'
import { comparisonVerdict } from './comparison-verdict.ts'
import { type MeasuredRun, resultOf } from './contestant-result.ts'
import { notesOf } from './notes.ts'
import { placesOf, rankingFigure } from './ranking.ts'
import { turnOvers } from './turn-over.ts'

export interface Comparison {
  readonly compareId: string
  readonly status: CompareRecord['status']
  readonly startedAt: string
  readonly finishedAt: string | null
  readonly scenario: Scenario
  readonly seed: number
  /** Absent: by no command. */
  readonly command?: readonly string[]
  readonly repeat: number
  readonly contestants: readonly Contestant[]
  /** Of the regimes; null: the stock as the scenario has it. */
  readonly sellThroughs: readonly (number | null)[]
  readonly runs: readonly MeasuredRun[]
  /** By contestant: why it could not run. */
  readonly notRun: ReadonlyMap<string, string>
  /** Contestants that nobody asked for by name: their faults on purpose and their missing stores are no failure. */
  readonly broughtAlong: ReadonlySet<string>
  /** Answers without which nobody should speak of such a figure. */
  readonly samplesNeeded: (figure: ResponseFigure) => number
  /** Known before the first run, a sentence each. */
  readonly remarks: readonly string[]
}

/** Keeps the draws for intervals apart from those for the order of runs. */
const STREAM_OF_INTERVALS = 1

export function assembleComparison(comparison: Comparison): CompareRecord {
  const { contestants, scenario, seed, command, repeat, status } = comparison
  const random = createRandom(seed, STREAM_OF_INTERVALS)
  const rankedBy = rankingFigure(scenario.thresholds)
  const measured = comparison.sellThroughs.map((sellThrough, index) => {
    return { sellThrough, results: resultsOf(comparison, index, random) }
  })
  const unranked = neverRanked({ contestants, regimes: measured })
  const regimes = measured.map((regime): Regime => {
    return { ...regime, places: placesOf(regime.results, unranked, rankedBy) }
  })
  const verdict = status === 'running' ? null : verdictOf(comparison, regimes, unranked)
  const { compareId, startedAt, finishedAt, runs, remarks } = comparison
  return {
    schema: COMPARE_SCHEMA,
    compareId,
    status,
    startedAt,
    finishedAt,
    scenario,
    seed,
    ...(command && { command }),
    repeat,
    slo: scenario.thresholds.map(({ expression }) => expression),
    rankedBy,
    environment: environmentOf(runs.map(({ record }) => record)),
    contestants,
    regimes,
    turnsOver: turnOvers(regimes, rankedBy),
    notes: [
      ...remarks,
      ...notesOf({
        ...comparison,
        regimes,
        rankedBy,
        steps: scenario.steps.length,
        samplesNeeded: comparison.samplesNeeded(rankedBy),
      }),
    ],
    verdict,
    exitCode: verdict === null ? null : exitCodeOf(verdict),
  }
}

function resultsOf({ contestants, runs, notRun }: Comparison, regime: number, random: Random): Regime['results'] {
  return contestants.map(({ name }) => {
    const own = runs.filter((run) => run.contestant === name && run.regime === regime)
    return resultOf(name, own, notRun.get(name) ?? null, random)
  })
}

function verdictOf(
  { status, broughtAlong, contestants }: Comparison,
  regimes: readonly Regime[],
  unranked: ReadonlySet<string>,
): CompareRecord['verdict'] {
  const builtWrong = new Set(contestants.filter((one) => one.builtWrong).map(({ name }) => name))
  return comparisonVerdict({
    regimes,
    interrupted: status === 'interrupted',
    unranked,
    isExpected: ({ contestant, verdict, runs }) =>
      broughtAlong.has(contestant) &&
      (verdict === 'wrong' ? builtWrong.has(contestant) : verdict === 'environment' && runs.length === 0),
  })
}

/** With every store that one of them used; of a contestant's settings, those of its first run. */
function environmentOf(records: readonly RunRecord[]): RunEnvironment | null {
  const [first] = records
  if (first === undefined) return null
  const services = records.reduceRight((all, { environment }) => ({ ...all, ...environment.services }), {})
  return { ...first.environment, services }
}
