import { describe, expect, it } from 'vitest'
import type { CheckName, CheckResult, CheckVerdict } from '../../core/check.ts'
import { type Cell, renderMatrix, verdictOf } from './matrix-table.ts'

function check(name: CheckName, verdict: CheckVerdict, measured: number | null = null): CheckResult {
  return {
    check: name,
    step: 0,
    sku: 'step-1',
    verdict,
    measured,
    allowed: 0,
    unit: 'units',
    sentence: '',
    details: {},
    evidence: [],
  }
}

const RIGHT = [check('no-oversell', 'pass', 0), check('stale-reads', 'not-checked')]
const WRONG = [check('linearizable', 'fail'), check('no-oversell', 'fail', 12)]

function cell(strategy: string, instances: number, checks: readonly CheckResult[], scenario = 'spike'): Cell {
  return { strategy, instances, scenario, checks }
}

describe('a cell', () => {
  it.each([
    ['right', RIGHT],
    ['wrong', WRONG],
    ['unclear', [check('no-oversell', 'pass'), check('sold-through', 'unknown')]],
    ['unclear', [check('no-oversell', 'not-checked')]],
    ['unclear', []],
  ])('is %s', (verdict, checks) => {
    expect(verdictOf(cell('a', 1, checks))).toBe(verdict)
  })
})

describe('the table', () => {
  it('has a row for each number of processes, and says where a strategy is right', () => {
    const cells = [
      cell('mutex', 1, RIGHT),
      cell('mutex', 1, RIGHT, 'bots'),
      cell('mutex', 2, WRONG),
      cell('mutex', 2, RIGHT, 'bots'),
      cell('naive', 1, WRONG),
      cell('batched', 1, RIGHT),
      cell('batched', 2, RIGHT),
    ]
    expect(renderMatrix(cells).split('\n')).toEqual([
      '| strategy | instances | `spike` | `bots` | |',
      '| --- | --- | --- | --- | --- |',
      '| `mutex` | 1 | right | right | right in one process only |',
      '| `mutex` | 2 | **no-oversell** (12 units) | right | |',
      '| `naive` | 1 | **no-oversell** (12 units) | - | wrong |',
      '| `batched` | 1 | right | - | right |',
      '| `batched` | 2 | right | - | |',
    ])
  })
})
