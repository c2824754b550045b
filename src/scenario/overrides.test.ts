import { describe, expect, it } from 'vitest'
import type { Scenario } from '../core/scenario.ts'
import { loadScenario } from './load-scenario.ts'
import type { ScenarioOverrides } from './overrides.ts'
import { problemLines } from './testing/problems.ts'
import { shippedScenario } from './testing/shipped-scenarios.ts'

const LIST = [
  'name: list',
  'sale: {sellThrough: 50%}',
  'steps:',
  '  - {rate: 100, duration: 1s}',
  '  - {rate: 200, duration: 2s, arrivals: poisson}',
  'thresholds: [p99 < 42ms, errorRate < 1%]',
  '',
].join('\n')
const STAIRS = shippedScenario('staircase-12800')

const load = (text: string, overrides: ScenarioOverrides): Scenario => loadScenario(text, 'mine.yaml', overrides)
const rates = (scenario: Scenario): number[] => scenario.steps.map((step) => step.arrivalRatePerSec)
const durations = (scenario: Scenario): number[] => scenario.steps.map((step) => step.durationMs)

describe('options over a scenario', () => {
  it('change nothing when there are none', () => {
    expect(load(LIST, {})).toEqual(loadScenario(LIST, 'mine.yaml'))
    expect(load(LIST, { rate: undefined, thresholds: [], set: [] })).toEqual(loadScenario(LIST, 'mine.yaml'))
  })

  it('--rate gives every step this rate, and makes one step of a staircase', () => {
    expect(rates(load(LIST, { rate: '50' }))).toEqual([50, 50])
    const flat = load(STAIRS, { rate: 1_000 })
    expect(rates(flat)).toEqual([1_000])
    expect(durations(flat)).toEqual([5_000])
  })

  it('--duration gives every step this duration', () => {
    expect(durations(load(LIST, { duration: '250ms' }))).toEqual([250, 250])
    expect(new Set(durations(load(STAIRS, { duration: '1s' })))).toEqual(new Set([1_000]))
    expect(durations(load(STAIRS, { duration: '1s', rate: '300' }))).toEqual([1_000])
  })

  it('--stock takes the place of a share', () => {
    expect(load(LIST, { stock: '7' }).sale.stock).toEqual({ kind: 'units', units: 7 })
    expect(load(LIST, { set: ['sale.stock=8'] }).sale.stock).toEqual({ kind: 'units', units: 8 })
    const text = LIST.replace('sellThrough: 50%', 'stock: 9')
    expect(load(text, { set: ['sale.sellThrough=10%'] }).sale.stock).toEqual({ kind: 'sellThrough', share: 0.1 })
  })

  it('--seed', () => {
    expect(load(LIST, { seed: '7' }).seed).toBe(7)
  })

  it('--threshold adds, and replaces those on the same metric and scope', () => {
    const expressions = (thresholds: string[]) =>
      load(LIST, { thresholds }).thresholds.map(({ origin, expression }) => `${origin} ${expression}`)
    expect(expressions(['p50 < 1ms'])).toEqual([
      'default achieved >= 99%',
      'scenario p99 < 42ms',
      'scenario errorRate < 1%',
      'option p50 < 1ms',
    ])
    expect(expressions(['p99 < 100ms', 'achieved >= 10%'])).toEqual([
      'scenario errorRate < 1%',
      'option p99 < 100ms',
      'option achieved >= 10%',
    ])
    expect(expressions(['whole: p99 < 100ms'])).toContain('scenario p99 < 42ms')
    expect(load(STAIRS, { thresholds: ['p50 < 1ms'] }).thresholds).toHaveLength(2)
  })

  it('--set writes YAML at a path, and makes what is missing on the way', () => {
    expect(load(LIST, { set: ['steps[1].rate=7'] }).steps[1]?.arrivalRatePerSec).toBe(7)
    expect(load(LIST, { set: ['steps.0.duration=9s'] }).steps[0]?.durationMs).toBe(9_000)
    expect(rates(load(LIST, { set: ['steps[2]={rate: 5, duration: 1s}'] }))).toEqual([100, 200, 5])
    expect(load(LIST, { set: ['buyers.quantity={2: 1}'] }).buyers.quantities).toEqual([{ quantity: 2, weight: 1 }])
    expect(load(LIST, { set: ['buyers.quantity.3=1'] }).buyers.quantities).toEqual([{ quantity: 3, weight: 1 }])
    expect(rates(load(STAIRS, { set: ['steps.staircase.to=200'] }))).toEqual([100, 200])
    expect(rates(load(STAIRS, { set: ['steps.staircase.to=300', 'steps.staircase.by=100'] }))).toEqual([100, 200, 300])
    expect(load(LIST, { set: ['description=a = b'] }).description).toBe('a = b')
  })

  it.each<[ScenarioOverrides, string]>([
    [{ set: ['sale.stock=-1'] }, '--set sale.stock=-1  sale.stock: must be a whole number'],
    [{ set: ['sale.stok=1'] }, '--set sale.stok=1  sale.stok: unknown key; did you mean "stock"?'],
    [{ set: ['no.such.key=1'] }, '--set no.such.key=1  no: unknown key'],
    [{ set: ['sale'] }, '--set sale  must be PATH=VALUE'],
    [{ set: ['=1'] }, '--set =1  must be PATH=VALUE'],
    [{ set: ['sale.stock='] }, '--set sale.stock=  must be PATH=VALUE'],
    [{ set: ['sale..stock=1'] }, '--set sale..stock=1  must be PATH=VALUE'],
    [{ set: ['name=[x'] }, '--set name=[x  name: is not valid YAML'],
    [{ set: ['steps[5].rate=1'] }, '--set steps[5].rate=1  steps[5].rate: there is no such place'],
    [{ set: ['steps[999999]=1'] }, '--set steps[999999]=1  steps[999999]: there is no such place'],
    [{ set: ['name.first=x'] }, '--set name.first=x  name.first: there is no such place'],
    [{ set: ['steps.length=0'] }, '--set steps.length=0  steps.length: there is no such place'],
    [{ set: ['__proto__.x=1'] }, '--set __proto__.x=1  __proto__: unknown key'],
    [{ set: ['sale.constructor=1'] }, '--set sale.constructor=1  sale.constructor: unknown key'],
    [{ rate: 'fast' }, '--rate fast  steps[0].rate: must be a number above 0'],
    [{ rate: '-5' }, '--rate -5  steps[0].rate: must be a number above 0'],
    [{ duration: '5' }, '--duration 5  steps[0].duration: must be a duration'],
    [{ stock: '1.5' }, '--stock 1.5  sale.stock: must be a whole number'],
    [{ seed: '-1' }, '--seed -1  seed: must be a whole number'],
    [{ thresholds: ['p99 < 42'] }, '--threshold "p99 < 42"  thresholds[2]: p99 is compared with a duration'],
    [{ thresholds: ['step 3: p99 < 42ms'] }, '--threshold "step 3: p99 < 42ms"  thresholds[2]: there is no step 3'],
  ])('%j is told under the option', (overrides, expected) => {
    expect(problemLines(LIST, overrides)[0]?.slice(0, expected.length)).toBe(expected)
  })

  it('is told beside what is wrong with the file, after it', () => {
    const problems = problemLines(LIST.replace('rate: 200', 'rate: -200'), { seed: 'x', set: ['timeout=1'] })
    expect(problems.map((line) => line.split('  ')[0])).toEqual(['mine.yaml:5:12', '--seed x', '--set timeout=1'])
  })

  it('does not reach the prototype of anything', () => {
    problemLines(LIST, { set: ['__proto__.polluted=1', 'constructor.prototype.polluted=1'] })
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })
})
