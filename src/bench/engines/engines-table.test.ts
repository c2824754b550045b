import { describe, expect, it } from 'vitest'
import { enginesTable, type Round } from './engines-table.ts'

const round = (cpuSeconds: number, changes: Partial<Round> = {}): Round => ({
  answered: 10_000,
  tookMs: 2_000,
  cpuSeconds,
  lateP50Ms: 0.2,
  lateP99Ms: 1,
  responseP50Ms: 0.5,
  burstiness: 0.4,
  ...changes,
})

describe('the table of engines', () => {
  const open = { label: 'open', ratePerSec: 5_000 }

  it('has a row for each, with the medians of its rounds', () => {
    const rounds = [round(0.1), round(0.9, { answered: 9_000 }), round(0.2)]
    expect(enginesTable([open], [rounds]).split('\n')[2]).toBe(
      '| 5,000 | open | 5,000 | 20.0 | 1.00 | 0.20, 1.00 | 0.40 | 0.50 | 1.00 |',
    )
  })

  it('takes ratios within a round, to the first at the same rate', () => {
    const k6 = { label: 'k6', ratePerSec: 5_000 }
    // The machine was three times as slow in the second round, for both.
    const rows = enginesTable(
      [open, k6],
      [
        [round(0.1), round(0.3)],
        [round(0.5), round(1.5)],
      ],
    ).split('\n')
    expect(rows[3]).toContain('| 5.00 | 0.20, 1.00 |')
  })

  it('holds the closed model against the highest rate, and has nothing for what it has not', () => {
    const closed = { label: 'autocannon', ratePerSec: null }
    const none = { lateP50Ms: Number.NaN, lateP99Ms: Number.NaN, burstiness: Number.NaN }
    const rounds = [[round(0.4)], [round(0.1)], [round(0.2, none)]]
    const rows = enginesTable([open, { label: 'open', ratePerSec: 9_000 }, closed], rounds).split('\n')
    expect(rows[4]).toBe('| closed | autocannon | 5,000 | 20.0 | 2.00 | - | - | 0.50 | - |')
  })
})
