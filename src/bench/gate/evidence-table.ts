/** What gates of a pool came to, as a table for the documentation. Pure. */
import { GATE_METRICS, type GateMetric } from '../../core/gate-record.ts'
import { effectWords, metricName, valueWords } from '../../core/gate-words.ts'
import { median, quantile } from '../../core/statistics/estimate.ts'
import { formatCount } from '../../core/units.ts'
import { markdownTable } from '../document.ts'
import type { DrawnGates } from './draw-gates.ts'
import { SLOWED_METRICS } from '../../gate/index.ts'
import { type Pool, POOL_ARMS, type PoolArm, type PoolVisit } from './pool.ts'

export interface Evidence {
  readonly pool: Pool
  readonly blocks: readonly [first: number, second: number]
  /** A against A. */
  readonly alike: DrawnGates
  /** A against the slowed target. */
  readonly slowed: DrawnGates
}

export function renderEvidence({ pool, blocks: [first, second], alike, slowed }: Evidence): string {
  const visits = pool.blocks.length * 2
  return [
    `A pool of ${formatCount(visits)} visits an arm; ${formatCount(alike.gates)} gates of each kind, ${first * 2} visits an arm in the first round and ${second * 2} in the second.`,
    markdownTable(
      ['gates', 'regressed', 'of them by CPU per order', 'improved', 'passed', 'no answer', 'second rounds'],
      [
        ['A against A', ...cellsOf(alike)],
        ['A against the slowed target', ...cellsOf(slowed)],
      ],
    ),
    ...[
      ['A against A', alike],
      ['the slowed target', slowed],
    ].map(([name, drawn]) => `Not the same, ${name as string}: ${reasonsOf(drawn as DrawnGates)}.`),
    'How the visits of the pool spread, half of the distance between the 16th and the 84th percentile (a standard deviation, where there are no outliers):',
    markdownTable(['metric', ...POOL_ARMS], spreadRows(pool)),
    `CPU per order in the middle: ${POOL_ARMS.map((arm) => `${arm} ${cpuWords(pool, arm)}`).join(', ')}.`,
    `${pool.visit}; a visit took ${(pool.visitMs / 1000).toFixed(1)} s. ${pool.machine}`,
  ].join('\n\n')
}

/** As they were measured, and what takes longer on a slower machine also at one speed of it. */
function spreadRows(pool: Pool): string[][] {
  const rowOf = (name: string, metric: GateMetric, of: FigureOf): string[] => [
    name,
    ...POOL_ARMS.map((arm) => spreadWords(metric, figuresOf(pool, arm, of))),
  ]
  return GATE_METRICS.flatMap((metric) => [
    rowOf(metricName(metric), metric, measured(metric)),
    ...(SLOWED_METRICS.includes(metric)
      ? [rowOf(`${metricName(metric)}, at one speed`, metric, atOneSpeed(metric))]
      : []),
  ])
}

/** null: it was not measured. */
type FigureOf = (visit: PoolVisit) => number | null

function measured(metric: GateMetric): FigureOf {
  return ({ figures }) => figures[GATE_METRICS.indexOf(metric)] ?? null
}

function atOneSpeed(metric: GateMetric): FigureOf {
  return (visit) => {
    const figure = measured(metric)(visit)
    const { cpuMicrosPerRequest: slowness } = visit
    return figure === null || slowness === null ? null : figure / slowness
  }
}

function figuresOf({ blocks }: Pool, arm: PoolArm, of: FigureOf): number[] {
  return blocks.flat().flatMap((visit) => (visit.arm === arm ? (of(visit) ?? []) : []))
}

function cellsOf({ gates, regressed, regressedCpu, improved, passed, noAnswer, secondRounds }: DrawnGates): string[] {
  return [regressed, regressedCpu, improved, passed, noAnswer, secondRounds].map(
    (count) => `${((count / gates) * 100).toFixed(2)}%`,
  )
}

function reasonsOf({ reasons, gates }: DrawnGates): string {
  const most = Object.entries(reasons).sort(([, a], [, b]) => b - a)
  if (most.length === 0) return 'nothing'
  return most.map(([reason, count]) => `${reason} ${((count / gates) * 100).toFixed(2)}%`).join(', ')
}

function cpuWords(pool: Pool, arm: PoolArm): string {
  const values = figuresOf(pool, arm, measured('cpuMicrosPerOrder'))
  return values.length === 0 ? '-' : valueWords('cpuMicrosPerOrder', median(values))
}

function spreadWords(metric: GateMetric, values: readonly number[]): string {
  if (values.length === 0) return '-'
  const half = (quantile(values, 0.84) - quantile(values, 0.16)) / 2
  const middle = median(values)
  return effectWords(metric, metric === 'errorRate' || middle === 0 ? half : half / middle)
}
