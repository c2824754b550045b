import { describe, expect, it } from 'vitest'
import { NameTable } from './name-table.ts'

describe('a table of names', () => {
  it('numbers each name once, in the order of their coming, through all its growth', () => {
    const table = new NameTable()
    const names = Array.from({ length: 20_000 }, (_, i) => `request-${i}`)
    expect(names.map((name) => table.add(name))).toEqual(names.map((_, i) => i))
    expect(names.map((name) => table.add(name))).toEqual(names.map((_, i) => i))
    expect(names.map((name) => table.numberOf(name))).toEqual(names.map((_, i) => i))
    expect(table.size).toBe(names.length)
    expect(table.nameOf(17_000)).toBe('request-17000')
  })

  it('numbers what has no name among the others', () => {
    const table = new NameTable()
    const numbers = Array.from({ length: 5_000 }, (_, i) =>
      i % 2 === 0 ? table.addNameless() : table.add(`name-${i}`),
    )
    expect(numbers).toEqual(numbers.map((_, i) => i))
    expect([0, 1, 4_998, 4_999].map((number) => table.nameOf(number))).toEqual([null, 'name-1', null, 'name-4999'])
    expect(table.numberOf('name-4999')).toBe(4_999)
  })

  it('knows no name that was not added', () => {
    const table = new NameTable()
    table.add('a')
    expect(table.numberOf('a')).toBe(0)
    expect(['', 'A', 'a ', 'b'].map((name) => table.numberOf(name))).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ])
  })
})
