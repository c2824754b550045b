/** Load against response time, step by step: where the target no longer keeps up, and where it is too slow. */
import type { RunRecord, StepRecord } from '../../core/run-record.ts'
import { formatCount } from '../../core/units.ts'
import { offeredWords } from '../step-words.ts'
import { wholeSteps } from './cut-steps.ts'
import { shortTime, timeWords } from './names.ts'
import { timeObjectives } from './objectives.ts'
import { type Axis, type Chart, columns, type Mark, row, type Section } from './page.ts'

/** Share of the arrivals that has to be answered for a step to count as carried. */
const CARRIED_SHARE = 0.99

/** Of the steps that went to their end. null: one step is no curve. */
export function curveSection(run: RunRecord): Section | null {
  const steps = wholeSteps(run)
  if (steps.length < 2) return null
  const record = { ...run, steps }
  const knee = kneeOf(record)
  const marks: Mark[] =
    knee.between === null
      ? []
      : [{ axis: 'x', at: knee.between[0] + 1, until: knee.between[1] + 1, label: 'knee', mood: 'doubtful' }]
  return {
    id: 'curve',
    title: 'Load and response time by step',
    lead: knee.sentence,
    blocks: [
      { kind: 'chart', chart: loadChart(record, marks, knee.sentence) },
      { kind: 'chart', chart: timesChart(record, marks, knee.sentence) },
    ],
  }
}

export interface Knee {
  /** Indexes into the steps: the last that was carried well and the first that wasn't; null: none was reached. */
  readonly between: readonly [number, number] | null
  readonly sentence: string
}

/** Between the last step before the first that was saturated, fell short, or missed a threshold, and that one. */
export function kneeOf(record: RunRecord): Knee {
  const steps = wholeSteps(record)
  const first = steps.findIndex((step) => whyNotCarried(step, record) !== null)
  if (first === -1) return { between: null, sentence: 'Every step was carried: no knee was reached.' }
  const rate = (step: StepRecord): string => offeredWords(step, record)
  const why = whyNotCarried(steps[first]!, record)!
  if (first === 0)
    return { between: null, sentence: `Not even the first step, ${rate(steps[0]!)}, was carried: ${why}.` }
  return {
    between: [first - 1, first],
    sentence: `The knee lies between ${rate(steps[first - 1]!)}, which was carried, and ${rate(steps[first]!)}: ${why}.`,
  }
}

function whyNotCarried(step: StepRecord, { thresholds }: RunRecord): string | null {
  const { achievedRatePerSec: achieved, offeredRatePerSec: offered } = step
  if (step.saturated) return `saturated at ${formatCount(achieved)}/s`
  const missed = thresholds.find(({ step: of, verdict }) => of === step.index && verdict === 'fail')
  if (missed !== undefined) return missed.sentence
  const isShort = offered !== null && achieved < CARRIED_SHARE * offered
  return isShort ? `${formatCount(achieved)}/s were achieved` : null
}

function stepAxis(record: RunRecord): Axis {
  const { steps } = record
  return {
    label: 'offered load by step',
    scale: 'linear',
    min: 0.7,
    max: steps.length + 0.3,
    ticks: steps.map((_, index) => index + 1),
    format: (value) => {
      const step = steps[Math.round(value) - 1]
      return step === undefined ? '' : offeredLabel(step, record)
    },
  }
}

/** Short enough to stand under a tick. */
function offeredLabel(step: StepRecord, record: RunRecord): string {
  return step.offeredRatePerSec === null ? `step ${step.index + 1}` : offeredWords(step, record)
}

function loadChart(record: RunRecord, marks: readonly Mark[], knee: string): Chart {
  const { steps } = record
  const hasOffer = steps.every(({ offeredRatePerSec }) => offeredRatePerSec !== null)
  const points = (of: (step: StepRecord) => number | null) =>
    steps.map((step, index) => ({ x: index + 1, y: of(step) }))
  const offered = {
    name: 'offered',
    look: 'line-0',
    draw: 'line',
    points: points((step) => step.offeredRatePerSec),
  } as const
  const achieved = {
    name: 'achieved',
    look: 'line-1',
    draw: 'line',
    points: points((step) => step.achievedRatePerSec),
  } as const
  return {
    title: 'Offered and achieved',
    sentence: `Requests per second by step: where achieved parts from offered, the target does not keep up. ${knee}`,
    x: stepAxis(record),
    y: { label: 'requests/s', scale: 'linear', format: formatCount, min: 0 },
    series: hasOffer ? [offered, achieved] : [achieved],
    marks,
    table: {
      caption: 'Offered and achieved by step',
      columns: columns('>step', '>offered', '>achieved'),
      rows: steps.map((step) =>
        row([String(step.index + 1), offeredWords(step, record), `${formatCount(step.achievedRatePerSec)}/s`]),
      ),
      more: '',
    },
  }
}

const FIGURES = ['p50', 'p95', 'p99'] as const

function timesChart(record: RunRecord, marks: readonly Mark[], knee: string): Chart {
  const { steps } = record
  return {
    title: 'Response time',
    sentence: `Response time by step, on a logarithmic scale. ${knee}`,
    x: stepAxis(record),
    y: { label: 'response time', scale: 'log', format: shortTime },
    series: FIGURES.map((figure, index) => ({
      name: figure,
      look: `line-${index as 0 | 1 | 2}` as const,
      draw: 'line' as const,
      points: steps.map(({ responseMs }, step) => ({ x: step + 1, y: responseMs[figure] })),
    })),
    marks: [...marks, ...timeObjectives(record)],
    table: {
      caption: 'Response time by step',
      columns: columns('>step', '>offered', ...FIGURES.map((figure) => `>${figure}`)),
      rows: steps.map((step) =>
        row([
          String(step.index + 1),
          offeredWords(step, record),
          ...FIGURES.map((figure) => timeWords(step.responseMs[figure])),
        ]),
      ),
      more: '',
    },
  }
}
