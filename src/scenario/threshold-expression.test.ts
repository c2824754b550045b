import { describe, expect, it } from 'vitest'
import { METRICS } from './metrics.ts'
import { parseThreshold } from './threshold-expression.ts'

function parsed(expression: string) {
  const result = parseThreshold(expression)
  if (!result.ok) throw new Error(result.sentence)
  return result.threshold
}

function sentenceOf(expression: string): string {
  const result = parseThreshold(expression)
  return result.ok ? 'no problem' : result.sentence
}

describe('a threshold', () => {
  it.each([
    ['p99 < 42ms', 'p99', '<', 42, 'each'],
    ['p99<42ms', 'p99', '<', 42, 'each'],
    ['  p999  <=  1.5s ', 'p999', '<=', 1_500, 'each'],
    ['max < 250us', 'max', '<', 0.25, 'each'],
    ['service.mean < 3ms', 'service.mean', '<', 3, 'each'],
    ['errorRate < 0.1%', 'errorRate', '<', 0.001, 'each'],
    ['errorRate == 0', 'errorRate', '==', 0, 'each'],
    ['achieved >= 99%', 'achieved', '>=', 0.99, 'each'],
    ['achieved >= 0.99', 'achieved', '>=', 0.99, 'each'],
    ['achieved > 12000/s', 'achievedRate', '>', 12_000, 'each'],
    ['achieved >= 5000 / s', 'achievedRate', '>=', 5_000, 'each'],
    ['achievedRate > 12000/s', 'achievedRate', '>', 12_000, 'each'],
    ['achievedRate > 12000', 'achievedRate', '>', 12_000, 'each'],
    ['unsold == 0', 'unsold', '==', 0, 'each'],
    ['each: dropped == 0', 'dropped', '==', 0, 'each'],
    ['whole: sold >= 100', 'sold', '>=', 100, 'whole'],
    ['step 1: p50 < 1ms', 'p50', '<', 1, 0],
    ['step 12 : p50 < 1ms', 'p50', '<', 1, 11],
  ])('%s', (expression, metric, comparison, limit, scope) => {
    expect(parsed(expression)).toEqual({ expression, metric, comparison, limit, scope })
  })

  it.each([
    ['', 'expected a metric', 'character 1 of ""'],
    ['p98 < 42ms', 'there is no metric "p98"; did you mean p90?', 'character 1 of'],
    ['erorRate < 1%', 'did you mean errorRate?', 'character 1 of'],
    ['constructor < 1', 'there is no metric "constructor"', 'character 1 of'],
    ['p99 ~ 42ms', 'expected <, <=, >, >= or ==, got "~"', 'character 5 of'],
    ['p99 != 42ms', 'expected <, <=, >, >= or ==, got "!="', 'character 5 of'],
    ['p99', 'expected <, <=, >, >= or ==, got nothing', 'character 4 of'],
    ['p99 42ms', 'expected <, <=, >, >= or ==, got "4"', 'character 5 of'],
    ['p99 <', 'p99 is compared with a duration with its unit', 'character 6 of'],
    ['p99 < 42', 'such as 42ms or 1.5s, got "42"', 'character 7 of'],
    ['p99 < -1ms', 'got "-1ms"', 'character 7 of'],
    ['p99 < 42ms and more', 'got "42ms and more"', 'character 7 of'],
    ['errorRate < 101%', 'errorRate is compared with a share', 'character 13 of'],
    ['errorRate < 1.5', 'errorRate is compared with a share', 'character 13 of'],
    ['achievedRate > 5ms', 'achievedRate is compared with a rate per second', 'character 16 of'],
    ['unsold == 0.5', 'unsold is compared with a whole number', 'character 11 of'],
    ['unsold == 1%', 'unsold is compared with a whole number', 'character 11 of'],
    ['step 0: p99 < 1ms', 'expected "step N" (counted from 1), "each" or "whole"', 'character 1 of'],
    [' stage 1: p99 < 1ms', 'expected "step N"', 'character 2 of'],
    ['step 1 p99 < 1ms', 'there is no metric "step"', 'character 1 of'],
    [`p99 < ${'4'.repeat(300)}ms`, 'at most 200 characters', 'character 201 of'],
  ])('%s is refused with its position', (expression, what, where) => {
    expect(sentenceOf(expression)).toContain(what)
    expect(sentenceOf(expression)).toContain(where)
  })

  it('of an unknown metric comes with the list of the known ones', () => {
    for (const metric of Object.keys(METRICS)) expect(sentenceOf('nothing < 1')).toContain(metric)
  })

  it.each(Object.entries(METRICS))('can be about %s', (name, { unit }) => {
    const value = { ms: '1ms', share: '1%', perSecond: '1/s', count: '1' }[unit]
    expect(parsed(`${name} < ${value}`).metric).toBe(name)
  })
})
