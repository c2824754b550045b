/**
 * The visits of a gate in the order in which they were made, so that a reader sees what drifted and what fell out of line:
 * a chart for each metric, both arms in it, and a table of them.
 */
import { GATE_METRICS, type GateArm, type GateMetric, type GateRecord, type GateVisit } from '../../core/gate-record.ts'
import { metricName, valueWords } from '../../core/gate-words.ts'
import { median } from '../../core/statistics/estimate.ts'
import { formatCount, formatQuantity, formatShare } from '../../core/units.ts'
import { moodOf, shortTime } from './names.ts'
import {
  type Axis,
  type Block,
  type Chart,
  columns,
  type Mark,
  type Mood,
  row,
  type Section,
  tableBlock,
} from './page.ts'

/** Fewer are no course of anything. */
const FEWEST_DRAWN = 3
/** All of them stand in gate.json. */
const ROWS_SHOWN = 400
const MOST_TICKS = 12
/** The highest figure over the lowest. */
const WIDE = 10

/** One of the gate, with its number: as its folder has it, where it was made by this gate. */
interface NumberedVisit extends GateVisit {
  readonly number: number
  readonly isCalibration: boolean
}

export function numberedVisits({ calibration, visits }: GateRecord): NumberedVisit[] {
  return [...calibration, ...visits].map((visit, index) => ({
    ...visit,
    number: index + 1,
    isCalibration: index < calibration.length,
  }))
}

/** null: none was made. */
export function visitsSection(record: GateRecord): Section | null {
  const visits = numberedVisits(record)
  if (visits.length === 0) return null
  const charts = visits.length < FEWEST_DRAWN ? [] : GATE_METRICS.flatMap((metric) => chartOf(metric, visits, record))
  return {
    id: 'visits',
    title: 'The visits',
    lead: leadOf(record),
    blocks: [...charts.map((chart): Block => ({ kind: 'chart', chart })), visitTable(visits)],
  }
}

function leadOf({ calibration, visits }: GateRecord): string {
  const isStored = visits.some(({ block }) => block === null)
  const hasBoth = new Set(visits.map(({ arm }) => arm)).size > 1
  return [
    'In the order in which they were made.',
    isStored
      ? 'What was stored earlier was not visited in turn with the other arm: what the machine did meanwhile falls on one alone.'
      : hasBoth && 'Both arms in turn, so that whatever the machine does falls on both alike.',
    calibration.length > 0 &&
      `The first ${formatQuantity(calibration.length, 'visit')} to the baseline calibrated it, and are in no comparison of times.`,
  ]
    .filter((sentence) => sentence !== false)
    .join(' ')
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

function visitTable(visits: readonly NumberedVisit[]): Block {
  const rows = visits.slice(0, ROWS_SHOWN).map((visit) => {
    const { number, arm, directory } = visit
    const cells = [roundWords(visit), verdictWords(visit), onTimeWords(visit), directory]
    return row([String(number), arm, ...cells], moodOfVisit(visit))
  })
  const titles = ['>visit', 'arm', 'round', 'verdict', '>generator on time', 'folder']
  return tableBlock('Visits', titles, rows, moreWords(visits.length))
}

function roundWords({ isCalibration, block, round }: NumberedVisit): string {
  if (isCalibration) return 'calibration'
  return block === null ? 'stored' : `${round}, block ${block + 1}`
}

function verdictWords({ verdict, failedChecks, isChecked }: NumberedVisit): string {
  if (failedChecks.length > 0) return `wrong: ${failedChecks.map(({ check }) => check).join(', ')}`
  if (verdict === 'environment') return 'ended early'
  if (verdict === 'passed') return isChecked ? 'right' : 'nothing was checked'
  return verdict
}

/** Where no step went to its end, nothing was late either. */
function onTimeWords({ figures, generator }: NumberedVisit): string {
  const isMeasured = GATE_METRICS.some((metric) => figures[metric] !== null)
  return isMeasured ? formatShare(generator.onTimeShare) : '–'
}

function moodOfVisit({ verdict, isChecked }: NumberedVisit): Mood {
  return verdict === 'passed' && !isChecked ? 'doubtful' : moodOf(verdict)
}

function moreWords(count: number): string {
  return count > ROWS_SHOWN ? `and ${count - ROWS_SHOWN} more, in gate.json` : ''
}
