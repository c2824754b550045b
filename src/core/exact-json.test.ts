import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseExactJson } from './exact-json.ts'

describe('exact JSON', () => {
  it('keeps integers that a double would round, as text, and leaves the others numbers', () => {
    expect(parseExactJson('{"id":9007199254740993,"n":-12345678901234567890,"small":9007199254740991}')).toEqual({
      id: '9007199254740993',
      n: '-12345678901234567890',
      small: 9007199254740991,
    })
  })

  it('leaves texts, fractions and exponents as they are', () => {
    const text = String.raw`["9007199254740993","a\"9007199254740993",0.12345678901234567890,1234567890123456.5,1234567890123456e2]`
    expect(parseExactJson(text)).toEqual(JSON.parse(text))
  })

  it('is JSON.parse for everything that a double holds', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value)
        fc.pre(!/\d{16}/.test(text.replaceAll(/"(?:[^"\\]|\\.)*"/g, '')))
        expect(parseExactJson(text)).toEqual(JSON.parse(text))
      }),
    )
  })

  it('throws for what is no JSON', () => {
    expect(() => parseExactJson('{"id":9007199254740993')).toThrow(SyntaxError)
    expect(() => parseExactJson('')).toThrow(SyntaxError)
  })
})
