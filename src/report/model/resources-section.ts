/** CPU by process and step, and what an answer cost of it. */
import type { RunRecord, StepRecord } from '../../core/run-record.ts'
import { formatCount } from '../../core/units.ts'
import { offeredWords } from '../step-words.ts'
import { columns, type Mark, row, type Section } from './page.ts'

const MOST_LOOKS = 6
const MICROS_PER_SECOND = 1e6
const BYTES_PER_MB = 1e6

/** null: nobody measured it. */
export function resourcesSection(record: RunRecord): Section | null {
  const { steps } = record
  const names = [...new Set(steps.flatMap(({ resources }) => Object.keys(resources)))]
  if (names.length === 0) return null
  const drawn = names.slice(0, MOST_LOOKS)
  const limit: Mark = {
    axis: 'y',
    at: record.environment.cores,
    label: `${record.environment.cores} cores`,
    mood: 'plain',
  }
  return {
    id: 'cpu',
    title: 'CPU by process',
    lead: `Cores in use during each step, of ${record.environment.cores} on this machine. The generator and the stores share them with the target where they run beside it.`,
    blocks: [
      {
        kind: 'chart',
        chart: {
          title: 'Cores in use',
          sentence: `Cores in use by process and step, stacked: ${steps.map((step) => `step ${step.index + 1} ${cores(totalOf(step), step)}`).join(', ')}.`,
          x: {
            label: 'step',
            scale: 'linear',
            min: 0.4,
            max: steps.length + 0.6,
            ticks: steps.map((_, index) => index + 1),
            format: (value) => String((steps[Math.round(value) - 1]?.index ?? 0) + 1),
          },
          y: { label: 'cores', scale: 'linear', format: (value) => String(Number(value.toFixed(2))), min: 0 },
          series: drawn.map((name, index) => ({
            name,
            look: `line-${index as 0 | 1 | 2 | 3 | 4 | 5}` as const,
            draw: 'bars' as const,
            points: steps.map((step, at) => ({ x: at + 1, y: coresOf(step.resources[name]?.cpuSeconds ?? 0, step) })),
          })),
          marks: [limit],
          table: {
            caption: 'CPU and memory by process and step',
            columns: columns(
              '>step',
              '>offered',
              'process',
              '>cores',
              '>CPU seconds',
              '>CPU an answer',
              '>most memory',
            ),
            rows: steps.flatMap((step) => names.flatMap((name) => resourceRow(record, step, name))),
            more: '',
          },
        },
      },
    ],
  }
}

function totalOf({ resources }: StepRecord): number {
  return Object.values(resources).reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0)
}

function coresOf(cpuSeconds: number, { durationMs }: StepRecord): number {
  return durationMs === 0 ? 0 : (cpuSeconds * 1_000) / durationMs
}

function cores(cpuSeconds: number, step: StepRecord): string {
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
      cores(used.cpuSeconds, step),
      used.cpuSeconds.toFixed(2),
      perAnswer,
      memory,
    ]),
  ]
}
