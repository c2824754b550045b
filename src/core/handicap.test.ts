import { describe, expect, it } from 'vitest'
import { parseHandicap } from './handicap.ts'

describe('parseHandicap', () => {
  it('reads a share of CPU, and a statement', () => {
    expect(parseHandicap('cpu=10%')).toEqual({ kind: 'cpu', share: 0.1 })
    expect(parseHandicap('statement')).toEqual({ kind: 'statement' })
  })

  it.each(['', 'cpu', 'cpu=', 'cpu=0%', 'cpu=200%', 'statements', 'memory=10%'])('takes "%s" for none', (text) => {
    expect(parseHandicap(text)).toBeNull()
  })
})
