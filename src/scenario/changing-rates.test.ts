import { describe, expect, it } from 'vitest'
import { peakRatePerSec, rateAt } from '../core/step-rate.ts'
import type { Step, StepPlan } from '../core/scenario.ts'
import { loadScenario } from './load-scenario.ts'
import { planStep } from './plan-step.ts'
import { problemLines } from './testing/problems.ts'
import { filesOf } from './testing/shipped-scenarios.ts'

const textOf = (step: string): string => `name: mine\nsale: {stock: 100}\nsteps:\n  - ${step}\n`
const load = (step: string, times = '') => loadScenario(textOf(step), 'mine.yaml', {}, filesOf({ 'times.txt': times }))
const stepOf = (step: string, times = ''): Step => load(step, times).steps[0]!
const planOf = (step: string, times = ''): StepPlan => planStep(load(step, times), 0)

function countUntil({ atNs }: StepPlan, ms: number): number {
  return atNs.filter((ns) => ns < ms * 1e6).length
}

/** Six standard deviations of a Poisson count. */
const spread = (mean: number): number => 6 * Math.sqrt(mean)

describe('a ramp', () => {
  const RAMP = '{ramp: {from: 100, to: 900}, duration: 10s}'

  it('rises linearly: its arrivals are those of the area under it', () => {
    const plan = planOf(RAMP)
    expect(plan.length).toBe(5_000)
    expect(stepOf(RAMP)).toMatchObject({ arrivalRatePerSec: 500, durationMs: 10_000 })
    // 100 t + 40 t^2
    for (const seconds of [1, 2.5, 5, 9]) {
      expect(Math.abs(countUntil(plan, seconds * 1_000) - (100 * seconds + 40 * seconds ** 2))).toBeLessThanOrEqual(1)
    }
    expect([rateAt(stepOf(RAMP), 0), rateAt(stepOf(RAMP), 5_000), peakRatePerSec(stepOf(RAMP))]).toEqual([
      100, 500, 900,
    ])
  })

  it.each(['{from: 0, to: 1000}', '{from: 1000, to: 0}', '{from: 500, to: 500}'])(
    'may begin or end at nothing, and keeps its order: %s',
    (ramp) => {
      const { atNs, length } = planOf(`{ramp: ${ramp}, duration: 4s}`)
      expect(length).toBe(2_000)
      expect(atNs.every((ns, row) => Number.isFinite(ns) && (row === 0 || ns >= atNs[row - 1]!))).toBe(true)
      expect([atNs[0], atNs[1_999]! < 4e9]).toEqual([0, true])
    },
  )

  it('takes Poisson arrivals as well', () => {
    const plan = planOf('{ramp: {from: 1000, to: 9000}, duration: 10s, arrivals: poisson}')
    for (const seconds of [1, 5, 10]) {
      const mean = 1_000 * seconds + 400 * seconds ** 2
      expect(Math.abs(countUntil(plan, seconds * 1_000) - mean)).toBeLessThan(spread(mean))
    }
  })
})

describe('a spike', () => {
  const SPIKE = '{spike: {requests: 20000, decay: 2s}, duration: 10s}'
  const share = (ms: number): number => -Math.expm1(-ms / 2_000) / -Math.expm1(-5)

  it('has its requests decay exponentially, cut off at the end of the step', () => {
    const plan = planOf(SPIKE)
    expect(plan.length).toBe(20_000)
    for (const ms of [100, 1_000, 2_000, 5_000, 10_000]) {
      expect(Math.abs(countUntil(plan, ms) - 20_000 * share(ms))).toBeLessThanOrEqual(1)
    }
  })

  it('is highest at the first moment, and 1/e of that after each decay', () => {
    const step = stepOf(SPIKE)
    expect(peakRatePerSec(step)).toBeCloseTo(10_000 / -Math.expm1(-5), 6)
    expect(rateAt(step, 2_000)).toBeCloseTo(peakRatePerSec(step) / Math.E, 6)
    expect(step.arrivalRatePerSec).toBe(2_000)
    expect(stepOf('{spike: {requests: 100}, duration: 10s}').shape).toEqual({ kind: 'spike', decayMs: 2_000 })
  })

  it('takes Poisson arrivals as well, the same again from the seed', () => {
    const poisson = SPIKE.replace('10s}', '10s, arrivals: poisson}')
    const plan = planOf(poisson)
    expect(planOf(poisson).atNs).toEqual(plan.atNs)
    for (const ms of [100, 1_000, 10_000]) {
      expect(Math.abs(countUntil(plan, ms) - 20_000 * share(ms))).toBeLessThan(spread(20_000 * share(ms)))
    }
  })
})

describe('a replay', () => {
  it('has the arrivals of its file, in order, whatever that of the lines', () => {
    const plan = planOf('{replay: times.txt}', '# from the access log\n0\r\n250.125\n\n  1000\n999.5\n')
    expect([...plan.atNs]).toEqual([0, 250.125e6, 999.5e6, 1_000e6])
    expect(stepOf('{replay: times.txt}', '0\n250\n500\n750\n')).toMatchObject({
      durationMs: 1_000,
      arrivalRatePerSec: 4,
    })
    expect(stepOf('{replay: times.txt}', '0')).toMatchObject({ durationMs: 10, arrivalRatePerSec: 100 })
  })

  it('peaks in its busiest second', () => {
    const times = [...Array.from({ length: 30 }, (_, i) => i * 100), ...Array.from({ length: 50 }, (_, i) => 1_500 + i)]
    expect(peakRatePerSec(stepOf('{replay: times.txt}', times.join('\n')))).toBe(60)
  })

  it.each([
    ['0\n12ms\n', ['times.txt:2:1  must be a time in ms since the start of the step, got "12ms"']],
    [
      '0\n  -4\n1e3\n',
      [
        'times.txt:2:3  must be a time in ms since the start of the step, got "-4"',
        'times.txt:3:1  must be a time in ms since the start of the step, got "1e3"',
      ],
    ],
    [
      '1763713000123\n',
      [
        'times.txt:1:1  must be at most 86,400,000 (24h), since times count from the start of the step, got 1763713000123',
      ],
    ],
    ['# nothing\n', ['times.txt:1:1  holds no time']],
  ])('is refused where a line is no time: %j', (times, expected) => {
    expect(problemLines(textOf('{replay: times.txt}'), {}, filesOf({ 'times.txt': times }))).toEqual(expected)
  })

  it('is refused when its file is not there, at the line that names it', () => {
    expect(problemLines(textOf('{replay: gone.txt}'))).toEqual([
      'mine.yaml:4:14  steps[0].replay: cannot be read (no gone.txt)',
    ])
  })
})

describe('a step', () => {
  it.each([
    [
      '{duration: 1s}',
      'steps[0].rate: is missing; it must be a number of requests per second (or ramp, spike, replay or connections in its place)',
    ],
    [
      '{rate: 5, spike: {requests: 9}, duration: 1s}',
      'steps[0]: needs one of rate, ramp, spike, replay, and not several',
    ],
    [
      '{ramp: {from: 5, to: 9}}',
      'steps[0].duration: is missing; it must be a duration from 10ms to 24h with its unit, such as 5s or 250ms',
    ],
    ['{replay: times.txt, duration: 1s}', 'steps[0].duration: says nothing beside replay, which has its own times'],
    ['{ramp: {from: 0, to: 0}, duration: 1s}', 'steps[0].ramp: needs a rate above 0 at one of its ends'],
    [
      '{spike: {requests: 0}, duration: 1s}',
      'steps[0].spike.requests: must be a whole number from 1 to 9,900,000 (requests), got 0',
    ],
  ])('that asks for %s is refused', (step, sentence) => {
    expect(problemLines(textOf(step)).map((line) => line.replace(/^\S+ {2}/, ''))).toEqual([sentence])
  })

  it('takes an even rate in place of any other from an option', () => {
    const rate = (step: string) => loadScenario(textOf(step), 'mine.yaml', { rate: 50, duration: '2s' }).steps
    const even = [{ arrivalRatePerSec: 50, durationMs: 2_000, arrivals: 'uniform' }]
    expect(rate('{ramp: {from: 5, to: 9}, duration: 1s}')).toEqual(even)
    expect(rate('{spike: {requests: 9}, duration: 1s}')).toEqual(even)
    expect(rate('{replay: times.txt}')).toEqual(even)
  })
})

describe('SKUs', () => {
  const names = (sale: string) =>
    loadScenario(`name: m\nsale: {stock: 1, ${sale}}\nsteps: [{rate: 9, duration: 1s}]\n`, 'm').sale.skus
  const wrong = (sale: string) =>
    problemLines(`name: m\nsale: {stock: 1, ${sale}}\nsteps: [{rate: 9, duration: 1s}]\n`).map((line) =>
      line.replace(/^\S+ {2}/, ''),
    )

  it('are numbered, or one value of each attribute', () => {
    expect(names('skus: 12')?.names.filter((_, i) => [0, 8, 11].includes(i))).toEqual(['sku-01', 'sku-09', 'sku-12'])
    expect(names('skus: {flavour: [cherry, lemon], batch: 2}, skew: 0.5')).toEqual({
      names: ['cherry-batch-1', 'cherry-batch-2', 'lemon-batch-1', 'lemon-batch-2'],
      skew: 0.5,
    })
  })

  it.each([
    ['skus: 0', 'sale.skus: must be a whole number from 1 to 1,000 (SKUs), got 0'],
    ['skus: {a: 100, b: 11}', 'sale.skus: makes 1100 SKUs; at most 1000 are possible'],
    ['skus: {a: [x, x]}', 'sale.skus: makes the SKU x twice'],
    ['skus: {a: [x-y, x], b: [z, y-z]}', 'sale.skus: makes the SKU x-y-z twice'],
    ['skew: 1', 'sale.skew: says nothing without skus'],
    [
      'skus: {a: ["two words"]}',
      'sale.skus.a[0]: must be a word of letters, digits, dots, hyphens and underscores, got "two words"',
    ],
    [
      `skus: {a: [${'x'.repeat(51)}]}`,
      `sale.skus: makes the SKU ${'x'.repeat(40)}..., which has 51 characters; at most 50 are possible`,
    ],
  ])('that can’t be are refused: %s', (sale, sentence) => {
    expect(wrong(sale)).toEqual([sentence])
  })

  it('are at most ten thousand sales over all steps', () => {
    const text = 'name: m\nsale: {stock: 1, skus: 1000}\nsteps: {staircase: {from: 1, to: 11, by: 1, duration: 1s}}\n'
    expect(problemLines(text)).toEqual([
      'mine.yaml:2:24  sale.skus: makes 11,000 sales in 11 steps; at most 10,000 are possible',
    ])
  })
})
