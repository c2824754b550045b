import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { describe, expect, it } from 'vitest'
import type { RaceRecord, WrongOrder } from '../core/race-record.ts'
import { raceJunit, raceMarkdown } from './index.ts'
import { mermaidSequence, mermaidText } from './race-mermaid.ts'
import {
  articleOrder,
  crashRace,
  crashedOrder,
  lockedOrder,
  partialRace,
  partOf,
  racedOrder,
  raceOf,
  stepOfRace,
  unsteadyRace,
  wrongPartOf,
  wrongRace,
} from './testing/race-records.ts'

const HOSTILE = '</details>|`@all\n```\nend; #35; %%{init: {}}%% $$x$$ : "a" <img src=x> \u0000\u001B[2J\uD800'

const hostileOrder: WrongOrder = {
  ...racedOrder,
  sentence: HOSTILE,
  steps: [
    stepOfRace('buyer 1 #1', {
      call: { store: 'redis', text: HOSTILE, values: [HOSTILE], result: HOSTILE },
      begins: true,
      answers: [{ actor: 'buyer 1', outcome: 'refused', words: HOSTILE }],
      released: [{ actor: HOSTILE, result: HOSTILE }],
      stock: { redis: 1 },
      note: HOSTILE,
    }),
  ],
}
const hostileRace = raceOf({
  parts: [wrongPartOf(hostileOrder)],
  notes: [HOSTILE],
  command: [HOSTILE],
  verdict: 'wrong',
})

describe('an order as a diagram of Mermaid', () => {
  it('has a lane for each buyer and each store, and an arrow for each call and reply', () => {
    expect(mermaidSequence(racedOrder).split('\n')).toEqual([
      'sequenceDiagram',
      '  actor L1 as buyer 1',
      '  actor L2 as buyer 2',
      '  participant L3 as Postgres',
      '  Note over L1: comes',
      expect.stringMatching(/^ {2}L1->>L3: 1\. SELECT s\.remaining.* \.\.\. .*\[r-1, s-1\]$/) as string,
      '  L3-->>L1: 1 row#58; 1, 0, NULL',
      '  Note over L3: stock 1',
      '  Note over L2: comes',
      expect.stringMatching(/^ {2}L2->>L3: 2\. SELECT/) as string,
      '  L3-->>L2: 1 row#58; 1, 0, NULL',
      expect.stringMatching(/^ {2}L1->>L3: 3\. SELECT/) as string,
      '  L3-->>L1: 1 row#58; sold, o-1',
      '  Note over L3: stock 0',
      '  Note over L1: is told#58; sold',
      expect.stringMatching(/^ {2}L2->>L3: 4\. SELECT/) as string,
      '  L3-->>L2: 1 row#58; sold, o-2',
      '  Note over L2: is told#58; sold',
      '  rect rgba(220, 38, 38, 0.35)',
      '  Note over L1,L3: OVERSOLD by 1#58; 2 orders of 1 unit#59; both buyers saw the last<br/>unit before either took it',
      '  end',
    ])
  })

  it('shows that a call waits, for whom, and that it comes back', () => {
    const text = mermaidSequence(lockedOrder)
    expect(text).toContain('  Note over L2: waits for buyer 1')
    expect(text).toMatch(/L1->>L3: 3\. COMMIT\n {2}L3-->>L1: COMMIT\n {2}L3-->>L2: 1 row#58; 1\n/)
  })

  it('has a lane for what the server does by itself, behind the buyers', () => {
    const lanes = mermaidSequence(articleOrder).match(/^ {2}(?:actor|participant) .*$/gm)
    expect(lanes).toEqual([
      '  actor L1 as buyer 1',
      '  actor L2 as buyer 2',
      '  actor L3 as background',
      '  participant L4 as Postgres',
      '  participant L5 as Redis',
    ])
  })

  it('shows a crash over all lanes', () => {
    expect(mermaidSequence(crashedOrder)).toContain('  Note over L1,L3: the server is started again')
  })

  it.each([
    ['', '-'],
    ['  \n\t ', '-'],
    ['a;b', 'a#59;b'],
    ['#9829;', '#35;9829#59;'],
    ['a: b', 'a#58; b'],
    ['a\nb\r\nc', 'a b c'],
    ['"a" \'b\' `c`', '#34;a#34; #39;b#39; #96;c#96;'],
    ['<br/>&amp;', '#60;br/#62;#38;amp#59;'],
    ['%%{init: {}}%%', '#37;#37;#123;init#58; #123;#125;#125;#37;#37;'],
    ['$1 = $2', '$1 = $2'],
    ['AS $$ x $$', 'AS #36;#36; x #36;#36;'],
    ['C:\\temp', 'C#58;#92;temp'],
    ['a\u0000b\u001B[2Jc\u202Ed', 'a\uFFFDbc\uFFFDd'],
    ['\uD800', '#65533;'],
    ['🎟 für 你好', '🎟 für 你好'],
    ['end', 'end'],
  ])('says %j as %j', (text, expected) => {
    expect(mermaidText(text)).toBe(expected)
  })

  it('is a line for each thing, whatever a store or a server says', () => {
    const lines = mermaidSequence(hostileOrder).split('\n')
    const known = /^ {2}(?:actor L\d as |participant L\d as |Note over L\d(?:,L\d)?: |L\d-?->>L\d: |rect rgba\(|end$)/
    expect(lines.slice(1).filter((line) => !known.test(line))).toEqual([])
    const entities = lines.join('\n').replaceAll(/#\d+;|<br\/>/g, '')
    expect(entities).not.toMatch(/[#;"'`<&%{}\\]|\$\$/)
  })
})

describe('a race as Markdown', () => {
  it('begins with the answer, and holds the diagram, the table, the ends and the command', () => {
    const text = raceMarkdown(wrongRace, 'results/r1')
    expect(text).toMatch(/^### ❌ WRONG: 2 of 6 orders of 2 buyers for 1 unit oversell it\n/)
    expect(text).toContain('```mermaid\nsequenceDiagram\n')
    expect(text).toContain('| step | who | store call | result | stock |')
    expect(text).toContain('|  |  | buyer 2 is told: sold |  |  |')
    expect(text).toContain('| 2 | 2 sold; 2 orders, 0 left | no-oversell |')
    expect(text).toContain('```sh\nnpx doorbuster race --replay results/r1/race.json\n```')
  })

  it('has no diagram where nothing was wrong', () => {
    const text = raceMarkdown(raceOf(), 'results/r1')
    expect(text).toMatch(/^### ✅ RIGHT: all 6 orders/)
    expect(text).not.toContain('mermaid')
  })

  it('marks the crashes that were not survived', () => {
    expect(raceMarkdown(crashRace, 'results/r1')).toContain('❌ conservation: a unit is gone, and nobody has it')
  })

  it('has no mention, no HTML, no border and no fence of anybody else', () => {
    const text = raceMarkdown(hostileRace, 'results/```\n@all')
    expect(text.match(/^```/gm)).toHaveLength(4)
    const words = text.replaceAll(/```[a-z]+\n[^]*?\n```/g, '').replaceAll(/<\/?(?:details|summary)>/g, '')
    expect(words).not.toMatch(/@all|<|[^\\]`@/)
    expect(words).toContain('&lt;/details&gt;')
  })
})

describe('a race as JUnit', () => {
  const casesOf = (record: RaceRecord): Record<string, unknown>[] => {
    const xml = raceJunit(record)
    expect(XMLValidator.validate(xml)).toBe(true)
    const parsed = new XMLParser({
      ignoreAttributes: false,
      attributeNamePrefix: '',
      isArray: (name) => name === 'testcase' || name === 'testsuite',
    }).parse(xml) as { testsuites: { testsuite: { testcase: Record<string, unknown>[] }[] } }
    return parsed.testsuites.testsuite.flatMap(({ testcase }) => testcase)
  }
  const outcomesOf = (record: RaceRecord): string[] =>
    casesOf(record).map((one) => {
      const outcome = ['failure', 'error', 'skipped'].find((kind) => kind in one) ?? 'pass'
      return `${one['name'] as string}: ${outcome}`
    })

  it('has a case for each stock, and the steps where it failed', () => {
    const record = raceOf({ parts: [wrongPartOf(racedOrder), partOf({ stock: 2 })], verdict: 'wrong' })
    expect(outcomesOf(record)).toEqual(['2 buyers for 1 unit: failure', '2 buyers for 2 units: pass'])
    expect(raceJunit(record)).toContain('\n   buyer 2 is told: sold')
  })

  it('makes an error of what was not tried to its end, unless less was to do', () => {
    expect(outcomesOf(partialRace)).toEqual(['2 buyers for 1 unit: error'])
    expect(outcomesOf({ ...partialRace, verdict: 'passed' })).toEqual(['2 buyers for 1 unit: pass'])
    expect(outcomesOf(unsteadyRace)).toEqual(['2 buyers for 1 unit: error'])
  })

  it('misses a stock that was never begun', () => {
    const { terms } = raceOf()
    const record = raceOf({ terms: { ...terms, stocks: [1, 2] }, verdict: 'interrupted' })
    expect(outcomesOf(record)).toEqual(['2 buyers for 1 unit: pass', '2 buyers for 2 units: error'])
  })

  it('has a case for crashes, which fails by itself', () => {
    expect(outcomesOf(crashRace)).toEqual(['2 buyers for 1 unit: pass', 'crashes, 2 buyers for 1 unit: failure'])
  })

  it('has a case for crashes of an order that was kept only where they were tried in its place', () => {
    const replayOf = { raceId: 'r0', file: 'kept/race.json' }
    const again = crashRace.parts.map((part) => ({ ...part, wrong: 1, crashes: [] }))
    expect(outcomesOf({ ...crashRace, parts: again, replayOf })).toEqual(['2 buyers for 1 unit: failure'])
    const notFollowed = { step: 1, sentence: 'step 1: expected GET, found nothing' }
    const parts = crashRace.parts.map((part) => ({ ...part, notFollowed }))
    expect(outcomesOf({ ...crashRace, parts, replayOf })).toHaveLength(2)
  })

  it('passes no crashes of which some places were left out', () => {
    const [part] = crashRace.parts
    const kept = {
      ...part!,
      shortest: null,
      crashes: [{ ...part!.crashes[0]!, failed: [] }],
      crashesLeft: 'ended',
    } as const
    const record = { ...crashRace, parts: [kept], verdict: 'environment' } as const
    expect(outcomesOf(record)[1]).toBe('crashes, 2 buyers for 1 unit: error')
  })

  it('is well-formed whatever a store or a server says', () => {
    expect(outcomesOf(hostileRace)).toEqual(['2 buyers for 1 unit: failure'])
    expect(raceJunit(hostileRace).replaceAll('\n', '')).not.toMatch(/\p{Cc}/u)
  })
})
