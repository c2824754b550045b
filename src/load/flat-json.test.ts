import fc from 'fast-check'
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

/** Fails if `scan` takes what JSON.parse reads otherwise. Returns whether it took it. */
function agrees(text: string): boolean {
  const padded = Buffer.from(`#${text}#`)
  if (!flatJson.scan(padded, 1, padded.length - 1)) return false
  const reference = parsed(text)
  expect(reference, text).toBeTypeOf('object')
  for (const key of [...Object.keys(reference as object), 'absent']) {
    expect(flatJson.get(key), text).toStrictEqual(
      Object.hasOwn(reference as object, key) ? (reference as Record<string, unknown>)[key] : undefined,
    )
  }
  return true
}

describe('flat JSON', () => {
  it('takes the answers of the contract', () => {
    for (const answer of [
      { orderId: '0190f3c2-7c1e', status: 'confirmed', replayed: false },
      { type: 'urn:doorbuster:problem:sold-out', title: 'Sold out', status: 409, code: 'SOLD_OUT', effect: 'none' },
      { sku: 'step-1', stock: -3 },
      {},
    ]) {
      expect(agrees(JSON.stringify(answer)), 'compact').toBe(true)
      expect(agrees(JSON.stringify(answer, null, 2)), 'indented').toBe(true)
    }
  })

  it('lets the last of two members with one key count, as JSON.parse does', () => {
    expect(agrees('{"stock":1,"stock":2}')).toBe(true)
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
    expect(agrees(text)).toBe(false)
  })

  it('leaves an object of many members to JSON.parse', () => {
    const members = (count: number): string =>
      JSON.stringify(Object.fromEntries(Array.from({ length: count }, (_, i) => [`m${i}`, i])))
    expect(agrees(members(16))).toBe(true)
    expect(agrees(members(17))).toBe(false)
  })

  it('never means anything else than JSON.parse: objects', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 1 }), (text) => void agrees(text)),
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
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => void agrees(pieces.join(''))),
      { numRuns: 5_000 },
    )
  })

  it('never means anything else than JSON.parse: one byte changed', () => {
    const answer = '{"orderId":"o-1","stock":-120,"replayed":false,"detail":null}'
    fc.assert(
      fc.property(fc.nat(answer.length - 1), fc.integer({ min: 0, max: 255 }), (at, byte) => {
        agrees(answer.slice(0, at) + String.fromCharCode(byte) + answer.slice(at + 1))
      }),
      { numRuns: 5_000 },
    )
  })
})
