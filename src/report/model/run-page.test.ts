import { describe, expect, it } from 'vitest'
import type { Operation } from '../../core/operation.ts'
import type { RunRecord } from '../../core/run-record.ts'
import { digestOf } from '../testing/digests.ts'
import { checkOf, checksWith, recordOf, stepOf } from '../testing/records.ts'
import { kneeOf } from './curve-section.ts'
import { type Block, type Chart, text } from './page.ts'
import { repeatCommand } from './repeat-command.ts'
import { runPage } from './run-page.ts'
import { proofsOf } from './violations-section.ts'

const pageOf = (record: RunRecord, digests = record.steps.map(({ index }) => digestOf(index))) =>
  runPage({ record, digests, notes: [], commands: [] })

const operation = (changes: Partial<Operation>): Operation => ({
  seq: 0,
  stepIndex: 0,
  sku: 'step-1',
  kind: 'buy',
  userId: 'u17',
  requestId: 'r-3',
  attempt: 1,
  quantity: 1,
  scheduledAtNs: 5e6,
  sentAtNs: 5e6,
  completedAtNs: 9e6,
  outcome: { kind: 'sold', orderId: 'o1' },
  ...changes,
})

function charts(blocks: readonly Block[]): Chart[] {
  return blocks.flatMap((block) => (block.kind === 'chart' ? [block.chart] : []))
}

describe('the report of a run', () => {
  it('says the verdict first, then what to do, then the sale, then the rest', () => {
    const page = pageOf(recordOf({ steps: [stepOf(0), stepOf(1)] }))
    expect(page.banner).toMatchObject({ word: 'PASSED', mood: 'good' })
    expect(page.sections.map(({ id }) => id)).toEqual([
      'advice',
      'steps',
      'stock',
      'curve',
      'times',
      'outcomes',
      'thresholds',
      'checks',
      'repeat',
    ])
  })

  it('shows what proves a violation only where there is one', () => {
    const failed = checksWith(checkOf('no-oversell', { verdict: 'fail', measured: 3, sentence: 'oversold by 3 units' }))
    const ids = (record: RunRecord) => pageOf(record).sections.map(({ id }) => id)
    expect(ids(recordOf({ verdict: 'wrong', checks: failed }))).toContain('violations')
    expect(ids(recordOf())).not.toContain('violations')
  })

  it('does without charts of a history that could not be read, and says so', () => {
    const page = runPage({ record: recordOf(), digests: [], notes: ['Without the history of step 1'], commands: [] })
    expect(page.banner.circumstances).toContain('Without the history of step 1')
    expect(page.sections.map(({ id }) => id)).not.toContain('stock')
  })

  it('of a run that has no step yet says no more than that', () => {
    const page = pageOf(recordOf({ steps: [], checks: [], verdict: null, status: 'running' }))
    expect(page.banner.word).toBe('RUNNING')
    expect(page.sections[0]!.blocks).toEqual([text('Wait for its end, and make this report again.')])
  })

  it('gives each chart the same figures as a table', () => {
    const all = pageOf(recordOf({ steps: [stepOf(0), stepOf(1)] })).sections.flatMap(({ blocks }) => charts(blocks))
    expect(all.length).toBeGreaterThan(4)
    for (const { table, sentence } of all) {
      expect(table.rows.length).toBeGreaterThan(0)
      expect(table.rows.every(({ cells }) => cells.length === table.columns.length)).toBe(true)
      expect(sentence).not.toBe('')
    }
  })

  it('marks what is below zero as oversold, and nothing where nothing is', () => {
    const stockMarks = (left: number[]) => {
      const digest = digestOf(0, { stock: [{ sku: 'step-1', left, shown: [null, null, null, null] }] })
      const section = pageOf(recordOf(), [digest]).sections.find(({ id }) => id === 'stock')!
      return charts(section.blocks)[0]!.marks
    }
    expect(stockMarks([200, 50, -10, -20, -30])).toContainEqual(
      expect.objectContaining({ axis: 'y', at: 0, mood: 'bad' }),
    )
    expect(stockMarks([200, 50, 10, 5, 0])).toEqual([])
  })
})

describe('the knee', () => {
  const saturated = { saturated: true, verdict: 'missed', achievedRatePerSec: 9_000 } as const

  it('lies between the last step that was carried and the first that was not', () => {
    const steps = [stepOf(0, { offeredRatePerSec: 100 }), stepOf(1, saturated)]
    const { between, sentence } = kneeOf(recordOf({ steps }))
    expect(between).toEqual([0, 1])
    expect(sentence).toContain('between 100/s')
  })

  it('is nowhere when all were carried, or none', () => {
    expect(kneeOf(recordOf({ steps: [stepOf(0), stepOf(1)] })).between).toBeNull()
    expect(kneeOf(recordOf({ steps: [stepOf(0, saturated), stepOf(1, saturated)] })).between).toBeNull()
  })
})

describe('a proof', () => {
  it('counts its times from the first request that is shown', () => {
    const operations = [operation({ sentAtNs: 7e6 }), operation({})]
    const [proof] = proofsOf([{ sentence: 'both were sold', operations }])
    expect(proof!.lanes.map(({ fromMs, untilMs }) => [fromMs, untilMs])).toEqual([
      [0, 4],
      [2, 4],
    ])
    expect(proof!.lengthMs).toBe(4)
  })

  it('leaves open when a request without an answer took effect, however long somebody waited for it', () => {
    const timedOut = operation({ outcome: { kind: 'unknown', code: 'TIMEOUT' } })
    expect(proofsOf([{ sentence: '', operations: [timedOut] }])[0]!.lanes[0]!.untilMs).toBeNull()
  })

  it('is as long as somebody waited, where no request was answered', () => {
    const timedOut = operation({ outcome: { kind: 'unknown', code: 'TIMEOUT' } })
    expect(proofsOf([{ sentence: '', operations: [timedOut] }])[0]!.lengthMs).toBe(4)
  })

  it('puts stories of one request each on one scale, and keeps those of several apart', () => {
    const one = { sentence: 'one', operations: [operation({})] }
    const two = { sentence: 'two', operations: [operation({}), operation({})] }
    expect(proofsOf([one, one])).toHaveLength(1)
    expect(proofsOf([two, two])).toHaveLength(2)
  })
})

describe('the command that repeats a run', () => {
  it('is the one by which it was called, with its seed', () => {
    const command = ['smoke', '--strategy', './my shop.ts', '--threshold', 'p99 < 42ms']
    expect(repeatCommand(recordOf({ command, seed: 7 }))).toBe(
      "npx doorbuster run smoke --strategy './my shop.ts' --threshold 'p99 < 42ms' --seed 7",
    )
    expect(repeatCommand(recordOf({ command: ['smoke', '--seed', '3'], seed: 3 }))).toBe(
      'npx doorbuster run smoke --seed 3',
    )
  })

  it('is none where no single command made it, rather than one that makes another', () => {
    expect(repeatCommand(recordOf())).toBeNull()
    const repeat = pageOf(recordOf()).sections.find(({ id }) => id === 'repeat')!
    expect(repeat.blocks[0]).toMatchObject({ kind: 'text', text: expect.stringContaining('No single command') })
  })
})

describe('a step that was cut short', () => {
  const used = { target: { cpuSeconds: 2, maxRssBytes: 1 } }
  const cut = stepOf(1, { interrupted: true, verdict: 'interrupted', resources: used, achievedRatePerSec: 2_048 })
  const record = recordOf({ steps: [stepOf(0), cut], verdict: 'interrupted' })
  const digests = [digestOf(0), digestOf(1, { passedMs: 4_000 })]
  const sectionOf = (id: string) => pageOf(record, digests).sections.find((section) => section.id === id)!

  it('has cores and rates over the time that passed', () => {
    const [table] = sectionOf('steps').blocks.flatMap((block) => (block.kind === 'table' ? [block.table] : []))
    expect(table!.rows[1]!.cells[2]).toBe('12,800/s')
    expect(charts(sectionOf('cpu').blocks)[0]!.series[0]!.points[1]!.y).toBeCloseTo(0.5)
  })

  it('is no part of the curve, and no knee', () => {
    const steps = [stepOf(0), stepOf(1), cut]
    const whole = recordOf({ steps, verdict: 'interrupted' })
    expect(kneeOf(whole).between).toBeNull()
    const curve = pageOf(whole).sections.find(({ id }) => id === 'curve')!
    expect(charts(curve.blocks)[0]!.series[0]!.points).toHaveLength(2)
  })
})

describe('answers that nobody could make sense of', () => {
  it('are shown, a few of them', () => {
    const many = Array.from({ length: 20 }, (_, index) => `answer ${index}`)
    const record = recordOf({ verdict: 'inconclusive', steps: [stepOf(0, { notUnderstood: many })] })
    const outcomes = pageOf(record).sections.find(({ id }) => id === 'outcomes')!
    const tables = outcomes.blocks.flatMap((block) => (block.kind === 'table' ? [block.table] : []))
    expect(tables.at(-1)).toMatchObject({ more: 'and 12 more, in run.json' })
    expect(tables.at(-1)!.rows[0]!.cells).toEqual(['1', 'answer 0'])
  })
})
