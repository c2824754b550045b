import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { describe, expect, it } from 'vitest'
import type { Operation } from '../core/operation.ts'
import { finalTally, renderDemo } from './demo.ts'
import { junitXml, markdownSummary, renderChecks, renderProgressLine, renderStepLine, renderVerdict } from './index.ts'
import { plain, visibleWidth, wrap } from './plain-text.ts'
import { checkOf, checksWith, recordOf, stepOf } from './testing/records.ts'

const style = { color: false, width: 80 }
const hostile = '\x1b[31mred\x1b[0m\x1b]0;title\x07 <b>&"\'|`@all\u0000\u202e\uFFFF]]>'

const lost = checkOf('acknowledged-kept', {
  verdict: 'fail',
  measured: 3,
  sentence: `3 buyers were promised an order that does not exist`,
  evidence: [1, 2, 3, 4].map((n) => ({
    sentence: `+0.00${n}s user u${n} (request q${n}): told "sold", order ${hostile}`,
    operations: [],
  })),
})
const wrong = recordOf({
  verdict: 'wrong',
  exitCode: 1,
  checks: checksWith(lost, checkOf('fairness', { verdict: 'not-checked' })),
})

const lines = (text: string): string[] => text.split('\n')

describe('a headline that names answers below', () => {
  it('has them below it in Markdown, too, and nothing in them works there', () => {
    const answers = { notUnderstood: ['<b>teapot</b>'], errorCodes: { NOT_UNDERSTOOD: 300_000 } }
    const text = markdownSummary(recordOf({ verdict: 'inconclusive', steps: [stepOf(0, answers)] }))
    expect(text).toContain('some are shown below')
    expect(text).toContain('&lt;b&gt;teapot&lt;/b&gt;')
  })
})

describe('the terminal', () => {
  it('begins with the verdict, and shows failed checks with evidence, passed and unchecked ones by name', () => {
    const text = renderVerdict(wrong, { ...style, directory: 'results/r' })
    expect(text).toMatch(/^ORDERS LOST: 3 buyers were promised an order that does not exist\n/)
    expect(text).toContain('✗ acknowledged-kept  3 buyers were promised')
    expect(lines(text).filter((line) => line.startsWith('  - '))).toHaveLength(3)
    expect(text).toMatch(/✓ no-oversell, exactly-once/)
    expect(text).toMatch(/- not checked: fairness/)
    expect(text).toContain('doorbuster verify results/r')
  })

  it('is never wider than it may be: the table does without a column then', () => {
    const text = renderVerdict(wrong, { ...style, width: 60, directory: 'r' })
    expect(text).toMatch(/^step +offered +achieved .*p99 +verdict$/m)
    expect(lines(text).filter((line) => visibleWidth(line) > 60 && !line.startsWith('ORDERS'))).toEqual([])
  })

  it('lets no escape sequence and no control character of anybody else through', () => {
    const text = renderVerdict(wrong, { ...style, directory: 'r' }).replaceAll('\n', '')
    expect(text).not.toMatch(/\p{Cc}|\u202E/u)
    expect(text).toContain('red')
  })

  it('colours only where it may', () => {
    const record = recordOf()
    expect(renderVerdict(record, { ...style, directory: 'r' })).not.toContain('\x1b')
    expect(renderVerdict(record, { ...style, color: true, directory: 'r' })).toContain('\x1b[32m')
  })

  it('shows the operations of a proof with times, users, requests and outcomes', () => {
    const operation: Operation = {
      seq: 0,
      stepIndex: 0,
      sku: 's',
      kind: 'buy',
      userId: 'u7',
      requestId: 'q7',
      attempt: 1,
      quantity: 1,
      scheduledAtNs: 1e6,
      sentAtNs: 1e6,
      completedAtNs: 3.5e6,
      outcome: { kind: 'sold', orderId: 'o7' },
    }
    const read: Operation = {
      ...operation,
      kind: 'read',
      userId: null,
      requestId: null,
      quantity: 0,
      sentAtNs: 5e6,
      completedAtNs: 6e6,
      outcome: { kind: 'shown', stock: 9 },
    }
    const checks = [
      checkOf('linearizable', { verdict: 'fail', evidence: [{ sentence: 'because', operations: [operation, read] }] }),
    ]
    const text = renderChecks(checks, 'wrong', style)
    expect(text).toMatch(/0\.000ms +2\.500ms +buy +u7 +q7 +sold/)
    expect(text).toMatch(/4\.000ms +5\.000ms +read +- +- +9 left/)
  })
})

it('what has no column is counted beneath the table, on the screen and in the summary', () => {
  const outcomes = { ...stepOf(0).outcomes, shown: 1, limitReached: 1_200, refused: 767 }
  const retries = { ...stepOf(0).retries, made: 212 }
  const busy = recordOf({ steps: [stepOf(0, { outcomes, retries, errorCodes: { NOT_OPEN: 767 } }), stepOf(1)] })
  const words = 'besides: 1 read, 1,200 told that they have their share, 767 told "not open", 212 retries'
  expect(renderVerdict(busy, { ...style, width: 120, directory: 'r' })).toContain(words)
  expect(markdownSummary(busy)).toContain(words)
  expect(renderVerdict(recordOf(), { ...style, directory: 'r' })).not.toContain('besides')
})

describe('the summary for a pull request', () => {
  it('is a verdict, a table, and folded evidence in which nothing foreign works', () => {
    const text = markdownSummary(wrong)
    expect(text).toMatch(/^### ❌ ORDERS LOST: 3 buyers/)
    expect(text).toContain('| 1 | 12,800/s | 12,800/s | 160,000 |')
    expect(text).toContain('<summary><b>acknowledged-kept</b>')
    expect(text).not.toContain('<b>&"')
    expect(text).not.toContain('@all')
  })
})

describe('JUnit', () => {
  interface TestCase {
    readonly name: string
    readonly failure?: unknown
    readonly error?: unknown
    readonly skipped?: unknown
  }

  function casesOf(xml: string): { failures: string[]; errors: string[]; skipped: string[]; names: string[] } {
    expect(XMLValidator.validate(xml)).toBe(true)
    const isArray = (name: string): boolean => name === 'testsuite' || name === 'testcase'
    const parser = new XMLParser({ ignoreAttributes: false, attributeNamePrefix: '', isArray })
    const { testsuites } = parser.parse(xml) as { testsuites: { testsuite: { testcase: TestCase[] }[] } }
    const cases = testsuites.testsuite.flatMap(({ testcase }) => testcase)
    const having = (tag: 'failure' | 'error' | 'skipped'): string[] =>
      cases.filter((one) => tag in one).map(({ name }) => name)
    return {
      failures: having('failure'),
      errors: having('error'),
      skipped: having('skipped'),
      names: cases.map(({ name }) => name),
    }
  }

  it('is well-formed whatever foreign text it holds, and says fail, error and skipped', () => {
    const unknown = checkOf('linearizable', { verdict: 'unknown', sentence: hostile })
    const record = { ...wrong, checks: [...wrong.checks.filter(({ check }) => check !== 'linearizable'), unknown] }
    const cases = casesOf(junitXml(record))
    expect(cases.failures).toEqual(['acknowledged-kept'])
    expect(cases.errors).toEqual(['linearizable'])
    expect(cases.skipped).toEqual(['fairness'])
  })

  it('shows a run that was cut short, and one that passed has nothing but passes', () => {
    expect(casesOf(junitXml(recordOf({ verdict: 'interrupted', endedEarly: 'x' }))).errors).toEqual(['complete'])
    const passed = casesOf(junitXml(recordOf()))
    expect([...passed.failures, ...passed.errors, ...passed.skipped]).toEqual([])
    expect(passed.names).toContain('no-oversell')
  })
})

describe('the demo', () => {
  it('shows what a tally says beside what Doorbuster says', () => {
    const row = {
      strategy: 'article-literal',
      instances: 1,
      expectation: 'caught' as const,
      record: wrong,
      directory: 'r',
      asExpected: true,
    }
    const text = renderDemo([row], { ...style, skipped: [], next: ['npx doorbuster list strategies'] })
    expect(text).toMatch(/^AS IT SHOULD BE/)
    expect(text).toMatch(/article-literal +OK +3 buyers were promised an order that does not exist/)
    expect(text).toMatch(/Try next:\n {2}npx doorbuster list strategies$/)
    expect(renderDemo([{ ...row, asExpected: false }], { ...style, skipped: [], next: [] })).toMatch(
      /^NOT AS IT SHOULD BE/,
    )
  })

  it('tallies as others do: units in the ledger against units that there were', () => {
    const sale = stepOf(0).sales[0]!
    expect(finalTally(recordOf())).toBe('OK')
    const over = recordOf({ steps: [stepOf(0, { sales: [{ ...sale, sold: 160_214 }] })] })
    expect(finalTally(over)).toBe('214 units too many')
  })
})

describe('a closed run', () => {
  const { scenario } = recordOf()
  const [first] = scenario.steps
  const closed = recordOf({
    engine: { name: 'autocannon', version: '8.0.0', model: 'closed', workers: 1 },
    scenario: { ...scenario, steps: [{ ...first!, connections: 64 }, first!] },
    steps: [
      stepOf(0, { offeredRatePerSec: null, achievedRatePerSec: 9_512 }),
      stepOf(1, { offeredRatePerSec: null, notes: ['128 connections: as many as carry <12,800/s>'] }),
    ],
  })

  it('names model, engine and connections in place of a rate, and notes under their step, on the terminal', () => {
    const text = renderVerdict(closed, { color: false, width: 100, directory: 'r' })
    expect(text).toContain('model: closed (autocannon 8.0.0)')
    expect(text).toMatch(/^ +1 +closed, 64 connections +9,512\/s /m)
    expect(text).toMatch(/^ +2 +closed, 128 connections .*\n {4}- 128 connections: as many as carry <12,800\/s>$/m)
    expect(text).not.toContain('sends late by')
    expect(text).not.toContain('NaN')
  })

  it('does so in a pull request', () => {
    const text = markdownSummary(closed)
    expect(text).toContain('flat-12800 against redis-lua, model: closed (autocannon 8.0.0), exit 0')
    expect(text).toContain('| 1 | closed, 64 connections | 9,512/s |')
    expect(text).toContain('- step 2: 128 connections: as many as carry &lt;12,800/s&gt;')
  })

  it('does so as test cases', () => {
    const xml = junitXml(closed)
    expect(xml).toContain('name="doorbuster: flat-12800 against redis-lua, model: closed (autocannon 8.0.0)"')
    expect(xml).toContain('name="step 1: closed, 64 connections"')
  })

  it('is not named in a run of the open-loop engine', () => {
    expect(renderVerdict(recordOf(), { ...style, directory: 'r' })).not.toContain('model:')
    expect(markdownSummary(recordOf())).toContain('flat-12800 against redis-lua, exit 0')
  })

  it('is as fast as answered while it goes on', () => {
    const plan = { stepIndex: 0, step: first!, initialStock: 10 } as Parameters<typeof renderProgressLine>[0]
    const progress = { elapsedMs: 0, sold: 0, dropped: 0, achievedRatePerSec: 9_512, p99ResponseMs: 1, wrong: null }
    expect(renderProgressLine(plan, progress, { steps: 2, model: 'closed' })).toContain('9,512/s, as fast as answered')
    expect(renderStepLine(closed.steps[0]!, [], 2)).toMatch(/^step 1 of 2: 9,512\/s, as fast as answered, /)
  })
})

describe('progress', () => {
  const plan = {
    stepIndex: 2,
    step: { arrivalRatePerSec: 400, durationMs: 10_000, arrivals: 'uniform' as const },
    initialStock: 2_000,
  }

  it('says step, time left, rates, sold, left and dropped in one line', () => {
    const progress = { elapsedMs: 2_500, sold: 812, dropped: 3, achievedRatePerSec: 398.6, p99ResponseMs: 3.2 }
    const line = (wrong: string | null): string =>
      renderProgressLine(
        plan as Parameters<typeof renderProgressLine>[0],
        { ...progress, wrong },
        { steps: 8, model: 'open' },
      )
    const figures = '████░░░░░░░░░░░░ 8s  399 of 400/s  sold ~812  left ~1,188  p99 3.20ms  dropped 3'
    expect(line(null)).toBe(`step 3 of 8  right so far  ${figures}`)
    expect(line('OVERSOLD by 3 units so far')).toBe(`step 3 of 8  OVERSOLD by 3 units so far  ${figures}`)
  })

  it('says what came of a step', () => {
    expect(renderStepLine(stepOf(0), [], 8)).toMatch(/^step 1 of 8: .*: right$/)
    expect(renderStepLine(stepOf(0, { verdict: 'wrong' }), [lost], 8)).toMatch(/: 3 buyers were promised/)
    expect(renderStepLine(stepOf(0, { verdict: 'missed', saturated: true }), [], 8)).toMatch(/: right, but saturated$/)
  })
})

describe('text of others', () => {
  it('keeps its words and loses what a terminal would obey', () => {
    expect(plain('a\x1b[2Jb\nc\u0007')).toBe('ab c\uFFFD')
    expect(plain('x'.repeat(1_000)).length).toBe(400)
  })

  it('is broken between words, and a word longer than the line stays whole', () => {
    expect(wrap('  - one two three', 10, '    ')).toEqual(['  - one', '    two', '    three'])
    expect(wrap('aaaaaaaaaaaa b', 5, '')).toEqual(['aaaaaaaaaaaa', 'b'])
  })
})
