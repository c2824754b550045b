import { describe, expect, it } from 'vitest'
import type { Operation } from '../../core/operation.ts'
import { compareHtml, runHtml } from './index.ts'
import { comparisonOf } from '../testing/comparisons.ts'
import { digestOf } from '../testing/digests.ts'
import { checkOf, checksWith, recordOf, stepOf } from '../testing/records.ts'

const HOSTILE = `</style></title><script>alert(1)</script><img src=x onerror="alert(1)">'"&\u0000\u001B[2J\uD800`

const hostileOperation: Operation = {
  seq: 0,
  stepIndex: 0,
  sku: HOSTILE,
  kind: 'buy',
  userId: HOSTILE,
  requestId: HOSTILE,
  attempt: 1,
  quantity: 1,
  scheduledAtNs: 0,
  sentAtNs: 0,
  completedAtNs: 1e6,
  outcome: { kind: 'refused', code: HOSTILE },
}

const hostileRun = recordOf({
  verdict: 'wrong',
  endedEarly: HOSTILE,
  command: [HOSTILE],
  steps: [
    stepOf(0, {
      notes: [HOSTILE],
      notUnderstood: [HOSTILE],
      errorCodes: { [HOSTILE]: 3 },
      resources: { [HOSTILE]: { cpuSeconds: 1, maxRssBytes: 1 } },
      sales: [{ ...stepOf(0).sales[0]!, sku: HOSTILE }],
    }),
  ],
  checks: checksWith(
    checkOf('no-oversell', {
      verdict: 'fail',
      sku: HOSTILE,
      sentence: HOSTILE,
      evidence: [{ sentence: HOSTILE, operations: [hostileOperation] }],
    }),
  ),
  thresholds: [{ expression: HOSTILE, step: 0, metric: 'p99', measured: 1, verdict: 'fail', sentence: HOSTILE }],
})

describe('the page', () => {
  it('shows hostile text as text, wherever it stands', async () => {
    const html = await runHtml({
      record: hostileRun,
      digests: [digestOf(0, { stock: [{ ...digestOf(0).stock[0]!, sku: HOSTILE }] })],
      notes: [HOSTILE],
      commands: [{ label: HOSTILE, text: HOSTILE }],
    })
    expect(html).not.toMatch(/<script|<img/)
    expect(html.replaceAll('\n', '')).not.toMatch(/\p{Cc}|\p{Cs}/u)
    expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
  })

  it('leaves a command as it is, however long it is and whatever spaces it has', async () => {
    const text = `npx doorbuster gate --build 'a  b' ${'--set x=1 '.repeat(500)}--end`
    const commands = [{ label: 'Gate again', text }]
    const html = await runHtml({ record: recordOf(), digests: [], notes: [], commands })
    expect(html.replaceAll('&#39;', "'")).toContain(text)
  })

  it('needs nothing but itself: no script, nothing to fetch, and a policy that forbids both', async () => {
    const html = await runHtml({ record: recordOf(), digests: [digestOf(0)], notes: [], commands: [] })
    expect(html).toContain(`content="default-src 'none'; style-src 'unsafe-inline'; img-src data:"`)
    expect(html).not.toMatch(/<script|javascript:| on[a-z]+=|@import|url\((?!#)/)
    const addresses = [...html.matchAll(/(?:href|src)="([^"]*)"/g)].map(([, address]) => address!)
    expect(addresses.filter((address) => !address.startsWith('#') && address !== 'data:,')).toEqual([])
  })

  it('names each of its parts once', async () => {
    const steps = [stepOf(0), stepOf(1)]
    const html = await runHtml({
      record: recordOf({ steps }),
      digests: [digestOf(0), digestOf(1)],
      notes: [],
      commands: [],
    })
    const ids = [...html.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id)
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('draws each chart for a screen and for a phone, in words for whoever sees neither', async () => {
    const html = await runHtml({ record: recordOf(), digests: [digestOf(0)], notes: [], commands: [] })
    const count = (part: string): number => html.split(part).length - 1
    expect(count('class="chart wide"')).toBeGreaterThan(3)
    expect(count('class="chart narrow"')).toBe(count('class="chart wide"'))
    expect(count('role="img" aria-label="')).toBe(2 * count('class="chart wide"'))
  })

  it('keeps every digit of a figure in a chart, and rounds only where something is drawn', async () => {
    const { scenario } = recordOf()
    const thresholds = [
      { expression: 'p99 < 0.125ms', metric: 'p99', comparison: '<', limit: 0.125, scope: 'each', origin: 'option' },
    ] as const
    const record = recordOf({ scenario: { ...scenario, thresholds } })
    const html = await runHtml({ record, digests: [digestOf(0)], notes: [], commands: [] })
    const drawings = [...html.matchAll(/<svg class="chart.*?<\/svg>/gs)].map(([svg]) => svg)
    expect(drawings.some((svg) => svg.includes('0.125ms'))).toBe(true)
    expect(drawings.join('')).not.toMatch(/ (?:d|x|y|points|transform)="[^"]*\d\.\d{3}/)
  })

  it('of a comparison shows hostile names as text, too', async () => {
    const html = await compareHtml({ record: comparisonOf({ notes: [HOSTILE], turnsOver: [HOSTILE] }), commands: [] })
    expect(html).not.toMatch(/<script|<img/)
    expect(html).toContain('redis-lua')
  })
})
