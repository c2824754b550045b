import { describe, expect, it } from 'vitest'
import type { CapacityRecord } from '../../core/capacity-record.ts'
import { fullCapacity, fullTrial } from '../../core/testing/capacity-records.ts'
import { recordOf } from '../testing/records.ts'
import { capacityPage } from './capacity-page.ts'
import type { Block, Chart, IntervalChart, Page } from './page.ts'
import { repeatCapacity } from './repeat-command.ts'

const pageOf = (record: CapacityRecord): Page => capacityPage({ record, commands: [] })
const idsOf = (record: CapacityRecord): string[] => pageOf(record).sections.map(({ id }) => id)

function blocksOf(record: CapacityRecord, id: string): readonly Block[] {
  return pageOf(record).sections.find((section) => section.id === id)!.blocks
}

function chartOf(record: CapacityRecord): Chart {
  return blocksOf(record, 'search').flatMap((block) => (block.kind === 'chart' ? block.chart : []))[0]!
}

function intervalsOf(record: CapacityRecord, id: string): IntervalChart {
  return blocksOf(record, id).flatMap((block) => (block.kind === 'intervals' ? block.intervals : []))[0]!
}

function tablesOf(record: CapacityRecord, id: string): (readonly string[])[][] {
  return blocksOf(record, id).flatMap((block) =>
    block.kind === 'table' ? [block.table.rows.map(({ cells }) => cells)] : [],
  )
}

describe('the report of a search for capacity', () => {
  it('says the answer, then what it rests on, what breaks first, and what a sale would need', () => {
    const { banner, sections } = pageOf(fullCapacity(recordOf()))
    expect(banner).toMatchObject({ mood: 'good', word: 'CAPACITY', rest: expect.stringContaining('up to 400-800/s') })
    expect(sections.map(({ id }) => id)).toEqual([
      'search',
      'bottleneck',
      'plan',
      'prediction',
      'trials',
      'notes',
      'repeat',
    ])
  })

  it('draws the trials of the search by their answers, with the interval, the knee and what is allowed', () => {
    const { series, marks, table } = chartOf(fullCapacity(recordOf()))
    expect(series.map(({ name, points }) => [name, points])).toEqual([
      ['met the SLO', [{ x: 400, y: 9.1 }]],
      ['missed it', [{ x: 800, y: 9.1 }]],
      ['told nothing', [{ x: 800, y: 9.1 }]],
    ])
    expect(marks).toMatchObject([
      { axis: 'x', at: 400, until: 800, label: 'capacity' },
      { axis: 'x', at: 150, label: 'knee' },
      { axis: 'y', at: 42, label: 'p99 allowed: 42ms' },
    ])
    expect(table.rows.map(({ cells }) => cells[6])).toEqual(['✓ met', '✗ missed', '? nothing'])
    const close = chartOf(fullCapacity(recordOf(), { knee: { ratePerSec: 390, responseMs: 12 } }))
    expect(close.marks.map(({ label }) => label)).toEqual(['capacity', 'p99 allowed: 42ms'])
  })

  it('draws the figure that the SLO is of, and rates that lie far apart by their doublings', () => {
    const slow = fullTrial({ ratePerSec: 40 })
    const { title, x, marks } = chartOf(
      fullCapacity(recordOf(), { slo: ['mean<1.5s'], trials: [slow, ...fullCapacity(recordOf()).trials] }),
    )
    expect([title, x.scale]).toEqual(['Response time by rate, mean', 'log'])
    expect(marks.at(-1)).toMatchObject({ at: 1_500, label: 'mean allowed: 1.5s' })
    expect(chartOf(fullCapacity(recordOf())).x.scale).toBe('linear')
  })

  it('shows ceilings on a scale on which the lowest can be seen, and not that of the generator', () => {
    const { rows, until, sentence, limit } = intervalsOf(fullCapacity(recordOf()), 'bottleneck')
    expect(rows.map(({ name }) => name)).toEqual(['server', 'postgres'])
    expect(until).toBe(10_000)
    expect(sentence).toContain('drawn at its end')
    expect(limit?.at).toBe(400)
    const [resources, costs] = tablesOf(fullCapacity(recordOf()), 'bottleneck')
    expect(resources).toEqual([
      ['server', '1', '16%', '5.0%', '2,500/s'],
      ['postgres', '2', '1%', '0.0%', '600,000/s'],
      ['generator', '2', '-', '0.0%', '-'],
      ['machine, generator and all', '2', '30%', '-', '-'],
    ])
    expect(costs![0]).toEqual([
      'server',
      '400us (300-500)',
      '400us (300-500)',
      '-',
      '400us (300-500)',
      '400us (300-500)',
      '300us',
    ])
  })

  it('calls what would be too busy bad, in the plan and in its drawing', () => {
    const { rows } = intervalsOf(fullCapacity(recordOf()), 'plan')
    expect(rows.map(({ name, mood }) => [name, mood])).toEqual([
      ['redis', 'bad'],
      ['postgres', 'good'],
    ])
    const [plan] = blocksOf(fullCapacity(recordOf()), 'plan')
    const bad = plan!.kind === 'table' ? plan!.table.rows.filter(({ mood }) => mood === 'bad') : []
    expect(bad.map(({ cells }) => cells)).toEqual([['redis', '440% of its one core (40%-730%), too much']])
  })

  it('says first that a sale was wrong', () => {
    const wrong = { trial: 2, ratePerSec: 800, check: 'no-oversell', sentence: 'oversold by 214 units' } as const
    const record = fullCapacity(recordOf(), { wrong, verdict: 'wrong', exitCode: 1 })
    expect(pageOf(record).banner).toMatchObject({ mood: 'bad', word: 'WRONG' })
    expect(idsOf(record)[0]).toBe('wrong')
    expect(blocksOf(record, 'wrong')).toMatchObject([
      { text: '✗ trial 2, at 800/s: no-oversell: oversold by 214 units', mood: 'bad' },
    ])
  })

  it('draws nothing that was not measured, and says that it is not complete', () => {
    const nothing = { target: null, environment: null, trials: [], capacity: null, knee: null, demand: null } as const
    const record = fullCapacity(recordOf(), {
      ...nothing,
      plan: null,
      prediction: null,
      notes: [],
      status: 'running',
      verdict: null,
    })
    expect(idsOf(record)).toEqual(['repeat'])
    expect(pageOf(record).banner.circumstances.at(-1)).toMatch(/^The search had not ended/)
    expect(pageOf(record).banner.mood).toBe('doubtful')
    const { responseMs } = fullTrial()
    const silent = fullTrial({ responseMs: { ...responseMs, p99: null }, answer: 'none' })
    expect(blocksOf(fullCapacity(recordOf(), { trials: [silent] }), 'search').map(({ kind }) => kind)).toEqual([
      'table',
    ])
  })

  it('says by which command it is made again, with its seed', () => {
    expect(repeatCapacity(fullCapacity(recordOf()))).toBe(
      "npx doorbuster capacity smoke --strategy redis-lua --slo 'p99 < 42ms' --seed 1",
    )
    const { command: _, ...unsaid } = fullCapacity(recordOf())
    expect(repeatCapacity(unsaid)).toBeNull()
  })
})
