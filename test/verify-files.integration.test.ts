/** Files that something else recorded, from the command line to the exit code: what is wrong, right, or open in them. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { doorbuster, temporaryFolder } from './doorbuster.ts'

interface Case {
  readonly history: readonly object[]
  readonly ledger?: readonly object[]
  readonly options?: readonly string[]
}

async function verify({ history, ledger, options = ['--initial-stock', '9'] }: Case) {
  const cwd = temporaryFolder()
  const write = (name: string, lines: readonly object[]): void =>
    writeFileSync(join(cwd, name), lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
  write('history.ndjson', history)
  if (ledger !== undefined) write('ledger.ndjson', ledger)
  const files = ['--history', 'history.ndjson', ...(ledger === undefined ? [] : ['--ledger', 'ledger.ndjson'])]
  const { exitCode, stdout, stderr } = await doorbuster(['verify', ...files, ...options], { cwd })
  return { exitCode, stderr, said: stdout.replaceAll(/\s+/g, ' ') }
}

const at = (ms: number) => ({ invokedAt: ms, completedAt: ms + 1 })
const sold = (ms: number, more: object) => ({ op: 'buy', ...at(ms), outcome: 'sold', ...more })
const told = (outcome: string, ms: number, more: object) => ({ op: 'buy', ...at(ms), outcome, ...more })

const ANN = { requestId: 'r1', userId: 'ann' }
const BOB = { requestId: 'r2', userId: 'bob' }
const HISTORY = [
  sold(0, { ...ANN, quantity: 2, orderId: 'o1' }),
  sold(2, { ...BOB, quantity: 1, orderId: 'o2' }),
  sold(2.5, { ...BOB, quantity: 1, orderId: 'o2' }),
]
const [O1, O2] = [
  { orderId: 'o1', ...ANN, quantity: 2 },
  { orderId: 'o2', ...BOB, quantity: 1 },
]
const carl = (outcome: string) => told(outcome, 4, { requestId: 'r3', userId: 'carl', quantity: 1 })
const O3 = { orderId: 'o3', requestId: 'r3', userId: 'carl', quantity: 1 }

describe('an order that is not what its buyer asked for or was told', () => {
  it.each<[string, readonly object[], readonly object[], RegExp]>([
    ['of fewer units', HISTORY, [{ ...O1, quantity: 1 }, O2], /asked for 2 units .* order o1 is of 1/],
    ['of more units', HISTORY, [{ ...O1, quantity: 3 }, O2], /asked for 2 units .* order o1 is of 3/],
    ['with another id', HISTORY, [O1, { ...O2, orderId: 'o8' }], /was told order o2; .* has order o8/],
    [
      "in another buyer's name",
      HISTORY,
      [O1, { ...O2, userId: 'ann' }],
      /order o2 of this request is in the name of ann/,
    ],
    [
      'that was promised to two',
      [...HISTORY, sold(4, { requestId: 'r3', orderId: 'o2' })],
      [O1, O2, O3],
      /told order o2/,
    ],
    ['of a buyer who was told "sold out"', [...HISTORY, carl('soldOut')], [O1, O2, O3], /INVENTED.*although user carl/],
    ['of a buyer who was told "limit reached"', [...HISTORY, carl('limitReached')], [O1, O2, O3], /INVENTED/],
    ['of a buyer who was refused', [...HISTORY, carl('refused')], [O1, O2, O3], /INVENTED.*was refused/],
  ])('%s: exit 1', async (_, history, ledger, words) => {
    const { exitCode, said } = await verify({ history, ledger })
    expect(said).toMatch(words)
    expect(exitCode).toBe(1)
  })

  it.each<[string, readonly object[], readonly object[]]>([
    ['all as told', HISTORY, [O1, O2]],
    ['no answer, and an order all the same', [...HISTORY, carl('unknown')], [O1, O2, O3]],
    [
      'a ledger without units',
      HISTORY,
      [
        { ...O1, quantity: undefined },
        { ...O2, quantity: undefined },
      ],
    ],
    ['a ledger of bare order ids', HISTORY, [{ orderId: 'o1' }, { orderId: 'o2' }]],
    ['a ledger without users', HISTORY, [{ ...O1, userId: undefined }, O2]],
    ['ids that are numbers', [sold(0, { requestId: 1, orderId: 7 })], [{ orderId: 7, requestId: '1' }]],
  ])('but %s: exit 0', async (_, history, ledger) => {
    const { exitCode, said } = await verify({ history, ledger })
    expect(said).toMatch(/^PASSED/)
    expect(exitCode).toBe(0)
  })

  it.each<[string, Case, RegExp]>([
    [
      'order ids of another kind',
      {
        history: HISTORY,
        ledger: [
          { ...O1, orderId: 1 },
          { ...O2, orderId: 2 },
        ],
      },
      /not one order has the id that its buyer was told/,
    ],
    [
      'units that nobody can tell',
      { history: HISTORY, ledger: [{ orderId: 1 }, { orderId: 2 }], options: ['--initial-stock', '3'] },
      /between 2 and 4 units were sold of 3/,
    ],
  ])('and %s: exit 4', async (_, files, words) => {
    const { exitCode, said } = await verify(files)
    expect(said).toMatch(words)
    expect(exitCode).toBe(4)
  })
})

describe('an oversell that an order without units could hide', () => {
  const ledger = [{ ...O1, quantity: undefined }, O2]

  it('is found: exit 1', async () => {
    const { exitCode, said } = await verify({ history: HISTORY, ledger, options: ['--initial-stock', '2'] })
    expect(said).toMatch(/^OVERSOLD by 1 unit/)
    expect(exitCode).toBe(1)
  })

  it('is none where the units were there: exit 0', async () => {
    const options = ['--initial-stock', '3', '--remaining-stock', '0']
    expect((await verify({ history: HISTORY, ledger, options })).exitCode).toBe(0)
  })
})

describe('a history that shows nothing', () => {
  it.each<[string, readonly object[]]>([
    ['reads alone', [{ op: 'read', ...at(0), value: 9 }]],
    ['refusals alone', [carl('refused')]],
    ['an opening alone', [{ op: 'open', stock: 9 }]],
  ])('%s: exit 4', async (_, history) => {
    const { exitCode, said } = await verify({ history, ledger: [] })
    expect(said).toMatch(/^INCONCLUSIVE: .*nothing was shown/)
    expect(exitCode).toBe(4)
  })

  it('of one sale beside another one that was sold: exit 0', async () => {
    const open = (sku: string) => ({ op: 'open', sku, stock: 1 })
    const history = [open('a'), open('b'), sold(0, { sku: 'a', ...ANN })]
    const { exitCode, said } = await verify({ history, ledger: [{ orderId: 1, sku: 'a', ...ANN }], options: [] })
    expect(said).toMatch(/^PASSED/)
    expect(exitCode).toBe(0)
  })
})

describe('a stock below zero at the end', () => {
  it.each([[['--remaining-stock=-1']], [['--remaining-stock', '-1']]])('given as %j: exit 1', async (option) => {
    const options = ['--initial-stock', '3', ...option]
    const { exitCode, said } = await verify({ history: HISTORY, ledger: [O1, O2], options })
    expect(said).toMatch(/a stock below zero was stored: -1/)
    expect(exitCode).toBe(1)
  })

  it('that is no whole number: exit 2', async () => {
    const options = ['--initial-stock', '3', '--remaining-stock=-1.5']
    const { exitCode, stderr } = await verify({ history: HISTORY, ledger: [O1, O2], options })
    expect(stderr).toMatch(/It must be a whole number/)
    expect(exitCode).toBe(2)
  })
})

describe('the help of verify', () => {
  it('names the default of --reads as one would write it', async () => {
    const { stdout } = await doorbuster(['verify', '--help'])
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain('(default: linearizable)')
  })
})
