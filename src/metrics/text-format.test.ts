import { describe, expect, it } from 'vitest'
import type { MetricFamily } from './metric-family.ts'
import { parseMetrics } from './parse-text.ts'
import { render } from './text-format.ts'

const NASTY = 'a "quoted" \\ back\nline, {x="y"} 7'

const COUNTER: MetricFamily = {
  name: 'things_total',
  type: 'counter',
  help: 'Things\nof all kinds',
  samples: [
    { name: 'things_total', labels: { kind: NASTY, other: '' }, value: 1 / 3 },
    { name: 'things_total', labels: {}, value: Number.POSITIVE_INFINITY },
  ],
}
const GAUGE: MetricFamily = { name: 'g', type: 'gauge', help: '', samples: [{ name: 'g', labels: {}, value: -1e-9 }] }

describe('the text format', () => {
  it('is the classic one, unless OpenMetrics is asked for', () => {
    expect(render([COUNTER], '*/*').contentType).toContain('text/plain; version=0.0.4')
    const accept = 'application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.2'
    expect(render([COUNTER], accept).contentType).toContain('application/openmetrics-text; version=1.0.0')
  })

  it('ends with EOF in OpenMetrics, and names the family of a counter without its suffix', () => {
    const { body } = render([COUNTER, GAUGE], 'application/openmetrics-text')
    expect(body).toContain('# TYPE things counter\nthings_total{')
    expect(body).toMatch(/\n# EOF\n$/)
    expect(render([COUNTER], '').body).toContain('# TYPE things_total counter')
  })

  it.each(['', 'application/openmetrics-text'])('is read as it was written, asked for with %j', (accept) => {
    expect(parseMetrics(render([COUNTER, GAUGE], accept).body)).toEqual([...COUNTER.samples, ...GAUGE.samples])
  })
})

describe('the reader of the text format', () => {
  it('takes a timestamp, and what is no number', () => {
    expect(parseMetrics('a 1 1700000000000\n\n# c\nb{x="1",} NaN\n')).toEqual([
      { name: 'a', labels: {}, value: 1 },
      { name: 'b', labels: { x: '1' }, value: Number.NaN },
    ])
  })

  it.each(['a', 'a b', 'a 1 2 3', 'a{x=1} 1', 'a{x="1" y="2"} 1', 'a{x="1",x="2"} 1', 'a{x="\\z"} 1', '1a 1', 'a 0x'])(
    'refuses %j, and says in which line',
    (line) => {
      expect(() => parseMetrics(`ok 1\n${line}\n`)).toThrow(/^line 2 is no sample/)
    },
  )
})
