import { describe, expect, it } from 'vitest'
import { whyPatternMayHang } from './pattern-cost.ts'

describe('a pattern', () => {
  it.each([
    '(x+)+',
    '(x+)+$',
    '(?:x*)*',
    '(?<a>\\d+)*y',
    '((a+)b?)+',
    '(\\w+\\s?)*$',
    '(x+){2,}',
    '(x+){5}',
    '(a?){30}',
    '(a|a)*',
    '(a|ab)+',
    '(\\w|\\d)+',
    '(?:(?:a|b+))*',
    '([)]+)+',
    '(\\)+)+',
    '.*.*x',
    '(.*)(.*)x',
    '.*\\d+x',
    '\\w+\\w*x',
  ])('%s is refused', (pattern) => {
    expect(whyPatternMayHang(pattern)).toMatch(/could take for ever/)
  })

  it.each([
    'order no (\\d+)',
    '^sold( out)?$',
    '(x+)?y',
    '(x+)y+',
    '.*a.*b',
    '.*|.*x',
    '\\d+ \\d+',
    '(?:\\d{1,3}\\.){3}\\d{1,3}',
    '(ab)+',
    '(a|b)*',
    '(gone|sold out|none left)',
    '(?=.*a).*b',
    '[(x+)+]',
    '\\(x+\\)+',
    '^\\p{Lu}.$',
    '"id":"([0-9a-f-]{36})"',
    '(?<id>[^"]*)"',
    '[\\]+]+',
    '\\u{1F600}+',
    '',
  ])('%s is taken', (pattern) => {
    expect(() => new RegExp(pattern, 'u')).not.toThrow()
    expect(whyPatternMayHang(pattern)).toBeNull()
  })
})
