import { describe, expect, it } from 'vitest'
import { machineLine, markdownTable, withBlock } from './document.ts'

describe('a block of a document', () => {
  it('is replaced between its marks, and nothing else', () => {
    const document = 'a\n<!-- x -->\nold\nolder\n<!-- end of x -->\nb\n<!-- y -->\n<!-- end of y -->\n'
    expect(withBlock(document, 'x', 'new\n')).toBe(
      'a\n<!-- x -->\nnew\n<!-- end of x -->\nb\n<!-- y -->\n<!-- end of y -->\n',
    )
    expect(withBlock(document, 'y', 'new')).toContain('<!-- y -->\nnew\n<!-- end of y -->')
  })

  it('is put nowhere when its marks are missing', () => {
    expect(() => withBlock('text', 'x', 'new')).toThrow('no marks "x"')
  })
})

it('names the machine and its stores, without those that were not there', () => {
  const environment = {
    cpuModel: 'CPU ',
    cores: 2,
    memoryBytes: 1,
    os: 'Linux',
    node: 'v20.20.2',
    doorbuster: '0.1.0',
    services: { postgres: { provider: 'local', version: '15.5', settings: {} } },
  }
  expect(machineLine(environment, new Date('2026-11-21T10:00:00Z'))).toBe(
    '2 x CPU, Node v20.20.2, PostgreSQL 15.5; 2026-11-21',
  )
})

it('draws a table', () => {
  expect(markdownTable(['a', 'b'], [['1', '2']])).toBe('| a | b |\n| --- | --- |\n| 1 | 2 |')
})
