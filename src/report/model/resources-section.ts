/** CPU by process and step, and what an answer cost of it. */
import type { RunRecord, StepRecord } from '../../core/run-record.ts'
import { formatCount } from '../../core/units.ts'
import { offeredWords } from '../step-words.ts'
import { type Axis, type Chart, columns, type Mark, row, type Section, type Series } from './page.ts'

const MOST_LOOKS = 6
const MICROS_PER_SECOND = 1e6
const BYTES_PER_MB = 1e6

/** null: nobody measured it. */
export function resourcesSection(record: RunRecord): Section | null {
  const { steps } = record
  const { cores } = record.environment
  const names = [...new Set(steps.flatMap(({ resources }) => Object.keys(resources)))]
  if (names.length === 0) return null
  const mark: Mark = { axis: 'y', at: cores, label: `${cores} cores`, mood: 'plain' }
  const drawn = names.slice(0, MOST_LOOKS)
  const chart: Chart = {
    title: 'Cores in use',
    sentence: steps.length === 1 ? sentenceOfOne(steps[0]!, names) : sentenceOfAll(steps),
    ...(steps.length === 1 ? barAProcess(steps[0]!, drawn) : barAStep(steps, drawn)),
    y: { label: 'cores', scale: 'linear', format: (value) => String(Number(value.toFixed(2))), min: 0 },
    marks: [mark],
    table: {
      caption: 'CPU and memory by process and step',
      columns: columns('>step', '>offered', 'process', '>cores', '>CPU seconds', '>CPU an answer', '>most memory'),
      rows: steps.flatMap((step) => names.flatMap((name) => resourceRow(record, step, name))),
      more: '',
    },
  }
  return {
    id: 'cpu',
    title: 'CPU by process',
    lead: `Cores in use during each step, of ${cores} on this machine. The generator and the stores share them with the target where they run beside it.`,
    blocks: [{ kind: 'chart', chart }],
  }
}

function sentenceOfOne(step: StepRecord, names: readonly string[]): string {
  const words = names.map((name) => `${name} ${coresWords(step.resources[name]?.cpuSeconds ?? 0, step)}`)
  return `Cores in use by process: ${words.join(', ')}.`
}

function sentenceOfAll(steps: readonly StepRecord[]): string {
  const totalOf = ({ resources }: StepRecord): number =>
    Object.values(resources).reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0)
  const words = steps.map((step) => `step ${step.index + 1} ${coresWords(totalOf(step), step)}`)
  return `Cores in use by process and step, stacked. Together: ${words.join(', ')}.`
}

function barAProcess(step: StepRecord, names: readonly string[]): Pick<Chart, 'x' | 'series'> {
  return {
    x: categories('process', names),
    series: names.map((name, index) => ({
      ...lookOf(name, index),
      points: names.map((_, at) => ({
        x: at,
        y: at === index ? coresOf(step.resources[name]?.cpuSeconds ?? 0, step) : null,
      })),
    })),
  }
}

function barAStep(steps: readonly StepRecord[], names: readonly string[]): Pick<Chart, 'x' | 'series'> {
  return {
    x: categories(
      'step',
      steps.map(({ index }) => String(index + 1)),
    ),
    series: names.map((name, index) => ({
      ...lookOf(name, index),
      points: steps.map((step, at) => ({ x: at, y: coresOf(step.resources[name]?.cpuSeconds ?? 0, step) })),
    })),
  }
}

function categories(label: string, names: readonly string[]): Axis {
  return { label, scale: 'linear', ticks: names.map((_, at) => at), format: (at) => names[at] ?? '' }
}

function lookOf(name: string, index: number): Pick<Series, 'name' | 'look' | 'draw'> {
  return { name, look: `line-${index as 0 | 1 | 2 | 3 | 4 | 5}`, draw: 'bars' }
}

function coresOf(cpuSeconds: number, { durationMs }: StepRecord): number {
  return durationMs === 0 ? 0 : (cpuSeconds * 1_000) / durationMs
}

function coresWords(cpuSeconds: number, step: StepRecord): string {
  return coresOf(cpuSeconds, step).toFixed(2)
}

function resourceRow(record: RunRecord, step: StepRecord, name: string) {
  const used = step.resources[name]
  if (used === undefined) return []
  const perAnswer =
    step.completed === 0 ? '–' : `${formatCount((used.cpuSeconds * MICROS_PER_SECOND) / step.completed)} µs`
  const memory = used.maxRssBytes === 0 ? '–' : `${formatCount(used.maxRssBytes / BYTES_PER_MB)} MB`
  return [
    row([
      String(step.index + 1),
      offeredWords(step, record),
      name,
      coresWords(used.cpuSeconds, step),
      used.cpuSeconds.toFixed(2),
      perAnswer,
      memory,
    ]),
  ]
}
