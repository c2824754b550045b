import { describe, expect, it } from 'vitest'
import { CHECK_NAMES } from '../core/check.ts'
import type { RaceRecord } from '../core/race-record.ts'
import { visibleWidth } from './plain-text.ts'
import { coverageWords, raceHeadline } from './race-words.ts'
import { renderRace } from './race-terminal.ts'
import {
  articleOrder,
  crashRace,
  lockedOrder,
  partialRace,
  partOf,
  racedOrder,
  raceOf,
  unsteadyRace,
  wrongPartOf,
  wrongRace,
} from './testing/race-records.ts'

const style = { color: false, width: 120, directory: 'results/r1' }

function headline(record: RaceRecord): string {
  const { word, rest } = raceHeadline(record)
  return word + rest
}

describe('the headline of a race', () => {
  it('says how many orders were wrong, and in which way', () => {
    expect(headline(wrongRace)).toBe('WRONG: 2 of 6 orders of 2 buyers for 1 unit oversell it')
    const one = wrongPartOf(racedOrder, { wrong: 1, tried: 3, coverage: 'stopped-at-first' })
    expect(headline(raceOf({ parts: [one], verdict: 'wrong' }))).toBe(
      'WRONG: 1 of the first 3 orders of 2 buyers for 1 unit oversells it',
    )
    const first = wrongPartOf(racedOrder, { wrong: 1, tried: 1, coverage: 'stopped-at-first' })
    expect(headline(raceOf({ parts: [first], verdict: 'wrong' }))).toBe(
      'WRONG: the first order of 2 buyers for 1 unit oversells it',
    )
  })

  it('says how many orders with somebody late were tried beside them, or were wrong', () => {
    const late = { tried: 18, wrong: 0, coverage: 'preemption-bound' } as const
    expect(headline(raceOf({ parts: [partOf({ tried: 8, late })] }))).toBe(
      'RIGHT: all 8 orders of 2 buyers for 1 unit (and 18 with a late buyer or reply)',
    )
    const wrong = { ...partOf({ tried: 8, late: { ...late, wrong: 1 } }), shortest: racedOrder }
    expect(headline(raceOf({ parts: [wrong], verdict: 'wrong' }))).toBe(
      'WRONG: 1 of 18 orders of 2 buyers for 1 unit in which a buyer or a reply is late oversells it',
    )
  })

  it('names the worst of orders that are wrong in several ways, and the other stocks', () => {
    const { ends } = wrongPartOf(racedOrder)
    const another = { sentence: '0 sold', failed: ['sold-through'], orders: 1 } as const
    const parts = [
      wrongPartOf(racedOrder, { wrong: 3, ends: [...ends, another] }),
      wrongPartOf(racedOrder, { stock: 2 }),
    ]
    expect(headline(raceOf({ parts, verdict: 'wrong' }))).toBe(
      'WRONG: 3 of 6 orders of 2 buyers for 1 unit are wrong, the shortest of them oversells it; wrong for 2 units, too',
    )
  })

  it('says of each stock that all its orders are right', () => {
    expect(headline(raceOf({ parts: [partOf({ tried: 36 })] }))).toBe('RIGHT: all 36 orders of 2 buyers for 1 unit')
    expect(headline(raceOf({ parts: [partOf({ tried: 36 }), partOf({ stock: 2, tried: 40 })] }))).toBe(
      'RIGHT: all 36 orders of 2 buyers for 1 unit, all 40 orders for 2 units',
    )
    expect(headline(raceOf({ parts: [partOf({ tried: 1 })] }))).toBe('RIGHT: the only order of 2 buyers for 1 unit')
  })

  it.each([
    ['one-user', '2 buys of one user'],
    ['double-click', '2 clicks of one buyer'],
  ] as const)('says who comes: %s', (crowd, words) => {
    const record = raceOf()
    expect(headline({ ...record, terms: { ...record.terms, crowd } })).toContain(`orders of ${words} for 1 unit`)
  })

  it('never calls right what was not tried to its end', () => {
    expect(headline(partialRace)).toBe(
      'NOT A PROOF: 8,000 of an unknown number of orders of 2 buyers for 1 unit in 30s, none wrong',
    )
    expect(headline({ ...partialRace, verdict: 'passed' })).toMatch(/^NONE WRONG: 8,000 of an unknown number/)
    const record = raceOf({ parts: [partOf({ coverage: 'preemption-bound' })], verdict: 'inconclusive' })
    expect(headline({ ...record, terms: { ...record.terms, preemptions: 2 } })).toBe(
      'NOT A PROOF: all 6 orders of 2 buyers for 1 unit with at most 2 preemptions, none wrong',
    )
    expect(headline(raceOf({ parts: [], verdict: 'inconclusive' }))).toBe('NO ANSWER: no order was tried')
  })

  it('says at which step one order went two ways', () => {
    expect(headline(unsteadyRace)).toMatch(
      /^NONDETERMINISTIC at step 3 of an order that was run twice: expected buyer 1 #2/,
    )
  })

  it('tells of crashes', () => {
    expect(headline(crashRace)).toBe('WRONG: 1 of 3 crashes of 2 buyers for 1 unit loses count of the units')
    const { crashes } = crashRace.parts[0]!
    expect(headline(raceOf({ parts: [partOf({ crashes: crashes.slice(0, 1) })] }))).toBe(
      'RIGHT: all 6 orders of 2 buyers for 1 unit and 1 crash',
    )
  })

  it('of an order that was run again says what became of it', () => {
    const replayOf = { raceId: 'r0', file: 'kept/race.json' }
    expect(headline({ ...wrongRace, replayOf })).toBe('WRONG: the order in kept/race.json still oversells it')
    expect(wrongRace.parts.map((part) => coverageWords(part, { ...wrongRace, replayOf }))).toEqual([
      'the order that was kept, and nothing else, as it is still wrong',
    ])
  })

  it('of an order that is not wrong any more tells of the search behind it, and why', () => {
    const replayOf = { raceId: 'r0', file: 'kept/race.json' }
    const notFollowed = { step: 2, sentence: 'step 2: expected buyer 1 #2 (GET), found nothing of buyer 1' }
    const searched = partOf({ notFollowed })
    expect(headline(raceOf({ parts: [searched], replayOf }))).toBe('RIGHT: all 6 orders of 2 buyers for 1 unit')
    const both = raceOf({ parts: [partOf({ notFollowed: null }), partOf({ stock: 2, notFollowed })], replayOf })
    expect(headline(both)).toBe('RIGHT: all 6 orders of 2 buyers for 1 unit, all 6 orders for 2 units')
    expect(both.parts.map((part) => coverageWords(part, both))).toEqual([
      expect.stringMatching(/^every order .*; the order that was kept ends right now$/) as string,
      expect.stringMatching(/^every order .* can't be followed any more: step 2: expected buyer 1 #2/) as string,
    ])
    const wrong = { ...wrongRace, parts: wrongRace.parts.map((part) => ({ ...part, notFollowed })), replayOf }
    expect(headline(wrong)).toBe(headline(wrongRace))
  })

  it('tells of one that was interrupted, and of one whose server could not be started', () => {
    const interrupted = raceOf({ parts: [partOf({ coverage: 'interrupted' })], verdict: 'interrupted' })
    expect(headline(interrupted)).toMatch(/^INTERRUPTED: 6 of an unknown number .*, none wrong so far$/)
    const ended = raceOf({ parts: [], verdict: 'environment', notes: ['the server did not start'] })
    expect(headline(ended)).toBe('ENDED EARLY: the server did not start')
    expect(headline({ ...wrongRace, verdict: null, status: 'running' })).toMatch(/^WRONG/)
  })

  it.each(CHECK_NAMES)('has words for an order that fails %s, and for two', (check) => {
    const record = (wrong: number) => {
      const ends = [{ sentence: '', failed: [check], orders: wrong }]
      return raceOf({ parts: [partOf({ wrong, ends })], verdict: 'wrong' })
    }
    const [one, two] = [headline(record(1)), headline(record(2))]
    expect(one.replace('1 of', '2 of')).not.toBe(two)
    expect(one).toMatch(/for 1 unit [a-z]+s /)
  })
})

describe('a race on the terminal', () => {
  const text = renderRace(wrongRace, style)

  it('begins with the answer, and has the shortest order as a table', () => {
    expect(text).toMatch(/^WRONG: 2 of 6 orders/)
    expect(text).toMatch(/^step {2}who +store call +result +stock$/m)
    expect(text).toMatch(
      /^ {3}1 {2}buyer 1 comes {2}SELECT s\.remaining, s\.version.* \.\.\. \[r-1, s-1\] +1 row: 1, 0, NULL +1$/m,
    )
    expect(text).toMatch(/^ {3}4 {2}buyer 2 +SELECT o_code.* +1 row: sold, o-2 +0$/m)
    expect(text).toMatch(/^ +buyer 2 is told: sold$/m)
  })

  it('says why it is wrong, how often it came to that, and how it is run again', () => {
    expect(text).toContain('OVERSOLD by 1: 2 orders of 1 unit')
    expect(text).toContain('run again 5 times, it ended in the same way each time')
    expect(text).toContain('again: npx doorbuster race --replay results/r1/race.json')
    expect(text).toMatch(/^ +2 {2}2 sold; 2 orders, 0 left +no-oversell$/m)
  })

  it('has no character beyond ASCII, and none that does something', () => {
    for (const record of [wrongRace, crashRace, partialRace, unsteadyRace]) {
      expect(renderRace(record, style).replaceAll('\n', '')).toMatch(/^[ -~]*$/)
    }
  })

  it.each([40, 60, 80, 140])('is no wider than %i columns', (width) => {
    for (const shortest of [racedOrder, lockedOrder, articleOrder]) {
      const record = raceOf({ parts: [wrongPartOf(shortest)], verdict: 'wrong' })
      const wide = renderRace(record, { ...style, width })
        .split('\n')
        .filter((line) => visibleWidth(line) > width)
      expect(wide.filter((line) => !/^(again|files):/.test(line))).toEqual([])
    }
    const lines = renderRace(crashRace, { ...style, width }).split('\n')
    expect(lines.filter((line) => visibleWidth(line) > width && !/^(again|files):/.test(line))).toEqual([])
  })

  it('shows what a crash left, what was not survived first', () => {
    const crash = renderRace(crashRace, style)
    expect(crash).toMatch(/^place +call +what became of the sale\nstep 2 \(buyer 1 #2\), killed after it +SELECT/m)
    expect(crash).toContain('the server is killed when the call of step 2 was made and its reply has not come')
    expect(crash).toMatch(/killed before it +SELECT .* kept$/m)
  })

  it('of one that found nothing says what was tried, and how to try it again', () => {
    const right = renderRace(raceOf({ command: ['--strategy', 'naive'] }), style)
    expect(right).toContain(
      '1 unit: 6 orders tried: every order of store calls; of those that differ only in what nobody can tell apart, one\n',
    )
    expect(right).toContain('1 unit: none in which a buyer or a reply is late')
    const unsure = { ...racedOrder, replays: { tried: 3, same: 1 } }
    const difference = { step: 4, sentence: 'step 4: expected buyer 2 #2 (UPDATE), found nothing of buyer 2' }
    const seen = renderRace(raceOf({ parts: [{ ...wrongPartOf(unsure), nondeterminism: difference }] }), style)
    expect(seen).toContain('in 1 of them, so it was seen, and is no proof: nondeterministic at step 4:')
    expect(seen).not.toContain('--replay')
    const why = 'in no order was anything sold'
    const nothing = raceOf({ parts: [partOf({ coverage: 'no-answer', noAnswer: why })], verdict: 'inconclusive' })
    expect(renderRace(nothing, style)).toContain(`NO ANSWER: ${why}`)
    const late = { tried: 12, wrong: 0, coverage: 'preemption-bound' } as const
    expect(renderRace(raceOf({ parts: [partOf({ late })] }), style)).toContain(
      '1 unit: 12 orders in which a buyer or a reply is late',
    )
    expect(right).toContain('again: npx doorbuster race --strategy naive')
    expect(renderRace(partialRace, style)).toContain('120 others given up: as many orders as the time allowed')
  })
})
