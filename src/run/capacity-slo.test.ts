import { describe, expect, it } from 'vitest'
import { loadScenario } from '../scenario/index.ts'
import { chooseSlo } from './capacity-slo.ts'

function scenario(thresholds: string): Parameters<typeof chooseSlo>[1] {
  return loadScenario(
    `name: a\nsale: {stock: 10}\nsteps: [{rate: 100, duration: 5s}]\nthresholds: ${thresholds}\n`,
    'a.yaml',
  )
}

describe('the SLO of a search', () => {
  it('is what was asked for, and that the load is achieved', () => {
    const { thresholds, from, samples } = chooseSlo(['p99 < 42ms', 'errorRate < 1%'], scenario('[mean < 5ms]'))
    expect(thresholds.map(({ expression }) => expression)).toEqual(['p99 < 42ms', 'errorRate < 1%', 'achieved >= 99%'])
    expect(from).toBe('option')
    expect(samples).toBe(459)
  })

  it("is the scenario's own times and errors where nothing was asked for, but not what a single step has to do", () => {
    const { thresholds, from } = chooseSlo(
      [],
      scenario("[mean < 5ms, errorRate < 1%, unsold == 0, 'step 1: p99 < 1s']"),
    )
    expect(from).toBe('scenario')
    expect(thresholds.map(({ expression }) => expression)).toEqual(['mean < 5ms', 'errorRate < 1%', 'achieved >= 99%'])
  })

  it('is p99 < 100ms where nobody says anything of time', () => {
    const { thresholds, from } = chooseSlo([], scenario('[errorRate < 1%]'))
    expect(from).toBe('default')
    expect(thresholds.map(({ expression }) => expression)).toEqual(['p99 < 100ms', 'achieved >= 99%'])
  })

  it('leaves the achieved share to whoever names one', () => {
    const { thresholds } = chooseSlo(['p50 < 9ms', 'achieved >= 90%'], scenario('[]'))
    expect(thresholds).toHaveLength(2)
  })

  it.each([
    ['p98 < 42ms', /--slo there is no metric "p98"/],
    ['p99 < 42', /--slo p99 is compared with a duration/],
    ['step 2: p99 < 42ms', /each trial has one step/],
    ['achieved >= 5000/s', /achievedRate changes with the rate itself/],
    ['sold > 5', /sold changes with the rate itself/],
  ])('refuses %s', (expression, message) => {
    expect(() => chooseSlo([expression], scenario('[]'))).toThrow(message)
  })
})
