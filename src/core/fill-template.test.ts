import { describe, expect, it } from 'vitest'
import { escapeValue, fillTemplate } from './fill-template.ts'

describe('a filled template', () => {
  it('holds each value as the place wants it', () => {
    const values: Record<string, string | number> = { name: `a "b" & c/d (e)`, quantity: 2 }
    const valueOf = (name: string): string | number => values[name]!
    const one = (as: 'plain' | 'url' | 'json-text' | 'json-value'): string =>
      fillTemplate(['<', { value: 'name', as }, '>'], valueOf)
    expect(one('plain')).toBe(`<a "b" & c/d (e)>`)
    expect(one('url')).toBe('<a%20%22b%22%20%26%20c%2Fd%20%28e%29>')
    expect(one('json-text')).toBe(`<a \\"b\\" & c/d (e)>`)
    expect(one('json-value')).toBe(`<"a \\"b\\" & c/d (e)">`)
  })

  it('keeps a number a number only in place of a whole JSON value', () => {
    expect(escapeValue(2, 'json-value')).toBe('2')
    expect(escapeValue('2', 'json-value')).toBe('"2"')
  })
})
