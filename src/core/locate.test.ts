import { describe, expect, it } from 'vitest'
import type { OutcomeRule, ValueTest } from './buyer-protocol.ts'
import { type Answer, fits, locate, valueAtPointer } from './locate.ts'

function answer(body: string, headers: Readonly<Record<string, readonly string[]>> = {}, status = 200): Answer {
  return { status, header: (name) => headers[name] ?? [], body }
}

describe('a JSON pointer', () => {
  const document = { a: { 'b/c': [10, { '~d': null }] }, '': 'empty' }

  it.each([
    ['', document],
    ['/', 'empty'],
    ['/a/b~1c/0', 10],
    ['/a/b~1c/1/~0d', null],
  ])('%j finds what stands there', (pointer, value) => {
    expect(valueAtPointer(document, pointer)).toEqual(value)
  })

  it.each(['/b', '/a/b~1c/2', '/a/b~1c/00', '/a/b~1c/-', '/a/b~1c/length', '/a/b~1c/0/x', '/toString'])(
    '%j finds nothing',
    (pointer) => {
      expect(valueAtPointer(document, pointer)).toBeUndefined()
    },
  )
})

describe('a locator', () => {
  it('finds values in JSON, headers, cookies and bodies', () => {
    const given = answer('{"id":9007199254740993}', {
      location: ['/orders/7'],
      'set-cookie': ['a=1; Path=/', 'sid=earlier', 'sid=x=y; HttpOnly'],
    })
    expect(locate({ in: 'json', pointer: '/id' }, given)).toBe('9007199254740993')
    expect(locate({ in: 'header', name: 'location' }, given)).toBe('/orders/7')
    expect(locate({ in: 'cookie', name: 'sid' }, given)).toBe('x=y')
    expect(locate({ in: 'body', pattern: String.raw`"id":(\d{4})` }, given)).toBe('9007')
    expect(locate({ in: 'body', pattern: 'i.' }, given)).toBe('id')
  })

  it('finds nothing where nothing is', () => {
    const given = answer('no JSON')
    expect(locate({ in: 'json', pointer: '/id' }, given)).toBeUndefined()
    expect(locate({ in: 'header', name: 'location' }, given)).toBeUndefined()
    expect(locate({ in: 'cookie', name: 'sid' }, given)).toBeUndefined()
    expect(locate({ in: 'body', pattern: 'x' }, given)).toBeUndefined()
  })
})

describe('a rule', () => {
  const rule = (is: ValueTest, pointer = '/n'): Pick<OutcomeRule, 'status' | 'where'> => ({
    status: [{ from: 200, to: 204 }],
    where: [{ at: { in: 'json', pointer }, is }],
  })

  it('fits by status and values, both', () => {
    expect(fits(rule({ oneOf: [0, null] }), answer('{"n":0}'))).toBe(true)
    expect(fits(rule({ oneOf: [0, null] }), answer('{"n":null}', {}, 204))).toBe(true)
    expect(fits(rule({ oneOf: [0, null] }), answer('{"n":0}', {}, 205))).toBe(false)
    expect(fits(rule({ oneOf: [0, null] }), answer('{"n":1}'))).toBe(false)
    expect(fits({ status: null, where: [] }, answer('', {}, 500))).toBe(true)
  })

  it('tells types apart in JSON, and nowhere else, since there are none', () => {
    expect(fits(rule({ oneOf: [0] }), answer('{"n":"0"}'))).toBe(false)
    const byHeader = { status: null, where: [{ at: { in: 'header', name: 'left' }, is: { oneOf: [0] } }] } as const
    expect(fits(byHeader, answer('', { left: ['0'] }))).toBe(true)
    expect(fits(byHeader, answer('', { left: ['00'] }))).toBe(false)
  })

  it('tests by pattern and by being there', () => {
    expect(fits(rule({ matches: '^1' }), answer('{"n":12}'))).toBe(true)
    expect(fits(rule({ matches: '' }), answer('{"n":{}}'))).toBe(false)
    expect(fits(rule({ exists: true }), answer('{"n":null}'))).toBe(true)
    expect(fits(rule({ exists: false }), answer('{"n":null}'))).toBe(false)
    expect(fits(rule({ exists: false }), answer('{}'))).toBe(true)
  })
})
