import { describe, expect, it } from 'vitest'
import { sequenceOf } from '../model/race-sequence.ts'
import { articleOrder, racedOrder, raceOf, wrongPartOf } from '../testing/race-records.ts'
import { raceHtml } from './index.ts'
import { drawnSequence } from './sequence.ts'

const HOSTILE = `</style></title><script>alert(1)</script><img src=x onerror="alert(1)">'"&\u0000\u001B[2J\uD800`

const hostileOrder = {
  ...racedOrder,
  sentence: HOSTILE,
  steps: racedOrder.steps.map((step) => ({
    ...step,
    call: { store: 'postgres' as const, text: HOSTILE, values: [HOSTILE], result: HOSTILE },
    answers: [{ actor: 'buyer 1', outcome: 'refused' as const, words: HOSTILE }],
    released: [{ actor: HOSTILE, result: HOSTILE }],
    note: HOSTILE,
  })),
}

describe('a drawing of who spoke to whom', () => {
  const drawn = drawnSequence(sequenceOf(articleOrder, 'Who asked what'), 'order-1-1')

  it('is made for a screen and for a phone, each with its title and its words', () => {
    expect(drawn.match(/<svg class="chart sequence (?:wide|narrow)"/g)).toHaveLength(2)
    expect(drawn.match(/<title id="[^"]+">Who asked what<\/title><desc id="[^"]+">ORDERS LOST/g)).toHaveLength(2)
    for (const [, title, desc] of drawn.matchAll(/aria-labelledby="(\S+) (\S+)"/g)) {
      expect(drawn).toContain(`<title id="${title}">`)
      expect(drawn).toContain(`<desc id="${desc}">`)
    }
  })

  it('draws nothing beyond its edges, and everything below what came before it', () => {
    for (const [, width, height, body] of drawn.matchAll(/viewBox="0 0 (\d+) (\d+)"([^]*?)<\/svg>/g)) {
      const boxes = [...body!.matchAll(/<rect x="(-?[\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"/g)].map(
        (match) => match.slice(1).map(Number),
      )
      expect(boxes.length).toBeGreaterThan(5)
      for (const [x, y, boxWidth, boxHeight] of boxes) {
        expect(x).toBeGreaterThanOrEqual(0)
        expect(x! + boxWidth!).toBeLessThanOrEqual(Number(width))
        expect(y! + boxHeight!).toBeLessThanOrEqual(Number(height))
      }
      const shafts = [...body!.matchAll(/class="shaft" d="M\d+ (\d+)H/g)].map(([, y]) => Number(y))
      expect(shafts).toEqual([...shafts].sort((a, b) => a - b))
      expect(shafts).toHaveLength(8)
    }
  })
})

describe('the page of a race', () => {
  it('shows hostile text as text, wherever it stands', () => {
    const record = raceOf({
      parts: [wrongPartOf(hostileOrder, { ends: [{ sentence: HOSTILE, failed: ['no-oversell'], orders: 2 }] })],
      notes: [HOSTILE],
      verdict: 'wrong',
    })
    const html = raceHtml({ record, commands: [{ label: HOSTILE, text: HOSTILE }] })
    expect(html).not.toMatch(/<script|<img/)
    expect(html.replaceAll('\n', '')).not.toMatch(/\p{Cc}|\p{Cs}/u)
    expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
  })

  it('needs nothing but itself, and names each of its parts once', () => {
    const parts = [wrongPartOf(racedOrder), wrongPartOf(articleOrder, { stock: 2 })]
    const html = raceHtml({ record: raceOf({ parts, verdict: 'wrong' }), commands: [] })
    expect(html).not.toMatch(/<script|javascript:| on[a-z]+=|@import|url\((?!#)/)
    const ids = [...html.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id)
    expect(new Set(ids).size).toBe(ids.length)
  })
})
