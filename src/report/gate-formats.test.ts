import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { describe, expect, it } from 'vitest'
import type { GateRecord } from '../core/gate-record.ts'
import { GATE_COMMENT_MARK, gateAnnotations, gateJunitXml, gateMarkdown, renderForeseen, renderGate } from './index.ts'
import { visibleWidth } from './plain-text.ts'
import { gateOf, judgementOf, regressed, same } from './testing/gate-records.ts'

const style = { color: false, width: 100, directory: 'results/gate' }
const hostile = '\x1b[31mred\x1b[0m %0A::error::no <b>|`@all, a: "b"\u0000\u202e'

const slower = gateOf({
  judgement: judgementOf({
    metrics: [same, regressed],
    word: 'REGRESSED',
    headline: regressed.sentence,
    verdict: 'missed',
    exitCode: 3,
  }),
})
const wrong = gateOf({
  judgement: judgementOf({
    correctness: {
      verdict: 'wrong',
      failures: [{ arm: 'candidate', check: 'no-oversell', sentence: `oversold ${hostile}`, visits: 3, ofVisits: 12 }],
      doubts: [],
    },
    word: 'WRONG',
    headline: `the candidate's sale was wrong: ${hostile}`,
    verdict: 'wrong',
    exitCode: 1,
  }),
})
const otherWork = gateOf({
  judgement: judgementOf({
    work: {
      verdict: 'changed',
      exactCounts: 12,
      changes: [
        {
          kind: 'sold',
          name: 'sql: SELECT 1',
          baseline: 1,
          candidate: 2,
          sentence: '+1 SELECT 1 an order sold (1 -> 2)',
        },
      ],
      notExact: ['wal records an order sold'],
      notes: [],
    },
    word: 'WORK CHANGED',
    headline: '+1 SELECT 1 an order sold (1 -> 2)',
    verdict: 'missed',
    exitCode: 3,
  }),
})
const open = gateOf({
  judgement: judgementOf({
    metrics: [{ ...same, verdict: 'insufficient samples', moreVisits: 8 }],
    word: 'NO ANSWER',
    headline: 'p99: too few samples',
    verdict: 'inconclusive',
    exitCode: 4,
  }),
})
const passedOver: GateRecord = { ...open, exitCode: 0 }

describe('a gate on the terminal', () => {
  it('begins with the answer, and has a row a metric', () => {
    const text = renderGate(slower, style)
    expect(text).toMatch(/^REGRESSED: CPU per order 400us -> 441us/)
    expect(text).toMatch(/^p99 +12\.1ms +12\.2ms +\+0\.8% \(-2\.1% to \+3\.4%\) +14\.1% +same$/m)
    expect(text).toContain('work an order: the same (12 exact counts)')
    expect(text).toContain('files: results/gate')
  })

  it('is no wider than it may be: the table does without columns then', () => {
    const lines = renderGate(slower, { ...style, width: 60 }).split('\n')
    expect(lines.filter((line) => visibleWidth(line) > 60)).toEqual([])
    expect(lines.some((line) => /^metric .*verdict$/.test(line))).toBe(true)
  })

  it('says whose sale was wrong and how often, and lets no escape sequence of others through', () => {
    const text = renderGate(wrong, style)
    expect(text).toContain('✗ candidate: no-oversell')
    expect(text).toContain('(3 of 12 visits)')
    expect(text.replaceAll('\n', '')).not.toMatch(/\p{Cc}|\u202E/u)
  })

  it('lists other work, what was not exact, and what a reader has to know', () => {
    const text = renderGate({ ...otherWork, notes: ['both refs are the same commit'] }, style)
    expect(text).toContain('! +1 SELECT 1 an order sold (1 -> 2)')
    expect(text).toContain('not exact, and not compared: wal records an order sold')
    expect(text).toContain('- both refs are the same commit')
  })

  it('leaves out the middle of a long statement, and all but the first few changes', () => {
    const { work } = otherWork.judgement!
    const long = { ...work.changes[0]!, sentence: `+1 SELECT ${'x, '.repeat(200)} FROM stock an order sold (0 -> 1)` }
    const many = gateOf({
      judgement: judgementOf({ work: { ...work, changes: Array.from({ length: 20 }, () => long) } }),
    })
    for (const text of [renderGate(many, style), gateMarkdown(many)]) {
      expect(text).toMatch(/\+1 SELECT x, x,/)
      expect(text.replaceAll(/\s+/g, ' ')).toMatch(/… [x, ]*FROM stock an order sold \(0 -/)
      expect(text).toMatch(/and \d+ more/)
      expect(text.length).toBeLessThan(5_000)
    }
  })

  it('tells of a gate that was interrupted, with a judgement and without', () => {
    expect(renderGate(gateOf({ verdict: 'interrupted' }), style)).toMatch(/^INTERRUPTED after 2 visits/)
    expect(renderGate(gateOf({ judgement: null, verdict: 'interrupted' }), style)).toMatch(/^INTERRUPTED/)
    expect(renderGate({ ...wrong, verdict: 'interrupted' }, style)).toMatch(/^WRONG/)
  })

  it('says beforehand what it will see', () => {
    const effects = [
      { metric: 'p99Ms', effect: 0.14 },
      { metric: 'cpuMicrosPerOrder', effect: null },
    ] as const
    expect(renderForeseen(effects)).toBe('smallest change that it will see: p99 14%')
    expect(renderForeseen([])).toContain('not known')
  })
})

describe('a gate as Markdown', () => {
  it('begins with the mark by which its comment is found again', () => {
    const text = gateMarkdown(slower)
    expect(text.startsWith(`${GATE_COMMENT_MARK}\n### ❌ Flash-sale gate: REGRESSED\n`)).toBe(true)
    expect(text).toContain('| CPU per order | 400us | 441us | +10.2% (+8.1% to +12.4%) | 6% | **regressed** |')
  })

  it('warns of counts that were not compared, also where all others are the same, and escapes them', () => {
    const notExact = ['SELECT <b>@all</b> an order sold', ...Array.from({ length: 12 }, (_, at) => `count ${at}`)]
    for (const verdict of ['same', null] as const) {
      const work = { verdict, exactCounts: 3, changes: [], notExact, notes: [] }
      const text = gateMarkdown(gateOf({ judgement: judgementOf({ work }) }))
      expect(text).toContain('⚠️ 13 counts not exact, and not compared:')
      expect(text).toContain('- count 10\n- and 1 more: `gate.json` has them')
      expect(text).not.toMatch(/<b>|@all/)
      expect(text.includes('Work an order: the same (3 exact counts).')).toBe(verdict === 'same')
      expect(renderGate(gateOf({ judgement: judgementOf({ work }) }), style)).toContain('not exact, and not compared')
    }
  })

  it('has no mention, no HTML and no table border of anybody else', () => {
    const text = gateMarkdown(wrong)
    expect(text).not.toMatch(/@all|<b>|[^\\]\|`/)
    expect(text).toContain('- **candidate**: no-oversell, oversold')
  })
})

describe('a gate as JUnit', () => {
  const casesOf = (record: GateRecord): Record<string, unknown>[] => {
    const xml = gateJunitXml(record)
    expect(XMLValidator.validate(xml)).toBe(true)
    const parsed = new XMLParser({
      ignoreAttributes: false,
      attributeNamePrefix: '',
      isArray: (name) => name === 'testcase' || name === 'testsuite',
    }).parse(xml) as { testsuites: { testsuite: { testcase: Record<string, unknown>[] }[] } }
    return parsed.testsuites.testsuite.flatMap(({ testcase }) => testcase)
  }
  const namesOf = (record: GateRecord, outcome: string): unknown[] =>
    casesOf(record)
      .filter((one) => outcome in one)
      .map(({ name }) => name)

  it('fails what failed, and makes no answer an error', () => {
    expect(namesOf(gateOf(), 'failure')).toEqual([])
    expect(namesOf(slower, 'failure')).toEqual(['CPU per order'])
    expect(namesOf(wrong, 'failure')).toEqual(['no-oversell'])
    expect(namesOf(otherWork, 'failure')).toEqual(['work an order'])
    expect(namesOf(open, 'error')).toEqual(['p99', 'answer'])
    expect(namesOf(gateOf({ judgement: null, verdict: 'interrupted' }), 'error')).toEqual(['answer'])
  })
})

describe('a gate as annotations', () => {
  it('has an error for each thing that failed', () => {
    expect(gateAnnotations(slower)).toEqual([
      `::error title=Flash-sale gate%3A CPU per order regressed::${regressed.sentence.replaceAll('%', '%25')}`,
    ])
    expect(gateAnnotations(otherWork)).toEqual([
      '::error title=Flash-sale gate%3A work changed::+1 SELECT 1 an order sold (1 -> 2)',
    ])
  })

  it('says nothing of a gate that passed, and warns of one that had no answer and was let through', () => {
    expect(gateAnnotations(gateOf())).toEqual([])
    expect(gateAnnotations(passedOver)[0]).toMatch(/^::warning title=Flash-sale gate%3A NO ANSWER::/)
    expect(gateAnnotations(open)[0]).toMatch(/^::error /)
  })

  it('is one line each, in which nobody else gives commands', () => {
    for (const line of gateAnnotations(wrong)) {
      expect(line).not.toMatch(/[\r\n]|\p{Cc}/u)
      expect(line).toContain('%250A')
    }
  })
})
