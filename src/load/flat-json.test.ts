import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FlatJson } from './flat-json.ts'

const flatJson = new FlatJson()

/** What JSON.parse makes of the text; undefined if it isn't JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

type Agreement = 'left to JSON.parse' | 'same' | 'different'

/** What `scan` makes of the text, held against JSON.parse. */
function compare(text: string): Agreement {
  const padded = Buffer.from(`#${text}#`)
  if (!flatJson.scan(padded, 1, padded.length - 1)) return 'left to JSON.parse'
  const reference = parsed(text)
  if (typeof reference !== 'object' || reference === null || Array.isArray(reference)) return 'different'
  const members = reference as Record<string, unknown>
  const isSame = [...Object.keys(members), 'absent'].every((key) =>
    Object.is(flatJson.get(key), Object.hasOwn(members, key) ? members[key] : undefined),
  )
  return isSame ? 'same' : 'different'
}

describe('flat JSON', () => {
  it('takes the answers of the contract', () => {
    for (const answer of [
      { orderId: '0190f3c2-7c1e', status: 'confirmed', replayed: false },
      { type: 'urn:doorbuster:problem:sold-out', title: 'Sold out', status: 409, code: 'SOLD_OUT', effect: 'none' },
      { sku: 'step-1', stock: -3 },
      {},
    ]) {
      expect(compare(JSON.stringify(answer))).toBe('same')
      expect(compare(JSON.stringify(answer, null, 2))).toBe('same')
    }
  })

  it('lets the last of two members with one key count, as JSON.parse does', () => {
    expect(compare('{"stock":1,"stock":2}')).toBe('same')
    expect(flatJson.get('stock')).toBe(2)
  })

  it.each([
    '',
    '{',
    '[]',
    'null',
    '{"a":1}x',
    '{"a":1,}',
    '{"a":01}',
    '{"a":-}',
    '{"a":1.5}',
    '{"a":1e3}',
    '{"a":1234567890123456}',
    '{"a":"\\n"}',
    '{"a":"\t"}',
    '{"a":"é"}',
    '{"a":{}}',
    '{"a":[1]}',
    '{"a":tru}',
    '{"a":nullx}',
    '{a:1}',
    "{'a':1}",
    '{"a" 1}',
    '\uFEFF{"a":1}',
  ])('leaves %j to JSON.parse', (text) => {
    expect(compare(text)).toBe('left to JSON.parse')
  })

  it('leaves an object of many members to JSON.parse', () => {
    const members = (count: number): string =>
      JSON.stringify(Object.fromEntries(Array.from({ length: count }, (_, i) => [`m${i}`, i])))
    expect(compare(members(16))).toBe('same')
    expect(compare(members(17))).toBe('left to JSON.parse')
  })

  it('never means anything else than JSON.parse: objects', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 1 }), (text) => {
        expect(compare(text)).not.toBe('different')
      }),
      { numRuns: 2_000 },
    )
  })

  it('never means anything else than JSON.parse: pieces of JSON in any order', () => {
    const piece = fc.constantFrom(
      '{',
      '}',
      '"a"',
      '"b"',
      ':',
      ',',
      ' ',
      '1',
      '-',
      '0',
      '.',
      'true',
      'null',
      '"',
      '\\',
      'é',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        expect(compare(pieces.join(''))).not.toBe('different')
      }),
      { numRuns: 5_000 },
    )
  })

  it('never means anything else than JSON.parse: one byte changed', () => {
    const answer = '{"orderId":"o-1","stock":-120,"replayed":false,"detail":null}'
    fc.assert(
      fc.property(fc.nat(answer.length - 1), fc.integer({ min: 0, max: 255 }), (at, byte) => {
        const changed = answer.slice(0, at) + String.fromCharCode(byte) + answer.slice(at + 1)
        expect(compare(changed)).not.toBe('different')
      }),
      { numRuns: 5_000 },
    )
  })
})
