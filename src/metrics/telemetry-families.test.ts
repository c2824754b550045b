import { describe, expect, it } from 'vitest'
import { FAILURE_CODES } from '../core/failure-codes.ts'
import { METRIC_TABLE, MOST_CODES, type MetricDescription } from '../core/metric-table.ts'
import { TIME_BOUNDS_SECONDS } from '../core/telemetry.ts'
import type { MetricFamily } from './metric-family.ts'
import { telemetryFamilies, type Told } from './telemetry-families.ts'
import { telemetry } from './testing/telemetry.ts'

const SAYS_ALL: Told = {
  telemetry: telemetry(),
  lastStep: { saturated: true, generatorLate: false },
  watch: null,
}
const WATCH: Told = {
  telemetry: telemetry({ source: { ...telemetry().source, kind: 'watch' } }),
  lastStep: null,
  watch: { operations: 5, lateOperations: 1, windowOperations: 2, lagSeconds: 0.5 },
}

function namesOf(kind: MetricDescription['of'][number]): string[] {
  const table: Readonly<Record<string, MetricDescription>> = METRIC_TABLE
  return Object.keys(table).filter((name) => table[name]!.of.includes(kind))
}

function samplesOf(name: string, told = SAYS_ALL): MetricFamily['samples'] {
  return telemetryFamilies(told).find((family) => family.name === name)?.samples ?? []
}

describe('the metrics of what is told', () => {
  it.each([
    ['run', SAYS_ALL],
    ['watch', WATCH],
  ] as const)('are, of a %s, exactly those of the table', (kind, told) => {
    expect(
      telemetryFamilies(told)
        .map(({ name }) => name)
        .toSorted(),
    ).toEqual(namesOf(kind).toSorted())
  })

  it.each(telemetryFamilies(SAYS_ALL))('have, as $name, the labels of the table', ({ name, samples }) => {
    const { labels }: MetricDescription = METRIC_TABLE[name as keyof typeof METRIC_TABLE]
    for (const sample of samples) {
      expect(Object.keys(sample.labels).filter((label) => label !== 'le')).toEqual([...labels])
    }
  })

  it('add buckets up, so that the last holds all', () => {
    const samples = samplesOf('doorbuster_send_lateness_seconds')
    expect(samples.slice(0, 2).map(({ labels, value }) => [labels['le'], value])).toEqual([
      ['0.0005', 1],
      ['0.001', 1],
    ])
    expect(samples.slice(TIME_BOUNDS_SECONDS.length - 1)).toEqual([
      { name: 'doorbuster_send_lateness_seconds_bucket', labels: { le: '10' }, value: 3 },
      { name: 'doorbuster_send_lateness_seconds_bucket', labels: { le: '+Inf' }, value: 4 },
      { name: 'doorbuster_send_lateness_seconds_sum', labels: {}, value: 31.5 },
      { name: 'doorbuster_send_lateness_seconds_count', labels: {}, value: 4 },
    ])
  })

  it('have a zero, of a run, for each outcome and code that may come: the first second is a rise', () => {
    const values = (name: string, label: string, told: Told) =>
      Object.fromEntries(samplesOf(name, told).map(({ labels, value }) => [labels[label], value]))
    const counts = { ...telemetry().counts, failures: { BUSY: 3, TEAPOT: 1 } }
    const nothing = { responseTime: {}, serviceTime: {}, counts }
    const begun = { ...SAYS_ALL, telemetry: telemetry(nothing) }
    for (const name of ['doorbuster_response_time_seconds', 'doorbuster_service_time_seconds']) {
      expect(values(name, 'outcome', begun)).toEqual({
        sold: 0,
        soldOut: 0,
        limitReached: 0,
        refused: 0,
        shown: 0,
        unknown: 0,
      })
    }
    const failures = values('doorbuster_failures_total', 'code', begun)
    expect(failures).toMatchObject({ BUSY: 3, TEAPOT: 1, TIMEOUT: 0, RESET: 0, NO_ANSWER: 0, DEPENDENCY_DOWN: 0 })
    expect(failures).not.toHaveProperty('SOLD_OUT')
    expect(FAILURE_CODES.length).toBeLessThan(MOST_CODES)
    const watch = { ...WATCH, telemetry: telemetry({ ...nothing, source: WATCH.telemetry.source }) }
    expect(values('doorbuster_failures_total', 'code', watch)).toEqual({ BUSY: 3, TEAPOT: 1 })
    expect(samplesOf('doorbuster_service_time_seconds', watch)).toEqual([])
  })

  it('say of lost units only where somebody has looked', () => {
    expect(samplesOf('doorbuster_sale_lost_units').map(({ labels, value }) => [labels['sku'], value])).toEqual([
      ['step-1', 2],
    ])
  })

  it('tell sales of one name as one, whatever step they are of', () => {
    const [first] = telemetry().sales
    const told = { ...SAYS_ALL, telemetry: telemetry({ sales: [first!, { ...first!, step: 2 }] }) }
    expect(samplesOf('doorbuster_sale_oversold_units', told)).toEqual([
      { name: 'doorbuster_sale_oversold_units', labels: { sku: 'step-1' }, value: 2 },
    ])
  })

  it('say what the verdict is, and that it runs while there is none', () => {
    const held = (told: Told) => samplesOf('doorbuster_verdict', told).filter(({ value }) => value === 1)
    expect(held(SAYS_ALL)).toMatchObject([{ labels: { verdict: 'running' } }])
    const ended = { ...SAYS_ALL, telemetry: telemetry({ verdict: 'wrong', phase: 'finished' }) }
    expect(held(ended)).toMatchObject([{ labels: { verdict: 'wrong' } }])
    expect(samplesOf('doorbuster_step', ended)).toMatchObject([{ value: 0 }])
  })

  it('say nothing of steps before one has ended', () => {
    expect(samplesOf('doorbuster_step_saturated', { ...SAYS_ALL, lastStep: null })).toEqual([])
  })
})
