import { describe, expect, it } from 'vitest'
import { HarnessError } from '../core/errors.ts'
import { loadScenario } from './load-scenario.ts'
import { problemLines } from './testing/problems.ts'
import { SHIPPED_FILES, SHIPPED_SCENARIOS } from './testing/shipped-scenarios.ts'

const scenario = (lines: Readonly<Record<string, string>>): string =>
  Object.entries({
    name: 'mine',
    sale: '{stock: 100}',
    steps: '[{rate: 100, duration: 1s}]',
    ...lines,
  })
    .map(([key, value]) => `${key}: ${value}\n`)
    .join('')

const load = (lines: Readonly<Record<string, string>> = {}) => loadScenario(scenario(lines), 'mine.yaml')

describe('a scenario', () => {
  it.each(SHIPPED_SCENARIOS)('$file loads, and is named as its file', ({ file, text }) => {
    expect(`${loadScenario(text, file, {}, SHIPPED_FILES).name}.yaml`).toBe(file)
  })

  it('has every default filled in', () => {
    expect(load()).toEqual({
      name: 'mine',
      description: '',
      seed: 1,
      sale: {
        stock: { kind: 'units', units: 100 },
        perUserLimit: null,
        opensAfterMs: null,
        closesAfterMs: null,
        skus: null,
      },
      buyers: {
        population: 1_000,
        quantities: [{ quantity: 1, weight: 1 }],
        doubleClickShare: 0,
        readShare: 0,
        retries: null,
        bots: null,
      },
      steps: [{ arrivalRatePerSec: 100, durationMs: 1_000, arrivals: 'uniform' }],
      maxInFlight: 1_024,
      timeoutMs: 2_000,
      thresholds: [
        {
          expression: 'achieved >= 99%',
          metric: 'achieved',
          comparison: '>=',
          limit: 0.99,
          scope: 'each',
          origin: 'default',
        },
      ],
    })
  })

  it('is frozen through and through', () => {
    const loaded = load()
    expect(Object.isFrozen(loaded)).toBe(true)
    expect(Object.isFrozen(loaded.steps[0])).toBe(true)
    expect(Object.isFrozen(loaded.thresholds)).toBe(true)
  })

  it('takes what people write: shares, durations, weights', () => {
    const loaded = load({
      sale: '{sellThrough: 12.5%, perUserLimit: 3, opensAfter: 1.5s, closesAfter: 2m}',
      buyers:
        '{population: 7, quantity: {1: 80, 2: 20}, doubleClicks: 0.25, reads: 10 %, retries: {share: 30%, delay: 2s}, bots: {share: 0.5, users: 9}}',
      steps: '[{rate: 0.5, duration: 1.5m}, {rate: 100, duration: 250ms, arrivals: uniform}]',
      arrivals: 'poisson',
      timeout: '800ms',
    })
    expect(loaded.sale).toEqual({
      stock: { kind: 'sellThrough', share: 0.125 },
      perUserLimit: 3,
      opensAfterMs: 1_500,
      closesAfterMs: 120_000,
      skus: null,
    })
    expect(loaded.buyers).toEqual({
      population: 7,
      quantities: [
        { quantity: 1, weight: 80 },
        { quantity: 2, weight: 20 },
      ],
      doubleClickShare: 0.25,
      readShare: 0.1,
      retries: { share: 0.3, delayMs: 2_000, mostAttempts: 3 },
      bots: { share: 0.5, users: 9 },
    })
    expect(loaded.steps).toEqual([
      { arrivalRatePerSec: 0.5, durationMs: 90_000, arrivals: 'poisson' },
      { arrivalRatePerSec: 100, durationMs: 250, arrivals: 'uniform' },
    ])
    expect(loaded.timeoutMs).toBe(800)
  })

  it('makes a step of each stair, up to the last', () => {
    const rates = (staircase: string) =>
      load({ steps: `{staircase: {${staircase}, duration: 1s}}` }).steps.map((step) => step.arrivalRatePerSec)
    expect(rates('from: 100, to: 12800, double: true')).toEqual([100, 200, 400, 800, 1600, 3200, 6400, 12800])
    expect(rates('from: 100, to: 400, by: 100')).toEqual([100, 200, 300, 400])
    expect(rates('from: 0.1, to: 0.1, double: true'.replaceAll('0.1', '10'))).toEqual([10])
    // 0.1 + 0.1 + 0.1 is not 0.3 in binary.
    expect(rates('from: 1.1, to: 1.3, by: 0.1')).toHaveLength(3)
  })

  it('draws buyers from ten users for each request of the largest step, unless it says otherwise', () => {
    const steps = '[{rate: 100, duration: 1s}, {rate: 1000, duration: 2s}]'
    expect(load({ steps }).buyers.population).toBe(20_000)
    expect(load({ steps, buyers: '{population: 5}' }).buyers.population).toBe(5)
  })
})

describe('the threshold on achieved load', () => {
  const thresholdsOf = (thresholds: string, steps = '{staircase: {from: 100, to: 400, double: true, duration: 1s}}') =>
    load({ thresholds, steps }).thresholds.map(({ expression, origin }) => `${origin} ${expression}`)

  it('holds for each step beside the ones that are given', () => {
    expect(thresholdsOf('[p99 < 42ms]')).toEqual(['default achieved >= 99%', 'scenario p99 < 42ms'])
  })

  it('gives way to one that is given, for each step, for all together, or for one', () => {
    expect(thresholdsOf('[achieved >= 50%]')).toEqual(['scenario achieved >= 50%'])
    expect(thresholdsOf('["whole: achieved >= 50%"]')).toEqual(['scenario whole: achieved >= 50%'])
    expect(thresholdsOf('["step 2: achieved >= 50%"]')).toEqual([
      'default step 1: achieved >= 99%',
      'default step 3: achieved >= 99%',
      'scenario step 2: achieved >= 50%',
    ])
  })
})

describe('each bound has a nearest value that is taken and a nearest that is refused', () => {
  const stair = (text: string) => ({ steps: `{staircase: {${text}}}` })
  it.each([
    ['stock', { sale: '{stock: 1}' }, { sale: '{stock: 0}' }],
    ['stock, upper', { sale: '{stock: 1000000000}' }, { sale: '{stock: 1000000001}' }],
    ['whole units', { sale: '{stock: 1.0}' }, { sale: '{stock: 1.5}' }],
    ['share', { sale: '{sellThrough: 1}' }, { sale: '{sellThrough: 1.01}' }],
    ['share in percent', { sale: '{sellThrough: 100%}' }, { sale: '{sellThrough: 100.1%}' }],
    ['a share of something', { sale: '{sellThrough: 0.1%}' }, { sale: '{sellThrough: 0%}' }],
    [
      'all steps of some',
      { steps: '{staircase: {from: 100, to: 400, by: 100, every: 2, duration: 1s}}', full: 'true' },
      { full: 'true' },
    ],
    ['no reads at all', { buyers: '{reads: 0%}' }, { buyers: '{reads: -1%}' }],
    ['stock or share', { sale: '{sellThrough: 1}' }, { sale: '{sellThrough: 1, stock: 1}' }],
    ['quantity', { buyers: '{quantity: 1000}' }, { buyers: '{quantity: 1001}' }],
    ['quantity by weight', { buyers: '{quantity: {1000: 1}}' }, { buyers: '{quantity: {1001: 1}}' }],
    ['weight', { buyers: '{quantity: {1: 0.1}}' }, { buyers: '{quantity: {1: 0}}' }],
    ['some weight', { buyers: '{quantity: {1: 1}}' }, { buyers: '{quantity: {}}' }],
    ['population', { buyers: '{population: 100000000}' }, { buyers: '{population: 100000001}' }],
    ['rate', { steps: '[{rate: 1, duration: 1s}]' }, { steps: '[{rate: 0, duration: 1s}]' }],
    ['duration with unit', { steps: '[{rate: 9, duration: 5s}]' }, { steps: '[{rate: 9, duration: 5}]' }],
    ['duration', { steps: '[{rate: 100, duration: 10ms}]' }, { steps: '[{rate: 100, duration: 9ms}]' }],
    ['requests', { steps: '[{rate: 2750, duration: 1h}]' }, { steps: '[{rate: 2751, duration: 1h}]' }],
    ['a request', { steps: '[{rate: 50, duration: 10ms}]' }, { steps: '[{rate: 49, duration: 10ms}]' }],
    ['a step', { steps: '[{rate: 1, duration: 1s}]' }, { steps: '[]' }],
    ['stairs', stair('from: 1, to: 1000, by: 1, duration: 1s'), stair('from: 1, to: 1001, by: 1, duration: 1s')],
    ['upwards', stair('from: 9, to: 9, by: 1, duration: 1s'), stair('from: 9, to: 8, by: 1, duration: 1s')],
    [
      'last stair',
      stair('from: 1, to: 4, double: true, duration: 1s'),
      stair('from: 1, to: 5, double: true, duration: 1s'),
    ],
    [
      'by or double',
      stair('from: 1, to: 2, by: 1, duration: 1s'),
      stair('from: 1, to: 2, by: 1, double: true, duration: 1s'),
    ],
    [
      'closing',
      { sale: '{stock: 1, opensAfter: 1s, closesAfter: 1001ms}' },
      { sale: '{stock: 1, opensAfter: 1s, closesAfter: 1s}' },
    ],
    ['attempts', { buyers: '{retries: {attempts: 2}}' }, { buyers: '{retries: {attempts: 1}}' }],
    ['most attempts', { buyers: '{retries: {attempts: 20}}' }, { buyers: '{retries: {attempts: 21}}' }],
    ['delay', { buyers: '{retries: {delay: 1ms}}' }, { buyers: '{retries: {delay: 0.9ms}}' }],
    ['bots', { buyers: '{bots: {share: 1, users: 1}}' }, { buyers: '{bots: {share: 1, users: 0}}' }],
    ['all of a bot', { buyers: '{bots: {share: 0, users: 1}}' }, { buyers: '{bots: {users: 1}}' }],
    ['in flight', { maxInFlight: '65535' }, { maxInFlight: '65536' }],
    ['seed', { seed: '4294967295' }, { seed: '4294967296' }],
    ['time-out', { timeout: '5m' }, { timeout: '301s' }],
    ['name', { name: 'a.b-c_9' }, { name: 'a/b' }],
    ['threshold', { thresholds: '[p99 < 42ms]' }, { thresholds: '[p99 < 42]' }],
    ['step of a threshold', { thresholds: '["step 1: p99 < 9s"]' }, { thresholds: '["step 2: p99 < 9s"]' }],
  ])('%s', (_, accepted, rejected) => {
    expect(problemLines(scenario(accepted))).toEqual([])
    const problems = problemLines(scenario(rejected))
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatch(/^mine\.yaml:[1-9]\d*:[1-9]\d* {2}[a-z]/)
  })
})

describe('what is wrong', () => {
  it('is told all at once, in the order of the file, with what was expected and found', () => {
    const text = [
      'name: my sale',
      'sale: {stock: -1, prUserLimit: 2}',
      'steps:',
      '  - {rate: -5, duration: 5}',
      '  - {rate: 99, duratoin: 5s}',
      'thresholdss: []',
      'thresholds: [p98 < 2ms]',
      'buyers: {reads: 2}',
    ].join('\n')
    expect(problemLines(text)).toEqual([
      'mine.yaml:1:7  name: must be up to 63 letters, digits, dots, hyphens and underscores, beginning with a letter or a digit, got "my sale"',
      'mine.yaml:2:15  sale.stock: must be a whole number from 1 to 1,000,000,000 (units), got -1',
      'mine.yaml:2:19  sale.prUserLimit: unknown key; did you mean "perUserLimit"?',
      'mine.yaml:4:12  steps[0].rate: must be a number above 0 and at most 1,000,000 (requests per second), got -5',
      'mine.yaml:4:26  steps[0].duration: must be a duration from 10ms to 24h with its unit, such as 5s or 250ms, got 5',
      'mine.yaml:5:5  steps[1].duration: is missing; it must be a duration from 10ms to 24h with its unit, such as 5s or 250ms',
      'mine.yaml:5:16  steps[1].duratoin: unknown key; did you mean "duration"?',
      'mine.yaml:6:1  thresholdss: unknown key; did you mean "thresholds"?',
      expect.stringMatching(/^mine\.yaml:7:14 {2}thresholds\[0\]: there is no metric "p98"; did you mean p90\?/),
      'mine.yaml:8:17  buyers.reads: must be a share from 0% to 100% (of the requests), such as 50% or 0.5, got 2',
    ])
  })

  it.each([
    ['an empty file', '', 'mine.yaml:1:1  must be a mapping'],
    ['nothing but a comment', '# nothing\n', 'mine.yaml:1:1  must be a mapping'],
    ['a null', '\n~\n', 'mine.yaml:2:1  must be a mapping'],
    ['a scalar', '\n  12\n', 'mine.yaml:2:3  must be a mapping with name, sale and steps, got 12'],
    ['a list', '- name: x\n', 'mine.yaml:1:1  must be a mapping with name, sale and steps, got a list'],
    ['a second document', 'name: x\n---\nname: y\n', 'mine.yaml:2:1  a scenario file holds one document'],
    ['an open bracket', 'name: [x\nsale: 1', 'mine.yaml:2:1  is not valid YAML'],
    ['a tab', 'sale:\n\tstock: 1', 'mine.yaml:2:1  is not valid YAML'],
    ['a tag', 'name: !!js/function x', 'mine.yaml:1:7  is not valid YAML'],
    ['a directive', '%FOO 1\n---\nname: x', 'mine.yaml:1:1  is not valid YAML'],
    ['a NUL', scenario({ name: '"a\u0000b"' }), 'mine.yaml:1:7  name: must be up to 63'],
    ['deep nesting', `name: ${'['.repeat(5_000)}`, 'mine.yaml:1:'],
    ['deep valid nesting', `name: ${'['.repeat(50)}${']'.repeat(50)}`, 'mine.yaml:1:'],
    ['a huge file', '#'.repeat(300_000), 'mine.yaml:1:1  must be at most'],
    ['the prototype', '__proto__: {name: x}', 'mine.yaml:1:1  name: is missing'],
  ])('in %s is told with its place', (_, text, expected) => {
    const [first] = problemLines(text)
    expect(first?.slice(0, expected.length)).toBe(expected)
  })

  it('refuses aliases, which a few lines can blow up to gigabytes', () => {
    const rows = Array.from({ length: 9 }, (_, i) => `l${i + 1}: &l${i + 1} [${`*l${i},`.repeat(9)}]`)
    const problems = problemLines(['l0: &l0 [x, x]', ...rows].join('\n'))
    expect(problems.some((line) => line.includes('l1[0]: must be written out: aliases (*l0) are not read'))).toBe(true)
  })

  it('tells a key that is given twice, and goes on to the others', () => {
    const problems = problemLines(`${scenario({})}name: other\nmaxInFlight: 0\n`)
    expect(problems).toEqual([
      'mine.yaml:4:1  name: is given twice',
      'mine.yaml:5:14  maxInFlight: must be a whole number from 1 to 65,535 (requests), got 0',
    ])
  })

  it.each(['.nan', '.inf', '-.inf', 'true', '"5"', '~', '[5]', '{a: 5}', '2020-01-01'])(
    'refuses %s as a stock',
    (value) => {
      const [problem, ...others] = problemLines(scenario({ sale: `{stock: ${value}}` }))
      expect(problem).toMatch(/^mine\.yaml:2:15 {2}sale\.stock: must be a whole number/)
      expect(others).toEqual([])
    },
  )

  it('never writes control characters to the terminal', () => {
    const [problem] = problemLines(scenario({ name: '"\\e[2J\\u202e\\n"' }))
    expect(problem).not.toMatch(/[\p{Cc}\p{Cf}]/u)
  })

  it('leaves with the exit code for usage, and a hint', () => {
    const loading = (): unknown => loadScenario('', 'mine.yaml')
    expect(loading).toThrow(HarnessError)
    expect(loading).toThrow(
      expect.objectContaining({ exitCode: 2, hint: expect.stringContaining('docs/scenarios.md') as string }),
    )
  })

  it('is cut where there is too much of it to read', () => {
    const keys = Array.from({ length: 500 }, (_, i) => `unknown${i}: 1`).join('\n')
    const problems = problemLines(scenario({}) + keys)
    expect(problems).toHaveLength(101)
    expect(problems.at(-1)).toBe('and 400 problems more')
  })
})
