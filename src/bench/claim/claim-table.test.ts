import { describe, expect, it } from 'vitest'
import { checkOf, recordOf, stepOf } from '../../report/testing/records.ts'
import { renderClaim } from './claim-table.ts'

const RESOURCES = {
  target: { cpuSeconds: 8, maxRssBytes: 1 },
  redis: { cpuSeconds: 2, maxRssBytes: 1 },
  generator: { cpuSeconds: 5, maxRssBytes: 1 },
}

function cell(changes: Parameters<typeof recordOf>[0]): string {
  const table = renderClaim([recordOf(changes)], { strategies: ['redis-lua'], scenarios: ['flat-12800', 'crumbs'] })
  return table.split('\n').at(-1)!
}

describe('a cell of the claim', () => {
  it('holds where the run passed; its CPU is that of the server and the stores', () => {
    const steps = [stepOf(0, { completed: 100_000, resources: RESOURCES })]
    expect(cell({ steps })).toBe(
      '| [`redis-lua`](strategies/redis-lua.md) | 12,800/s<br>mean 1.50ms<br>100 us CPU<br>right: **holds** | - |',
    )
  })

  it('is only as much as was answered, and right for all that', () => {
    const steps = [stepOf(0, { achievedRatePerSec: 1_442, saturated: true, verdict: 'missed' })]
    expect(cell({ steps, verdict: 'missed' })).toContain('| only 1,442/s<br>mean 1.50ms<br>0 us CPU<br>right | - |')
  })

  it('names what went wrong', () => {
    const failed = checkOf('acknowledged-kept', { verdict: 'fail', measured: 1_200, unit: 'orders' })
    expect(cell({ checks: [failed], verdict: 'wrong' })).toContain('<br>**wrong**: acknowledged-kept (1,200 orders) |')
  })
})
