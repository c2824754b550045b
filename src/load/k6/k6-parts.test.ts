import { describe, expect, it } from 'vitest'
import { OUTCOME_CODES } from '../../core/history.ts'
import { K6_EXITS, k6Exit } from './exit-codes.ts'
import { parseHistoryLine } from './history-line.ts'
import { k6Arguments, k6Environment, segmentOf } from './k6-environment.ts'
import { gapBetween, intersection, measureOffsetNs, middleOf } from './wall-clock.ts'

describe('exit codes', () => {
  it.each([
    [0, 'whole'],
    [99, 'whole'],
    [105, 'ended-by-signal'],
    [104, 'failed'],
    [107, 'failed'],
    [108, 'failed'],
    [109, 'failed'],
    [1, 'failed'],
  ])('%d means %s', (code, means) => expect(k6Exit(code).means).toBe(means))

  it('are all that the source of k6 lists', () => {
    expect(Object.keys(K6_EXITS).map(Number)).toEqual([
      0, 97, 98, 99, 100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110,
    ])
  })
})

describe('a line', () => {
  it('of a sold buy is read, whatever its order id holds', () => {
    expect(parseHistoryLine('@ 7 12.5 13.000125 201 sold - "o 1\\n"')).toEqual({
      is: 'request',
      row: 7,
      sentMs: 12.5,
      doneMs: 13.000125,
      httpStatus: 201,
      outcome: OUTCOME_CODES.indexOf('sold'),
      code: '',
      shownStock: 0,
      orderId: 'o 1\n',
    })
  })

  it('of a sample holds its text, or is none of ours', () => {
    expect(parseHistoryLine('? "no rule fits: 500 a\\nb"')).toEqual({ is: 'sample', text: 'no rule fits: 500 a\nb' })
    expect(parseHistoryLine('? "cut o')).toBeNull()
    expect(parseHistoryLine('? really')).toBeNull()
  })

  it('of a read holds the stock, of a refusal its code', () => {
    expect(parseHistoryLine('@ 0 1 2 200 shown - -4')).toMatchObject({ shownStock: -4, orderId: null })
    expect(parseHistoryLine('@ 0 1 2 503 refused BUSY -')).toMatchObject({ code: 'BUSY', orderId: null })
  })

  it('of the clock and the end is read', () => {
    expect(parseHistoryLine('# clock 1700 1.5 1.75')).toEqual({ is: 'clock', wallMs: 1700, fromMs: 1.5, toMs: 1.75 })
    expect(parseHistoryLine('# end 41 3 1')).toEqual({ is: 'end', iterations: 41, dropped: 3 })
  })

  it.each(['time="x" level=error', '@ 1 2', '@ 1 2 3 200 stolen - -', ''])('%j is none of ours', (line) => {
    expect(parseHistoryLine(line)).toBeNull()
  })
})

describe('what k6 is started with', () => {
  it('keeps where metrics go, and nothing that changes the load', () => {
    const env = {
      PATH: '/bin',
      K6_VUS: '9',
      K6_DURATION: '1s',
      K6_LOG_OUTPUT: 'none',
      K6_OUT: 'json',
      K6_PROMETHEUS_RW_SERVER_URL: 'u',
      HTTP_PROXY: 'http://elsewhere',
      https_proxy: 'http://elsewhere',
      ALL_PROXY: 'socks5://elsewhere',
      no_proxy: 'localhost',
    }
    expect(k6Environment(env, { GATE: 'g' })).toEqual({
      PATH: '/bin',
      K6_OUT: 'json',
      K6_PROMETHEUS_RW_SERVER_URL: 'u',
      GATE: 'g',
      NO_PROXY: '*',
      K6_NO_USAGE_REPORT: 'true',
      K6_AUTO_EXTENSION_RESOLUTION: 'false',
    })
  })

  it('names a segment only where there are several', () => {
    expect(segmentOf(0, 1)).toBeNull()
    expect(segmentOf(2, 3)).toEqual({ segment: '2/3:1', sequence: '0,1/3,2/3,1' })
    expect(k6Arguments({ script: 's', config: 'c', segment: null })).not.toContain('--execution-segment')
    expect(k6Arguments({ script: 's', config: 'c', segment: segmentOf(0, 2) })).toContain('0:1/2')
  })
})

describe('the wall clock', () => {
  it('is known to some microseconds at its edges, though it shows whole milliseconds', () => {
    let ns = 0
    const clocks = { nowNs: () => (ns += 300), wallMs: () => 1_700_000 + Math.floor((ns + 123_456) / 1e6) }
    const offset = measureOffsetNs(clocks)
    const truth = -1_700_000e6 - 123_456
    expect(offset.high - offset.low).toBeLessThan(2_000)
    expect(offset.low).toBeLessThanOrEqual(truth)
    expect(offset.high).toBeGreaterThanOrEqual(truth)
  })

  it('was set where what was measured before and after is apart', () => {
    expect(gapBetween({ low: 0, high: 2 }, { low: 1, high: 3 })).toBe(0)
    expect(gapBetween({ low: 0, high: 2 }, { low: 5, high: 6 })).toBe(3)
    expect(
      intersection([
        { low: 0, high: 2 },
        { low: 5, high: 6 },
      ]),
    ).toBeNull()
    expect(middleOf({ low: 2, high: 4 })).toBe(3)
  })
})
