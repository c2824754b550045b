/**
 * A chart for each metric of a gate, a dot a visit and both arms in it, so that a reader sees what drifted and what fell out
 * of line.
 */
import { GATE_METRICS, type GateArm, type GateMetric, type GateRecord } from '../../core/gate-record.ts'
import { metricName, valueWords } from '../../core/gate-words.ts'
import { median } from '../../core/statistics/estimate.ts'
import { formatCount, formatShare } from '../../core/units.ts'
import { shortTime } from './names.ts'
import { moreWords, type NumberedVisit, ROWS_SHOWN } from './numbered-visits.ts'
import { type Axis, type Chart, columns, type Mark, row } from './page.ts'

/** Fewer are no course of anything. */
const FEWEST_DRAWN = 3
const MOST_TICKS = 12
/** The highest figure over the lowest. */
const WIDE = 10

/** None where there is no course of anything to be seen. */
export function visitCharts(visits: readonly NumberedVisit[], record: GateRecord): Chart[] {
  return visits.length < FEWEST_DRAWN ? [] : GATE_METRICS.flatMap((metric) => chartOf(metric, visits, record))
}

/** None where it was not measured in any. */
function chartOf(metric: GateMetric, visits: readonly NumberedVisit[], record: GateRecord): Chart[] {
  const measured = visits.filter(({ figures }) => figures[metric] !== null)
  if (measured.length === 0) return []
  const marks = [...valueMarks(metric, measured, record), ...roundMarks(visits)]
  const name = metricName(metric)
  return [
    {
      title: `${name.charAt(0).toUpperCase()}${name.slice(1)}, visit by visit`,
      sentence: sentenceOf(metric, isWide(metric, measured), record),
      x: visitAxis(visits.length),
      y: valueAxis(metric, measured, marks),
      series: (['baseline', 'candidate'] as const).map((arm) => ({
        name: arm,
        look: arm === 'baseline' ? 'line-0' : 'line-3',
        draw: 'dots',
        points: measured.flatMap(({ arm: of, number, figures }) =>
          of === arm ? [{ x: number, y: figures[metric] }] : [],
        ),
      })),
      marks,
      table: {
        caption: `${name}, visit by visit`,
        columns: columns('>visit', 'arm', `>${name}`),
        rows: visits
          .slice(0, ROWS_SHOWN)
          .map(({ number, arm, figures }) =>
            row([String(number), arm, figures[metric] === null ? 'not measured' : valueWords(metric, figures[metric])]),
          ),
        more: moreWords(visits.length),
      },
    },
  ]
}

function sentenceOf(metric: GateMetric, isLog: boolean, { judgement }: GateRecord): string {
  const better = metric === 'goodputPerSec' ? 'The higher, the better.' : 'The lower, the better.'
  const judged = judgement?.metrics.find((one) => one.metric === metric)
  const isAdjusted = judged?.isAtOneSpeed === true
  return `${better} A dot is a visit, as it was measured${isAdjusted ? '; its change is told at one speed of the machine' : ''}.${isLog ? ' On a logarithmic scale.' : ''}`
}

/** The baseline's middle, and from where on a candidate is worse by as much as matters. Calibration is in neither. */
function valueMarks(metric: GateMetric, measured: readonly NumberedVisit[], { options }: GateRecord): Mark[] {
  const values = valuesOf('baseline', metric, measured)
  if (values.length === 0) return []
  const middle = median(values)
  const least = options.leastEffect[metric]
  const worse = metric === 'errorRate' ? middle + least : middle * (metric === 'goodputPerSec' ? 1 - least : 1 + least)
  const middleMark: Mark = { axis: 'y', at: middle, label: 'median of the baseline', brief: 'baseline', mood: 'plain' }
  if (options.quick) return [middleMark]
  const worseMark: Mark = { axis: 'y', at: worse, label: 'worse by as much as matters', mood: 'bad', labelAt: 'end' }
  return [middleMark, { ...worseMark, brief: 'worse' }]
}

function valuesOf(arm: GateArm, metric: GateMetric, visits: readonly NumberedVisit[]): number[] {
  return visits.flatMap(({ arm: of, isCalibration, figures }) =>
    of === arm && !isCalibration ? (figures[metric] ?? []) : [],
  )
}

function roundMarks(visits: readonly NumberedVisit[]): Mark[] {
  const calibrated = visits.filter(({ isCalibration }) => isCalibration).length
  const second = visits.find(({ round, block, isCalibration }) => !isCalibration && block !== null && round > 1)
  const calibration: Mark = {
    axis: 'x',
    at: 0.5,
    until: calibrated + 0.5,
    label: 'calibration',
    brief: 'calib.',
    mood: 'plain',
  }
  return [
    ...(calibrated === 0 ? [] : [calibration]),
    ...(second === undefined
      ? []
      : [{ axis: 'x', at: second.number - 0.5, label: `round ${second.round}`, mood: 'plain' } as const]),
  ]
}

function visitAxis(visits: number): Axis {
  const every = [1, 2, 5, 10, 20, 50, 100].find((step) => visits / step <= MOST_TICKS) ?? visits
  return {
    label: 'visit',
    scale: 'linear',
    min: 0.5,
    max: visits + 0.5,
    ticks: Array.from({ length: visits }, (_, index) => index + 1).filter(
      (number) => number === 1 || number % every === 0,
    ),
    format: (value) => String(value),
  }
}

/** One visit that fell far out of line would press all others flat. */
function isWide(metric: GateMetric, measured: readonly NumberedVisit[]): boolean {
  const values = measured.flatMap(({ figures }) => figures[metric] ?? [])
  const low = Math.min(...values)
  return metric !== 'errorRate' && low > 0 && Math.max(...values) / low > WIDE
}

/** It begins near the lowest figure: a change of a few percent can't be seen from zero. */
function valueAxis(metric: GateMetric, measured: readonly NumberedVisit[], marks: readonly Mark[]): Axis {
  const axis = { label: AXIS_OF[metric], format: FORMAT_OF[metric] }
  if (isWide(metric, measured)) return { ...axis, scale: 'log' }
  const drawn = [
    ...measured.flatMap(({ figures }) => figures[metric] ?? []),
    ...marks.flatMap(({ axis, at }) => (axis === 'y' ? [at] : [])),
  ]
  const [low, high] = [Math.min(...drawn), Math.max(...drawn)]
  const room = (high - low || high) * 0.05
  return { ...axis, scale: 'linear', min: Math.max(0, low - room) }
}

const AXIS_OF: Readonly<Record<GateMetric, string>> = {
  goodputPerSec: 'definite answers per second',
  p50Ms: 'response time, p50',
  p99Ms: 'response time, p99',
  errorRate: 'share of arrivals',
  cpuMicrosPerOrder: "µs of the target's CPU an answered order",
}

const FORMAT_OF: Readonly<Record<GateMetric, (value: number) => string>> = {
  goodputPerSec: short,
  p50Ms: shortTime,
  p99Ms: shortTime,
  errorRate: formatShare,
  cpuMicrosPerOrder: short,
}

function short(value: number): string {
  if (value >= 1e6) return value.toLocaleString('en-US', { notation: 'compact', maximumFractionDigits: 3 })
  return value >= 1_000 ? formatCount(value) : String(Number(value.toPrecision(4)))
}
