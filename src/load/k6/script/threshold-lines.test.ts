import { describe, expect, it } from 'vitest'
import type { Threshold } from '../../../core/scenario.ts'
import { thresholdLines } from './threshold-lines.ts'

const STEPS = [
  { name: 'step_1', rows: 1_000, durationMs: 10_000 },
  { name: 'step_2', rows: 2_000, durationMs: 10_000 },
]

function lines(
  metric: string,
  comparison: Threshold['comparison'],
  limit: number,
  scope: Threshold['scope'] = 0,
  processes = 1,
): string[] {
  const expression = `${metric} ${comparison} ${limit}`
  return thresholdLines([{ expression, metric, comparison, limit, scope, origin: 'scenario' }], STEPS, processes)
}

describe('a threshold in k6', () => {
  it.each([
    ['p99', '<', 42, `'sale_response_time{scenario:step_1}': ['p(99)<42'],`],
    ['service.mean', '<=', 5, `'sale_response_time{scenario:step_1}': ['avg<=5'],`],
    ['errorRate', '<', 0.01, `'sale_achieved{scenario:step_1}': ['count>990'],`],
    ['achieved', '>=', 0.99, `'sale_achieved{scenario:step_1}': ['count>=990'],`],
    ['achievedRate', '>', 95, `'sale_achieved{scenario:step_1}': ['count>950'],`],
    ['dropped', '==', 0, `'dropped_iterations{scenario:step_1}': ['count==0'],`],
    ['unsold', '==', 0, `// unsold == 0: k6 can't know it`],
  ] as const)('%s %s %d', (metric, comparison, limit, line) => {
    expect(lines(metric, comparison, limit)).toEqual([line])
  })

  it.each([
    ['achieved', '>=', 0.99, `'sale_achieved{scenario:step_1}': ['count>=330'],`],
    ['achieved', '<', 0.5, `'sale_achieved{scenario:step_1}': ['count<167'],`],
    ['achievedRate', '>', 95, `'sale_achieved{scenario:step_1}': ['count>316'],`],
    ['errorRate', '<=', 0.05, `'sale_achieved{scenario:step_1}': ['count>=316'],`],
    ['p99', '<', 42, `'sale_response_time{scenario:step_1}': ['p(99)<42'],`],
    ['dropped', '==', 0, `'dropped_iterations{scenario:step_1}': ['count==0'],`],
    ['sold', '>', 5, `// sold > 5: none of 3 processes knows the count of all`],
    ['dropped', '<', 9, `// dropped < 9: none of 3 processes knows the count of all`],
  ] as const)('in one of three processes: %s %s %d', (metric, comparison, limit, line) => {
    expect(lines(metric, comparison, limit, 0, 3)).toEqual([line])
  })

  it('holds for each step by itself, or for the whole test', () => {
    expect(lines('sold', '>', 5, 'each')).toEqual([
      `'sale_sold{scenario:step_1}': ['count>5'],`,
      `'sale_sold{scenario:step_2}': ['count>5'],`,
    ])
    expect(lines('achieved', '>=', 0.5, 'whole')).toEqual([`'sale_achieved': ['count>=1500'],`])
  })

  it('is left out with its step', () => {
    const [one] = STEPS
    const threshold = {
      expression: 'p99 < 1ms',
      metric: 'p99',
      comparison: '<',
      limit: 1,
      scope: 1,
      origin: 'scenario',
    } as const
    expect(thresholdLines([threshold], [one!, null])).toEqual([])
  })
})
