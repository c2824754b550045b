/** What each strategy carried on the staircase, as a table for the documentation. Pure. */
import type { CheckResult } from '../../core/check.ts'
import { type RunRecord, type StepRecord, targetName } from '../../core/run-record.ts'
import { formatCount, formatMs } from '../../core/units.ts'
import { leadingFailure } from '../../report/index.ts'
import { markdownTable } from '../document.ts'

export interface Climb {
  readonly strategy: string
  readonly steps: readonly StepRecord[]
  readonly checks: readonly CheckResult[]
}

export function climbOf({ target, steps, checks }: RunRecord): Climb {
  return { strategy: targetName(target), steps, checks }
}

const HEAD = ['strategy', 'carried', 'mean, p99 there', 'first not carried', 'at the top', 'verdict']

/** Markdown; the strategy that carried most goes first. */
export function renderStaircase(climbs: readonly Climb[]): string {
  const sorted = [...climbs].sort((a, b) => carriedPerSec(b) - carriedPerSec(a) || topPerSec(b) - topPerSec(a))
  return markdownTable(HEAD, sorted.map(rowOf))
}

/** The last step before the first that fell short; null where the first one did. */
function carriedStep({ steps }: Climb): StepRecord | null {
  const firstShort = steps.findIndex(isShort)
  return (firstShort === -1 ? steps.at(-1) : steps[firstShort - 1]) ?? null
}

/** Fewer than 99 % of the arrivals got a definite answer in time, or the generator could not make them. */
function isShort(step: StepRecord): boolean {
  return step.achievedRatePerSec < 0.99 * offeredPerSec(step)
}

/** A staircase is climbed in the open model. */
function offeredPerSec({ offeredRatePerSec }: StepRecord): number {
  return offeredRatePerSec ?? 0
}

function carriedPerSec(climb: Climb): number {
  return carriedStep(climb)?.offeredRatePerSec ?? 0
}

function topPerSec({ steps }: Climb): number {
  return steps.at(-1)?.achievedRatePerSec ?? 0
}

function rowOf(climb: Climb): string[] {
  const { strategy, steps } = climb
  const carried = carriedStep(climb)
  const short = steps.find(isShort)
  const top = steps.at(-1)!
  return [
    `[\`${strategy}\`](docs/strategies/${strategy}.md)`,
    carried === null ? '-' : perSec(offeredPerSec(carried)),
    carried === null ? '-' : `${time(carried.responseMs.mean)}, ${time(carried.responseMs.p99)}`,
    short === undefined ? '-' : `${perSec(offeredPerSec(short))}: ${howShort(short)}`,
    `${perSec(top.achievedRatePerSec)}${top.dropped === 0 ? ', nothing dropped' : ''}`,
    verdictOf(climb),
  ]
}

function howShort({ saturated, achievedRatePerSec }: StepRecord): string {
  return saturated ? `saturated at ${perSec(achievedRatePerSec)}` : `${perSec(achievedRatePerSec)} answered`
}

/** Of the sales, whatever their speed. */
function verdictOf({ steps, checks }: Climb): string {
  const failure = leadingFailure(checks)
  if (failure === undefined) return checks.some(({ verdict }) => verdict === 'unknown') ? 'undecided' : 'right'
  const wrong = new Set(checks.filter(({ verdict }) => verdict === 'fail').map(({ step }) => step))
  const rates = steps.filter(({ index }) => wrong.has(index)).map(offeredPerSec)
  return `**wrong** from ${perSec(Math.min(...rates))}: ${failure.check}`
}

function perSec(rate: number): string {
  return `${formatCount(Math.round(rate))}/s`
}

function time(ms: number | null): string {
  return ms === null ? '-' : formatMs(ms)
}
