import { describe, expect, it } from 'vitest'
import type { Step } from '../core/scenario.ts'
import { loadScenario } from './load-scenario.ts'
import type { ScenarioOverrides } from './overrides.ts'
import { planStep } from './plan-step.ts'
import { problemLines } from './testing/problems.ts'
import { filesOf, SHIPPED_FILES, shippedScenario } from './testing/shipped-scenarios.ts'

const textOf = (steps: string, more = ''): string => `name: mine\nsale: {stock: 5}\nsteps: ${steps}\n${more}`
const stepsOf = (steps: string, overrides: ScenarioOverrides = {}): readonly Step[] =>
  loadScenario(textOf(steps), 'mine.yaml', overrides).steps
const step = (connections: number, arrivalRatePerSec = 20_000, durationMs = 1_000): Step => ({
  arrivalRatePerSec,
  durationMs,
  arrivals: 'uniform',
  connections,
})

describe('numbers of connections', () => {
  it('become a step each, for which 20,000 requests a second are planned unless a rate is given', () => {
    expect(stepsOf('{connections: [16, 64], duration: 1s}')).toEqual([step(16), step(64)])
    expect(stepsOf('{connections: [16], duration: 2s, rate: 300}')).toEqual([step(16, 300, 2_000)])
    const scenario = loadScenario(textOf('{connections: [16], duration: 2s, rate: 300}'), 'mine.yaml')
    expect(planStep(scenario, 0).length).toBe(600)
  })

  it('stand in any step, with a rate of its own or without one', () => {
    expect(stepsOf('[{connections: 4, duration: 1s}, {rate: 9, duration: 1s, connections: 2}]')).toEqual([
      step(4),
      step(2, 9),
    ])
    expect(stepsOf('[{ramp: {from: 0, to: 10}, duration: 1s, connections: 2}]')[0]).toMatchObject({
      connections: 2,
      shape: { kind: 'ramp' },
    })
    expect(stepsOf('[{rate: 9, duration: 1s}]')[0]).not.toHaveProperty('connections')
  })

  it.each([
    [
      '{connections: [16]}',
      'steps.duration: is missing; it must be a duration from 10ms to 24h with its unit, such as 5s or 250ms',
    ],
    [
      '{connections: [], duration: 1s}',
      'steps.connections: must be a list of numbers of connections, such as [16, 64, 256], got an empty list',
    ],
    [
      '{connections: 16, duration: 1s}',
      'steps.connections: must be a list of numbers of connections, such as [16, 64, 256], got 16',
    ],
    [
      '{connections: [16, 0], duration: 1s}',
      'steps.connections[1]: must be a whole number from 1 to 65,535 (connections), got 0',
    ],
    [
      '{connections: [16, 2000], duration: 1s}',
      'steps.connections[1]: must be at most maxInFlight, which is 1,024, got 2000',
    ],
    [
      '[{connections: 2000, duration: 1s}]',
      'steps[0].connections: must be at most maxInFlight, which is 1,024, got 2000',
    ],
    ['{connections: [16], duration: 1s, rates: 5}', 'steps.rates: unknown key; did you mean "rate"?'],
    [
      '{connections: [16], duration: 24h}',
      'steps: plans 1,728,000,000 requests in one step; at most 9,900,000 are possible: lower the rate or the duration',
    ],
    ['{duration: 1s}', 'steps: needs either staircase or connections, and not both'],
    [
      '{connections: [16], duration: 1s, staircase: {from: 1, to: 2, double: true, duration: 1s}}',
      'steps: needs either staircase or connections, and not both',
    ],
    [
      '{rate: 5, staircase: {from: 1, to: 2, double: true, duration: 1s}}',
      'steps.rate: says nothing beside staircase, which has its own',
    ],
    [
      '[{connections: 4}]',
      'steps[0].duration: is missing; it must be a duration from 10ms to 24h with its unit, such as 5s or 250ms',
    ],
  ])('are refused where they make no sense: %s', (steps, sentence) => {
    expect(problemLines(textOf(steps)).map((line) => line.replace(/^\S+ {2}/, ''))).toEqual([sentence])
  })

  it('are told with their place', () => {
    expect(problemLines('name: mine\nsale: {stock: 5}\nsteps:\n  connections: [16, 0]\n  duration: 1s\n')[0]).toMatch(
      /^mine\.yaml:4:21 {2}steps\.connections\[1\]/,
    )
  })

  it('may be as many as maxInFlight', () => {
    expect(problemLines(textOf('{connections: [2000], duration: 1s}', 'maxInFlight: 2000\n'))).toEqual([])
  })

  it('keep to the options: --rate plans more or less, --duration is of each', () => {
    const counts = '{connections: [16, 64], duration: 1s}'
    expect(stepsOf(counts, { rate: '300', duration: '3s' })).toEqual([step(16, 300, 3_000), step(64, 300, 3_000)])
    expect(stepsOf(counts, { set: ['steps.connections=[8]'] })).toEqual([step(8)])
    expect(stepsOf('[{connections: 4, duration: 1s}]', { rate: 7 })).toEqual([step(4, 7)])
    expect(problemLines(textOf(counts), { rate: '-1' })).toEqual([
      '--rate -1  steps.rate: must be a number above 0 and at most 1,000,000 (requests per second), got -1',
    ])
  })

  it('take the place of a staircase in a scenario that is extended, and are changed where they are extended', () => {
    const base = (steps: string) => filesOf({ 'base.yaml': `name: base\nsale: {stock: 5}\nsteps: ${steps}\n` })
    const load = (steps: string, of: string) =>
      loadScenario(`name: mine\nextends: base.yaml\nsteps: ${steps}\n`, 'mine.yaml', {}, base(of)).steps
    const stairs = '{staircase: {from: 100, to: 200, double: true, duration: 1s}}'
    expect(load('{connections: [16], duration: 1s}', stairs)).toEqual([step(16)])
    expect(load(stairs, '{connections: [16], duration: 1s, rate: 5}')).toHaveLength(2)
    expect(load('{duration: 2s}', '{connections: [16], duration: 1s}')).toEqual([step(16, 20_000, 2_000)])
  })

  it('of the shipped scenario rise, each step crossing its sell-out', () => {
    const scenario = loadScenario(shippedScenario('connections'), 'connections.yaml', {}, SHIPPED_FILES)
    expect(scenario.steps.map(({ connections }) => connections)).toEqual([16, 64, 256])
    const { initialStock, unitsAskedFor } = planStep(scenario, 2)
    expect(initialStock).toBe(2_000)
    expect(unitsAskedFor).toBeGreaterThan(50 * initialStock)
  })
})
