/** What gates of a pool came to, as a table for the documentation. Pure. */
import { GATE_METRICS } from '../../core/gate-record.ts'
import { effectWords, metricName, valueWords } from '../../core/gate-words.ts'
import { median, quantile } from '../../core/statistics/estimate.ts'
import { formatCount } from '../../core/units.ts'
import { markdownTable } from '../document.ts'
import type { DrawnGates } from './draw-gates.ts'
import { type Pool, POOL_ARMS, type PoolArm } from './pool.ts'

export interface Evidence {
  readonly pool: Pool
  readonly blocksARound: number
  /** A against A. */
  readonly alike: DrawnGates
  /** A against the slowed target. */
  readonly slowed: DrawnGates
}

export function renderEvidence({ pool, blocksARound, alike, slowed }: Evidence): string {
  const visits = pool.blocks.length * 2
  return [
    `A pool of ${formatCount(visits)} visits an arm; ${formatCount(alike.gates)} gates of each kind, ${blocksARound} blocks (${blocksARound * 2} visits an arm) a round.`,
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
    markdownTable(
      ['metric', ...POOL_ARMS],
      GATE_METRICS.map((metric, index) => [
        metricName(metric),
        ...POOL_ARMS.map((arm) => spreadWords(pool, arm, index)),
      ]),
    ),
    `CPU per order in the middle: ${POOL_ARMS.map((arm) => `${arm} ${cpuWords(pool, arm)}`).join(', ')}.`,
    `${pool.visit}; a visit took ${(pool.visitMs / 1000).toFixed(1)} s. ${pool.machine}`,
  ].join('\n\n')
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
  const values = valuesOf(pool, arm, GATE_METRICS.indexOf('cpuMicrosPerOrder'))
  return values.length === 0 ? '-' : valueWords('cpuMicrosPerOrder', median(values))
}

function valuesOf({ blocks }: Pool, arm: PoolArm, index: number): number[] {
  return blocks.flat().flatMap((visit) => (visit.arm === arm ? (visit.figures[index] ?? []) : []))
}

function spreadWords(pool: Pool, arm: PoolArm, index: number): string {
  const metric = GATE_METRICS[index]!
  const values = valuesOf(pool, arm, index)
  if (values.length === 0) return '-'
  const half = (quantile(values, 0.84) - quantile(values, 0.16)) / 2
  const middle = median(values)
  return effectWords(metric, metric === 'errorRate' || middle === 0 ? half : half / middle)
}
