import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseCsv } from './csv.ts'

const fieldsOf = (text: string) => {
  const reading = parseCsv(text)
  return 'problem' in reading ? reading : reading.rows.map(({ fields }) => fields)
}

describe('CSV', () => {
  it.each([
    [
      'a,b\n1,2\n',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    [
      'a,b\r\n1,2',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    ['\uFEFFa\n\n1\n', [['a'], ['1']]],
    [
      '"a ""b"", c","x\r\ny"\r\n,\n',
      [
        ['a "b", c', 'x\r\ny'],
        ['', ''],
      ],
    ],
    ['a,\n', [['a', '']]],
    ['', []],
  ])('%j is read', (text, fields) => {
    expect(fieldsOf(text)).toEqual(fields)
  })

  it.each([
    ['a\n"b', 'a quote is not closed', 2],
    ['"a\nb"c\n', 'a closing quote is not the end of its field', 2],
    ['a\nb"c\n', 'a quote stands inside of a field without quotes', 2],
  ])('%j is refused with its line', (text, problem, line) => {
    expect(parseCsv(text)).toEqual({ problem, line })
  })

  it('says on which line each row begins', () => {
    const reading = parseCsv('a\n"1\n1"\n\n2\n')
    expect('rows' in reading && reading.rows.map(({ line }) => line)).toEqual([1, 2, 5])
  })

  it('reads whatever was written by its rules', () => {
    const field = fc.string().filter((text) => text !== '')
    fc.assert(
      fc.property(fc.array(fc.array(field, { minLength: 1 }), { minLength: 1 }), (rows) => {
        const text = rows.map((row) => row.map((one) => `"${one.replaceAll('"', '""')}"`).join(',')).join('\r\n')
        expect(fieldsOf(text)).toEqual(rows)
      }),
    )
  })
})
