/** What all runs of one contestant in one regime came to together. Pure. */
import { CHECK_NAMES, type CheckName } from '../core/check.ts'
import type { ComparedRun, ContestantResult } from '../core/compare-record.ts'
import type { RunVerdict } from '../core/exit-codes.ts'
import type { MachineState } from '../core/machine-state.ts'
import type { Random } from '../core/random.ts'
import type { RunRecord } from '../core/run-record.ts'
import { figuresOf } from './figures.ts'
import { valuesOfRun } from './run-values.ts'

/** One run, and where it came from. */
export interface MeasuredRun {
  readonly contestant: string
  /** Index of its regime. */
  readonly regime: number
  /** Beside compare.json. */
  readonly directory: string
  readonly machine: MachineState
  readonly record: RunRecord
  /** The verdict in words. */
  readonly headline: string
}

/** `notRun`: why no run of it could begin; null: nothing was in its way. */
export function resultOf(
  contestant: string,
  runs: readonly MeasuredRun[],
  notRun: string | null,
  random: Random,
): ContestantResult {
  const records = runs.map(({ record }) => record)
  const verdict = notRun === null ? verdictOfRuns(records.map(verdictOf)) : worseOf('environment', records)
  return {
    contestant,
    runs: runs.map(comparedRun),
    verdict,
    failedChecks: failedChecksOf(records),
    headline: notRun !== null && verdict === 'environment' ? notRun : headlineOf(runs, verdict),
    meetsSlo: meetsSlo(records),
    figures: figuresOf(
      records.map(valuesOfRun).filter((values) => values !== null),
      random,
    ),
    work: records.find(({ workAnOrder }) => workAnOrder !== null)?.workAnOrder ?? null,
  }
}

/** Wrong once is wrong. Otherwise what most of its runs came to; null without runs. */
export function verdictOfRuns(verdicts: readonly RunVerdict[]): RunVerdict | null {
  if (verdicts.includes('wrong')) return 'wrong'
  if (verdicts.includes('environment')) return 'environment'
  const finished = verdicts.filter((verdict) => verdict !== 'interrupted')
  if (finished.length === 0) return verdicts[0] ?? null
  const isMost = (sought: RunVerdict): boolean =>
    finished.filter((verdict) => verdict === sought).length > finished.length / 2
  return (['passed', 'missed'] as const).find(isMost) ?? 'inconclusive'
}

function worseOf(verdict: RunVerdict, records: readonly RunRecord[]): RunVerdict {
  return records.some((record) => verdictOf(record) === 'wrong') ? 'wrong' : verdict
}

function verdictOf({ verdict }: RunRecord): RunVerdict {
  return verdict ?? 'inconclusive'
}

function comparedRun({ directory, machine, record }: MeasuredRun): ComparedRun {
  const { runId, startedAt } = record
  return { directory, runId, startedAt, verdict: verdictOf(record), machine }
}

function failedChecksOf(records: readonly RunRecord[]): CheckName[] {
  const failed = new Set(
    records.flatMap(({ checks }) => checks.filter(({ verdict }) => verdict === 'fail').map(({ check }) => check)),
  )
  return CHECK_NAMES.filter((name) => failed.has(name))
}

/** That of the first run which came to the same; with the number of such runs, where not all did. */
function headlineOf(runs: readonly MeasuredRun[], verdict: RunVerdict | null): string {
  const alike = runs.filter(({ record }) => record.verdict === verdict)
  const [shown] = alike
  if (shown === undefined) return mixedHeadline(runs)
  return alike.length === runs.length ? shown.headline : `in ${alike.length} of ${runs.length} runs: ${shown.headline}`
}

/** Most of them came to nothing in common: how many passed, and what the first of the others came to. */
function mixedHeadline(runs: readonly MeasuredRun[]): string {
  const others = runs.filter(({ record }) => record.verdict !== 'passed')
  const [shown] = others
  if (shown === undefined) return 'not run yet'
  return `${runs.length - others.length} of ${runs.length} runs passed, another did not: ${shown.headline}`
}

/** Of runs that went to their end. */
function meetsSlo(records: readonly RunRecord[]): boolean {
  const finished = records.filter(({ endedBy }) => endedBy === null)
  const met = finished.filter(({ thresholds }) => thresholds.every(({ verdict }) => verdict === 'pass'))
  return met.length > finished.length / 2
}
