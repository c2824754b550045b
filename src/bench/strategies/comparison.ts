/**
 * What the rounds of the bench come to: the median rate of each contestant, and ratios as the median of the rounds' own,
 * since what else runs on the machine slows one round down and not the next. Pure.
 */
import { median } from '../engine/arrival-figures.ts'
import { renderTable } from '../../report/text-table.ts'

export interface Measured {
  /** Orders per second. */
  readonly perSec: number
  /** Share of the time until everything was in its last place that buyers were served; 1: nothing was left for later. */
  readonly keptUp: number
  /** CPU of the process that asked, us an order; NaN where it can't be read. */
  readonly clientUs: number
  /** CPU of the stores, us an order; null where it can't be read. */
  readonly storeUs: number | null
}

export interface Contestant {
  readonly name: string
  /** What it is set against; null: itself a peer. */
  readonly peer: string | null
  readonly rounds: readonly Measured[]
}

/** Of one contestant's rate to another's, round by round. NaN where one of them is missing. */
export function ratio(contestants: readonly Contestant[], name: string, against: string): number {
  const [one, other] = [name, against].map((wanted) => contestants.find((contestant) => contestant.name === wanted))
  if (one === undefined || other === undefined) return Number.NaN
  return median(one.rounds.map(({ perSec }, round) => perSec / (other.rounds[round]?.perSec ?? Number.NaN)))
}

export function medianRate({ rounds }: Contestant): number {
  return median(rounds.map(({ perSec }) => perSec))
}

/** NaN where it is missing. */
export function keptUp(contestants: readonly Contestant[], name: string): number {
  return median(contestants.find((contestant) => contestant.name === name)?.rounds.map((round) => round.keptUp) ?? [])
}

/** The name with the highest median rate; null of none. */
export function fastest(contestants: readonly Contestant[], names: readonly string[]): string | null {
  const running = contestants.filter(({ name }) => names.includes(name))
  const sorted = running.sort((a, b) => medianRate(b) - medianRate(a))
  return sorted[0]?.name ?? null
}

export interface Target {
  readonly claim: string
  /** NaN: could not be measured. */
  readonly measured: number
  readonly atLeast: number
}

export function resultLines(contestants: readonly Contestant[], targets: readonly Target[]): string[] {
  const left = { align: 'left' } as const
  const right = { align: 'right' } as const
  const rows = contestants.map((contestant) => [
    contestant.name,
    medianRate(contestant).toFixed(0),
    number(median(contestant.rounds.map(({ clientUs }) => clientUs)), 1),
    number(median(contestant.rounds.map(({ storeUs }) => storeUs ?? Number.NaN)), 1),
    contestant.peer ?? '',
    contestant.peer === null ? '' : number(ratio(contestants, contestant.name, contestant.peer), 2),
  ])
  const columns = [
    { title: '', ...left },
    { title: 'orders/s', ...right },
    { title: 'us client', ...right },
    { title: 'us stores', ...right },
    { title: 'against', ...left },
    { title: 'ratio', ...right },
  ]
  const verdicts = targets.map(({ claim, measured, atLeast }) => [
    claim,
    number(measured, 2),
    `>= ${atLeast}`,
    Number.isNaN(measured) ? 'not measured' : measured >= atLeast ? 'reached' : 'MISSED',
  ])
  const verdictColumns = [
    { title: '', ...left },
    { title: 'measured', ...right },
    { title: 'to reach', ...right },
    { title: '', ...left },
  ]
  return [...renderTable(columns, rows), '', ...renderTable(verdictColumns, verdicts)]
}

function number(value: number, digits: number): string {
  return Number.isNaN(value) ? '-' : value.toFixed(digits)
}
