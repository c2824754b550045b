import { describe, expect, it } from 'vitest'
import { FAILURE_CODES } from '../core/failure-codes.ts'
import { MOST_CODES } from '../core/metric-table.ts'
import { CodeCounts } from './code-counts.ts'

function counting(codes: readonly string[]): Record<string, number> {
  const counts = new CodeCounts()
  for (const code of codes) counts.add(code)
  return counts.counts()
}

const invented = Array.from({ length: MOST_CODES }, (_, n) => `MINE_${n}`)

describe('counts of codes', () => {
  it('are of each code that came, and of no other', () => {
    expect(counting(['BUSY', 'TEAPOT', 'BUSY'])).toEqual({ BUSY: 2, TEAPOT: 1 })
  })

  it('are bounded, with those that may come from any target: what is beyond is OTHER', () => {
    const counts = counting([...invented, 'OTHER', ...FAILURE_CODES, ...invented])
    expect(Object.keys(counts)).toHaveLength(MOST_CODES + 1)
    expect(counts).toMatchObject({ MINE_0: 2, OTHER: 2 * FAILURE_CODES.length + 1 })
    expect(FAILURE_CODES.every((code) => counts[code] === 1)).toBe(true)
  })
})
