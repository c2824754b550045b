import { describe, expect, it } from 'vitest'
import { loadScenario } from './load-scenario.ts'
import { problemLines } from './testing/problems.ts'
import { filesOf, shippedScenario } from './testing/shipped-scenarios.ts'

const load = (text: string, files: Readonly<Record<string, string>> = {}) =>
  loadScenario(text, 'mine.yaml', {}, filesOf(files))
const problems = (text: string, files: Readonly<Record<string, string>> = {}) => problemLines(text, {}, filesOf(files))

describe('a scenario that extends another', () => {
  it('has what the other says and it does not', () => {
    const smoke = loadScenario(shippedScenario('smoke'), 'smoke.yaml')
    const mine = load('name: mine\nextends: smoke\nbuyers: {reads: 50%}\n')
    expect(mine).toEqual({ ...smoke, name: 'mine', description: '', buyers: { ...smoke.buyers, readShare: 0.5 } })
  })

  it('takes lists and the mappings of quantities and SKUs whole', () => {
    const base = [
      'name: base',
      'sale: {stock: 5, skus: {flavour: [cherry, lemon], size: 2}}',
      'buyers: {quantity: {1: 50, 2: 50}, reads: 10%}',
      'steps: [{rate: 100, duration: 1s}, {rate: 200, duration: 1s}]',
      'thresholds: [p99 < 42ms]',
    ].join('\n')
    const mine = load(
      [
        'name: mine',
        'extends: base.yaml',
        'sale: {skus: {batch: 2}}',
        'buyers: {quantity: {3: 1}}',
        'steps: [{rate: 300, duration: 2s}]',
        'thresholds: []',
      ].join('\n'),
      { 'base.yaml': base },
    )
    expect(mine.sale).toMatchObject({
      stock: { kind: 'units', units: 5 },
      perUserLimit: null,
      skus: { names: ['batch-1', 'batch-2'], skew: 0 },
    })
    expect(mine.buyers).toMatchObject({ quantities: [{ quantity: 3, weight: 1 }], readShare: 0.1 })
    expect(mine.steps).toEqual([{ arrivalRatePerSec: 300, durationMs: 2_000, arrivals: 'uniform' }])
    expect(mine.thresholds.map(({ expression }) => expression)).toEqual(['achieved >= 99%'])
  })

  it('takes one of two keys that exclude one another, the nearer', () => {
    const files = {
      'base.yaml': 'name: base\nsale: {stock: 5}\nsteps: {staircase: {from: 1, to: 8, double: true, duration: 1s}}\n',
    }
    const mine = load('name: mine\nextends: base.yaml\nsale: {sellThrough: 1}\nsteps: {staircase: {by: 1}}\n', files)
    expect(mine.sale.stock).toEqual({ kind: 'sellThrough', share: 1 })
    expect(mine.steps.map((step) => step.arrivalRatePerSec)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
  })

  it('may extend one that extends a third, each found from where it is named', () => {
    const files = {
      'shared/near.yaml': 'name: near\nextends: far/base.yaml\nbuyers: {reads: 10%}\n',
      'shared/far/base.yaml':
        'name: base\nsale: {stock: 5}\nbuyers: {reads: 90%, doubleClicks: 5%}\nsteps: [{replay: times.txt}]\n',
      'shared/far/times.txt': '0\n500\n',
    }
    const mine = load('name: mine\nextends: shared/near.yaml\n', files)
    expect(mine.buyers).toMatchObject({ readShare: 0.1, doubleClickShare: 0.05 })
    expect(mine.steps[0]).toMatchObject({
      durationMs: 1_000,
      shape: { kind: 'replay', file: 'times.txt', atMs: [0, 500] },
    })
  })

  it('needs a name of its own', () => {
    expect(problems('extends: smoke\n')).toEqual([expect.stringMatching(/^mine\.yaml:1:1 {2}name: is missing/)])
  })

  it.each([
    ['a missing one', 'smok', {}, 'cannot be read (no smok)'],
    [
      'itself',
      'mine.yaml',
      { 'mine.yaml': 'name: mine\nextends: mine.yaml\n' },
      'leads back to itself: mine.yaml -> mine.yaml',
    ],
    ['a list', '[smoke]', {}, 'must be the name of a shipped scenario, or a path, got a list'],
  ] as const)('is told at its own line when it extends %s', (_, named, files, sentence) => {
    const [first] = problems(
      `name: mine\nextends: ${named}\nsale: {stock: 1}\nsteps: [{rate: 9, duration: 1s}]\n`,
      files,
    )
    expect(first).toBe(`mine.yaml:2:10  extends: ${sentence}`)
  })

  it('is not told to say what the one that was not found may say, but what it must say itself', () => {
    const [missing, ...others] = problems('extends: smok\nsale: {stok: 5}\nbuyers: {reads: 2}\n')
    expect(missing).toMatch(/^mine\.yaml:1:1 {2}name: is missing/)
    expect(others.map((line) => line.split(': ')[0])).toEqual([
      'mine.yaml:1:10  extends',
      'mine.yaml:2:7  sale',
      'mine.yaml:2:8  sale.stok',
      'mine.yaml:3:17  buyers.reads',
    ])
    expect(problems('name: mine\nsale: {stock: 5}\n')).toEqual([expect.stringMatching(/ steps: is missing/)])
  })

  it('is told of a cycle further back, and of too many generations, where they are', () => {
    const circle = { 'a.yaml': 'name: a\nextends: b.yaml\n', 'b.yaml': 'name: b\n\nextends: a.yaml\n' }
    expect(problems('name: mine\nextends: a.yaml\n', circle)).toContain(
      'b.yaml:3:10  extends: leads back to itself: mine.yaml -> a.yaml -> b.yaml -> a.yaml',
    )
    const long = Object.fromEntries(
      Array.from({ length: 20 }, (_, i) => [`${i}.yaml`, `name: n${i}\nextends: ${i + 1}.yaml\n`]),
    )
    expect(problems('name: mine\nextends: 0.yaml\n', long)).toContain(
      '6.yaml:2:10  extends: goes back too far: at most 8 scenarios can extend one another',
    )
  })

  it('has what is wrong in the other told at the other’s place', () => {
    const base =
      'name: base\nsale:\n  stock: 5\n  perUserLimit: 0\n\nsteps:\n  - {rate: 100, duratoin: 1s}\nthresholds: [p98 < 2ms]\n'
    const lines = problems('name: mine\nextends: base.yaml\nsale: {stock: -5}\nbuyers: {reads: 2}\n', {
      'base.yaml': base,
    })
    expect(lines.map((line) => line.split(': ')[0])).toEqual([
      'mine.yaml:3:15  sale.stock',
      'mine.yaml:4:17  buyers.reads',
      'base.yaml:4:17  sale.perUserLimit',
      'base.yaml:7:5  steps[0].duration',
      'base.yaml:7:17  steps[0].duratoin',
      'base.yaml:8:14  thresholds[0]',
    ])
    expect(problems('name: mine\nextends: base.yaml\n', { 'base.yaml': 'sale: [\n' })).toContainEqual(
      expect.stringMatching(/^base\.yaml:2:1 {2}is not valid YAML/),
    )
  })
})
