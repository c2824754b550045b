import { describe, expect, it } from 'vitest'
import type { GateArm, GateRecord, GateVisit } from '../../core/gate-record.ts'
import { gateOf, judgementOf, regressed, same, visitOf } from '../testing/gate-records.ts'
import { gatePage } from './gate-page.ts'
import type { Block, Chart, IntervalChart, Page } from './page.ts'
import { repeatGate } from './repeat-command.ts'

const pageOf = (record: GateRecord): Page => gatePage({ record, commands: [] })
const idsOf = (record: GateRecord): string[] => pageOf(record).sections.map(({ id }) => id)

/** Those that are folded among them. */
function blocksOf(record: GateRecord, id: string): readonly Block[] {
  const blocks = pageOf(record).sections.find((section) => section.id === id)!.blocks
  return blocks.flatMap((block) => (block.kind === 'folded' ? [block, ...block.blocks] : [block]))
}

function rowsOf(record: GateRecord, id: string): (readonly string[])[] {
  return blocksOf(record, id).flatMap((block) =>
    block.kind === 'table' ? block.table.rows.map(({ cells }) => cells) : [],
  )
}

function textsOf(record: GateRecord, id: string): string[] {
  return blocksOf(record, id).flatMap((block) => (block.kind === 'text' ? [block.text] : []))
}

function moodsOf(record: GateRecord, id: string): string[] {
  return blocksOf(record, id).flatMap((block) =>
    block.kind === 'text' ? [block.mood] : block.kind === 'table' ? block.table.rows.map(({ mood }) => mood) : [],
  )
}

function intervalsOf(record: GateRecord): IntervalChart[] {
  return blocksOf(record, 'times').flatMap((block) => (block.kind === 'intervals' ? [block.intervals] : []))
}

function chartsOf(record: GateRecord): Chart[] {
  return blocksOf(record, 'visits').flatMap((block) => (block.kind === 'chart' ? [block.chart] : []))
}

const ARMS: readonly GateArm[] = ['baseline', 'candidate', 'candidate', 'baseline']
const interleaved = ARMS.map(
  (arm, index): GateVisit => visitOf(arm, { directory: `visits/${index}`, round: index < 2 ? 1 : 2 }),
)

const slower = gateOf({
  calibration: [visitOf('baseline'), visitOf('baseline')],
  visits: interleaved,
  judgement: judgementOf({
    metrics: [same, regressed],
    word: 'REGRESSED',
    headline: 'CPU',
    verdict: 'missed',
    exitCode: 3,
  }),
})

const wrongVisit = visitOf('candidate', {
  verdict: 'wrong',
  failedChecks: [{ check: 'no-oversell', sentence: 'oversold by 2 units' }],
})
const wrong = gateOf({
  calibration: [visitOf('baseline')],
  visits: [visitOf('baseline'), wrongVisit],
  judgement: judgementOf({
    correctness: {
      verdict: 'wrong',
      failures: [{ arm: 'candidate', check: 'no-oversell', sentence: 'oversold by 2 units', visits: 1, ofVisits: 1 }],
      doubts: [],
    },
    word: 'WRONG',
    headline: "the candidate's sale was wrong",
    verdict: 'wrong',
    exitCode: 1,
  }),
})

describe('the report of a gate', () => {
  it('says the answer first, and whose it is', () => {
    const { banner } = pageOf(slower)
    expect(banner).toMatchObject({ mood: 'doubtful', word: 'REGRESSED', rest: 'CPU' })
    expect(banner.circumstances[0]).toBe(
      'baseline: shop.yaml at main (1a2b3c4), candidate: the working tree, 2 and 2 visits.',
    )
    expect(idsOf(slower)).toEqual(['correctness', 'times', 'work', 'visits', 'repeat'])
  })

  it('has what is too long for a headline below it', () => {
    const headline = 'too few visits, '.repeat(40)
    const { banner } = pageOf(
      gateOf({ judgement: judgementOf({ word: 'NO ANSWER', headline, verdict: 'inconclusive' }) }),
    )
    expect([banner.word, banner.rest, banner.circumstances[0]]).toEqual(['NO ANSWER', '', `${headline}.`])
  })

  it('says of what has not ended, or was interrupted, that it has not passed', () => {
    expect(pageOf(gateOf({ status: 'running', verdict: null })).banner.mood).toBe('doubtful')
    const { banner } = pageOf(gateOf({ status: 'interrupted', verdict: 'interrupted', judgement: null }))
    expect(banner).toMatchObject({ mood: 'doubtful', word: 'INTERRUPTED' })
    expect(banner.circumstances.at(-1)).toContain('was ended before its time')
  })

  it('without a judgement shows what was visited, and nothing as good', () => {
    const begun = gateOf({ judgement: null, status: 'running', visits: [], calibration: [visitOf('baseline')] })
    expect(idsOf(begun)).toEqual(['correctness', 'visits', 'repeat'])
    expect(moodsOf(begun, 'correctness')).toEqual(['doubtful'])
    expect(textsOf(begun, 'correctness')).toEqual(['Nothing is judged yet.'])
    expect(idsOf(gateOf({ judgement: null, visits: [], environment: null }))).toEqual(['correctness', 'repeat'])
  })

  it('keeps its notes, what was foreseen, and where the environments differ', () => {
    const record = gateOf({
      foreseen: [
        { metric: 'p99Ms', effect: 0.14 },
        { metric: 'p50Ms', effect: null },
      ],
      notes: ['both refs are the same commit'],
      judgement: judgementOf({ environmentDiffers: ['cores: 2 where the baseline had 4'] }),
    })
    expect(idsOf(record).slice(3)).toEqual(['visits', 'foreseen', 'environment', 'notes', 'repeat'])
    expect(rowsOf(record, 'foreseen')).toEqual([
      ['p99', '14%', '10%'],
      ['p50', 'nobody could tell', '5%'],
    ])
    expect(textsOf(record, 'times')[0]).toBe('Times are not judged: cores: 2 where the baseline had 4.')
  })
})

describe('what was wrong', () => {
  it('is told by arm, in how many visits, and in which', () => {
    expect(rowsOf(wrong, 'correctness')).toEqual([
      ['candidate: no-oversell', 'oversold by 2 units', '1 of 1 visit: number 3'],
    ])
    expect(moodsOf(wrong, 'correctness')).toEqual(['bad', 'plain'])
    expect(rowsOf(wrong, 'visits').at(-1)).toEqual(expect.arrayContaining(['3', 'wrong: no-oversell']))
  })

  it('is not the candidate where the baseline was', () => {
    const failures = [
      { arm: 'baseline', check: 'acknowledged-kept', sentence: 'lost', visits: 1, ofVisits: 2 },
    ] as const
    const record = gateOf({ judgement: judgementOf({ correctness: { verdict: 'right', failures, doubts: [] } }) })
    expect(rowsOf(record, 'correctness')[0]![0]).toBe('baseline: acknowledged-kept')
    expect(textsOf(record, 'correctness')).toContain('The candidate was right in every visit.')
  })

  it('is open where it could not be decided', () => {
    const correctness = {
      verdict: 'unknown',
      failures: [],
      doubts: ['no check could be made of the candidate'],
    } as const
    const record = gateOf({ judgement: judgementOf({ correctness }) })
    expect(moodsOf(record, 'correctness')).toEqual(['doubtful'])
  })
})

describe('times', () => {
  it('are drawn on one scale around zero, each with what would matter on the side on which it is worse', () => {
    const goodput = { ...same, metric: 'goodputPerSec' } as const
    const [relative, ...others] = intervalsOf(
      gateOf({ judgement: judgementOf({ metrics: [goodput, same, regressed] }) }),
    )
    expect(others).toEqual([])
    expect([relative!.from, relative!.until].map(relative!.formatEnd)).toEqual(['-15%', '+15%'])
    expect(relative!.rows.map(({ name, mood, limit }) => [name, mood, limit])).toEqual([
      ['goodput: same', 'plain', -0.05],
      ['p99: same', 'plain', 0.1],
      ['CPU per order: regressed', 'bad', 0.05],
    ])
    expect(relative!.format(-0.05)).toBe('-5%')
  })

  it('have the error rate apart, in points', () => {
    const errors = { ...same, metric: 'errorRate', change: { estimate: 0, low: 0, high: 0, confidence: 0.9 } } as const
    const [chart] = intervalsOf(gateOf({ judgement: judgementOf({ metrics: [errors] }) }))
    expect([chart!.from, chart!.until, chart!.formatEnd(chart!.until)]).toEqual([-0.01, 0.01, '+1 point'])
  })

  it('that are beyond all bounds end at the edge of the scale, which is said', () => {
    const huge = { ...regressed, change: { estimate: 1e12, low: 0.1, high: 1e18, confidence: 0.9 } }
    const [chart] = intervalsOf(gateOf({ judgement: judgementOf({ metrics: [huge] }) }))
    expect([chart!.from, chart!.until]).toEqual([-1, 1])
    expect(chart!.sentence).toContain('beyond the scale')
  })

  it('that were not judged are in the table alone, and never good', () => {
    const verdicts = ['insufficient samples', 'generator-limited', 'environment differs', 'not measured'] as const
    const metrics = verdicts.map((verdict) => ({
      ...same,
      verdict,
      change: null,
      baseline: null,
      smallestVisible: null,
    }))
    const record = gateOf({ judgement: judgementOf({ metrics }) })
    expect(intervalsOf(record)).toEqual([])
    expect(new Set(moodsOf(record, 'times'))).toEqual(new Set(['doubtful', 'plain']))
    expect(rowsOf(record, 'times')[0]).toEqual(['p99', '-', '12.2ms', '-', '-', 'insufficient samples'])
  })

  it('say what each round tested', () => {
    const test = { visits: [8, 9], estimate: 0.1, pValue: 0.00004, adjustedPValue: 0.003, level: 0.05 } as const
    const rounds = [
      { ...test, round: 1 },
      { ...test, round: null },
    ]
    const record = gateOf({ judgement: judgementOf({ metrics: [{ ...regressed, rounds }] }) })
    expect(rowsOf(record, 'times').slice(-2)).toEqual([
      ['CPU per order', '1', '8', '9', '+10%', '<0.0001', '0.003', '0.05'],
      ['CPU per order', 'all visits', '8', '9', '+10%', '<0.0001', '0.003', '0.05'],
    ])
  })

  it('were not asked for by --quick: nothing of them is shown', () => {
    const { options } = gateOf()
    const record = gateOf({ options: { ...options, quick: true }, judgement: judgementOf({ metrics: [] }) })
    expect(textsOf(record, 'times')).toEqual([expect.stringContaining('No time was judged')])
    expect(blocksOf(record, 'times')).toHaveLength(1)
    expect(chartsOf(record)).toEqual([])
  })
})

describe('work an order', () => {
  const change = { kind: 'sold', name: 'sql: SELECT 1', baseline: 1, candidate: 2, sentence: '+1 SELECT 1' } as const
  const changed = {
    verdict: 'changed',
    exactCounts: 12,
    changes: [change],
    notExact: ['wal records'],
    notes: [],
  } as const

  it('that changed fails a strict gate, and is told by another', () => {
    const { options } = gateOf()
    const judgement = judgementOf({ work: changed })
    expect(rowsOf(gateOf({ judgement }), 'work')).toEqual([['1 -> 2', '+1 SELECT 1']])
    expect(moodsOf(gateOf({ judgement }), 'work')[0]).toBe('bad')
    expect(moodsOf(gateOf({ judgement, options: { ...options, work: 'report' } }), 'work')[0]).toBe('doubtful')
  })

  it('says which counts were not compared', () => {
    expect(textsOf(gateOf({ judgement: judgementOf({ work: changed }) }), 'work')).toContain('wal records')
  })

  it('that nobody could compare is not the same', () => {
    const work = { verdict: null, exactCounts: 0, changes: [], notExact: [], notes: ['no work was counted'] }
    const record = gateOf({ judgement: judgementOf({ work }) })
    expect(textsOf(record, 'work')).toEqual(['Nothing was compared.', 'no work was counted'])
    expect(moodsOf(record, 'work')).toEqual(['doubtful', 'doubtful'])
  })
})

describe('the visits', () => {
  it('are drawn in the order in which they were made, an arm a series of its own look', () => {
    const chart = chartsOf(slower).find(({ title }) => title.startsWith('P99'))!
    expect(chart.series.map(({ name, look, draw, points }) => [name, look, draw, points.map(({ x }) => x)])).toEqual([
      ['baseline', 'line-0', 'dots', [1, 2, 3, 6]],
      ['candidate', 'line-3', 'dots', [4, 5]],
    ])
    expect(chart.marks.map(({ axis, at }) => [axis, Number(at.toFixed(3))])).toEqual([
      ['y', 12],
      ['y', 13.2],
      ['x', 0.5],
      ['x', 4.5],
    ])
    expect(chart.table.rows).toHaveLength(6)
  })

  it('are listed with what became of each', () => {
    expect(rowsOf(slower, 'visits').map(([number, arm, round]) => [number, arm, round])).toEqual([
      ['1', 'baseline', 'calibration'],
      ['2', 'baseline', 'calibration'],
      ['3', 'baseline', '1, block 1'],
      ['4', 'candidate', '1, block 1'],
      ['5', 'candidate', '2, block 1'],
      ['6', 'baseline', '2, block 1'],
    ])
    const unchecked = gateOf({ visits: [visitOf('baseline', { isChecked: false })] })
    expect(rowsOf(unchecked, 'visits')[0]).toContain('nothing was checked')
    expect(moodsOf(unchecked, 'visits')).toEqual(['doubtful'])
    const figures = { goodputPerSec: null, p50Ms: null, p99Ms: null, errorRate: null, cpuMicrosPerOrder: null }
    const cut = gateOf({ visits: [visitOf('baseline', { verdict: 'interrupted', figures })] })
    expect(rowsOf(cut, 'visits')[0]!.slice(3, 5)).toEqual(['interrupted', '–'])
  })

  it('that lack a figure have no dot, and none of them a chart that nobody measured', () => {
    const figures = { goodputPerSec: 200, p50Ms: null, p99Ms: null, errorRate: null, cpuMicrosPerOrder: null }
    const blind = visitOf('baseline', { figures })
    const record = gateOf({ visits: [blind, blind, visitOf('candidate')] })
    const [goodput, p50] = chartsOf(record)
    expect(goodput!.series.map(({ points }) => points.length)).toEqual([2, 1])
    expect(p50!.series.map(({ points }) => points.length)).toEqual([0, 1])
    expect(chartsOf(gateOf({ visits: [blind, blind, blind] })).map(({ title }) => title)).toEqual([
      'Goodput, visit by visit',
    ])
  })

  it('of which one fell far out of line are on a logarithmic scale, and others begin near the lowest', () => {
    const figuresOf = (p99Ms: number) => ({ ...visitOf('baseline').figures, p99Ms })
    const p99Of = (last: number): Chart =>
      chartsOf(gateOf({ visits: [...interleaved, visitOf('candidate', { figures: figuresOf(last) })] })).find(
        ({ title }) => title.startsWith('P99'),
      )!
    expect(p99Of(13).y).toMatchObject({ scale: 'linear', min: expect.closeTo(11.94) as number })
    expect(p99Of(1_000).y.scale).toBe('log')
    expect(p99Of(1_000).sentence).toContain('logarithmic')
  })

  it('that were stored say so: nothing was interleaved', () => {
    const record = gateOf({ visits: interleaved.map((visit) => ({ ...visit, block: null })) })
    expect(pageOf(record).sections.find(({ id }) => id === 'visits')!.lead).toContain('stored earlier')
    expect(rowsOf(record, 'visits')[0]).toContain('not in turn')
  })
})

describe('the command of a gate', () => {
  it('is that by which it was called, with its seed where it names a scenario', () => {
    const command = ['smoke', '--baseline-target', 'atomic-update', '--candidate-target', './my shop.ts']
    expect(repeatGate(gateOf({ command, seed: 7 }))).toBe(
      "npx doorbuster gate smoke --baseline-target atomic-update --candidate-target './my shop.ts' --seed 7",
    )
    expect(repeatGate(gateOf({ command: ['--baseline', 'a', '--candidate', 'b'], seed: 7 }))).toBe(
      'npx doorbuster gate --baseline a --candidate b',
    )
    expect(repeatGate(gateOf())).toBeNull()
  })
})
