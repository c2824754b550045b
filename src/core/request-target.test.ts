import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { requestBaseOf, requestTarget } from './request-target.ts'

const base = requestBaseOf('http://127.0.0.1:18081/api/')

describe('a path that the target gave', () => {
  it.each([
    ['/orders/1?a=b', '/api/orders/1?a=b'],
    ['/api/orders/1', '/api/orders/1'],
    ['/apis/1', '/api/apis/1'],
    ['/api', '/api'],
    ['http://127.0.0.1:18081/api/orders/1?x#top', '/api/orders/1?x'],
    ['HTTP://127.0.0.1:18081/other', '/other'],
    ['http://127.0.0.1:18081', '/'],
    ['http://127.0.0.1:18081?x', '/?x'],
  ])('%s is asked for as %s', (text, target) => {
    expect(requestTarget(text, base)).toBe(target)
  })

  it.each([
    '@127.0.0.1:18090/steal',
    ':18090/steal',
    '.evil.test/',
    '//127.0.0.1:18090/steal',
    '/\\127.0.0.1:18090/steal',
    'http://127.0.0.1:18090/steal',
    'https://127.0.0.1:18081/x',
    'http://127.0.0.1:18081@127.0.0.1:18090/',
    'http://user@127.0.0.1:18081/',
    'http://127.0.0.1:18081.evil.test/',
    'http:/\\127.0.0.1:18081/x',
    'ftp://127.0.0.1:18081/',
    'orders/1',
    't-1',
    '',
    '/a b',
    '/é',
  ])('%s is not asked for', (text) => {
    expect(requestTarget(text, base)).toBeNull()
  })

  it('is known by its origin with a default port, too', () => {
    expect(requestTarget('https://shop.test:443/a', requestBaseOf('https://Shop.test'))).toBe('/a')
    expect(requestTarget('http://shop.test:443/a', requestBaseOf('http://shop.test'))).toBeNull()
  })

  it('never leads to another origin, whatever it is', () => {
    const piece = fc.constantFrom(
      '/',
      '\\',
      '@',
      ':',
      '?',
      '#',
      'http:',
      '//',
      '127.0.0.1',
      ':18081',
      ':80',
      '.',
      'a',
      '%2f',
    )
    const text = fc.oneof(
      fc.array(piece, { maxLength: 9 }).map((pieces) => pieces.join('')),
      fc.string(),
    )
    const staysHome = fc.property(text, (given) => {
      const target = requestTarget(given, base)
      if (target === null) return true
      const isOwn = !/^http/i.test(given) || new URL(given).origin === base.origin
      return isOwn && target.startsWith('/') && new URL(base.origin + target).origin === base.origin
    })
    expect(() => fc.assert(staysHome, { numRuns: 5_000 })).not.toThrow()
  })
})
