import { describe, expect, it } from 'vitest'
import { sqlLine, statementsOf } from './sql-words.ts'

const lines = (text: string, literals: 'kept' | 'left out' = 'kept'): string[] =>
  statementsOf(text).map((statement) => sqlLine(statement, literals))

describe('SQL in statements', () => {
  it.each([
    ['SELECT 1', ['SELECT 1']],
    ['BEGIN; SELECT 1;', ['BEGIN', 'SELECT 1']],
    ['', []],
    [' ;; -- nothing\n /* nor /* here */ ; */ ', []],
    [`SELECT ';', 'it''s;', E'\\';', "a;""b"`, [`SELECT ';', 'it''s;', E'\\';', "a;""b"`]],
    ['SELECT $$a;b$$, $x$;$$;$x$; SELECT 2', ['SELECT $$a;b$$, $x$;$$;$x$', 'SELECT 2']],
    [
      'CREATE FUNCTION f() RETURNS int BEGIN ATOMIC (SELECT 1; SELECT 2); END',
      ['CREATE FUNCTION f() RETURNS int BEGIN ATOMIC (SELECT 1; SELECT 2)', 'END'],
    ],
    [`SELECT 'no end; SELECT 2`, [`SELECT 'no end`, 'SELECT 2']],
    ['SELECT a$1;b', ['SELECT a$1', 'b']],
  ])('%s', (text, expected) => {
    expect(lines(text)).toEqual(expected)
  })

  it('fold white space and comments, but not in what is quoted', () => {
    const text = `UPDATE  stock -- hot row\n\tSET "re  maining"=remaining/* by */-1\r\n WHERE sku = 'a  b'`
    expect(lines(text)).toEqual([`UPDATE stock SET "re  maining"=remaining -1 WHERE sku = 'a  b'`])
  })

  it('are the same for other values', () => {
    const of = (sku: string, units: string): string[] =>
      lines(`UPDATE stock SET remaining = ${units} WHERE sku = ${sku} AND id = $1`, 'left out')
    expect(of(`'a'`, '1')).toEqual(['UPDATE stock SET remaining = ? WHERE sku = ? AND id = $1'])
    for (const [sku, units] of [
      [`E'it\\'s'`, '12.5e3'],
      [`$$b$$`, '.5'],
      [`U&'c'`, '0x1F'],
    ] as const) {
      expect(of(sku, units)).toEqual(of(`'a'`, '1'))
    }
  })
})
