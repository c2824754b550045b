/** The table of docs/engines.md, made of what was measured. Pure. */
import { markdownTable } from '../document.ts'
import { median } from '../engine/arrival-figures.ts'
import type { EngineFigures } from './contestant.ts'

export interface Contestant {
  readonly label: string
  /** null: the closed model. */
  readonly ratePerSec: number | null
}

export interface Round extends EngineFigures {
  readonly burstiness: number
}

const COLUMNS = [
  'asked/s',
  'engine',
  'answered/s',
  'CPU us a request',
  'of `open`',
  'late p50, p99 ms',
  'burstiness',
  'response p50 ms',
  'of `open`',
]

/**
 * A row for each contestant, medians of its rounds. Ratios are medians of the rounds' own, each to the first contestant
 * of the same rate; to the last `first` of all where the contestant has none of its own.
 */
export function enginesTable(contestants: readonly Contestant[], rounds: readonly (readonly Round[])[]): string {
  const firsts = contestants.flatMap(({ ratePerSec }, index) =>
    contestants.findIndex((other) => other.ratePerSec === ratePerSec) === index && ratePerSec !== null ? [index] : [],
  )
  const rows = contestants.map(({ label, ratePerSec }, index) => {
    const own = rounds[index]!
    const first = firsts.find((at) => contestants[at]!.ratePerSec === ratePerSec) ?? firsts.at(-1)!
    const figure = (of: (round: Round) => number): number => median(own.map(of))
    const ratio = (of: (round: Round) => number): number =>
      median(own.map((round, at) => of(round) / of(rounds[first]![at]!)))
    const late = [figure(({ lateP50Ms }) => lateP50Ms), figure(({ lateP99Ms }) => lateP99Ms)]
    return [
      ratePerSec === null ? 'closed' : grouped(ratePerSec),
      label,
      grouped(figure(({ answered, tookMs }) => (answered * 1_000) / tookMs)),
      fixed(figure(cpuUsPerRequest), 1),
      fixed(ratio(cpuUsPerRequest), 2),
      Number.isNaN(late[0]) ? '-' : late.map((ms) => fixed(ms!, 2)).join(', '),
      fixed(
        figure((round) => round.burstiness),
        2,
      ),
      fixed(
        figure(({ responseP50Ms }) => responseP50Ms),
        2,
      ),
      ratePerSec === null
        ? '-'
        : fixed(
            ratio(({ responseP50Ms }) => responseP50Ms),
            2,
          ),
    ]
  })
  return markdownTable(COLUMNS, rows)
}

function cpuUsPerRequest({ cpuSeconds, answered }: EngineFigures): number {
  return (cpuSeconds / answered) * 1e6
}

function grouped(value: number): string {
  return Math.round(value).toLocaleString('en-US')
}

function fixed(value: number, digits: number): string {
  return Number.isNaN(value) ? '-' : value.toFixed(digits)
}
