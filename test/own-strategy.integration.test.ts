/**
 * A strategy of somebody's own, in a folder of their own that has the package installed: it type-checks, it runs, the
 * conformance suite judges it, and what is wrong with it is said with its place.
 */
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import type { RunRecord } from '../src/core/run-record.ts'
import { doorbuster, processesWith, temporaryFolder } from './doorbuster.ts'
import { describeWithServices } from './require-service.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const COMPILER_OPTIONS = {
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  module: 'nodenext',
  target: 'es2023',
  types: ['node'],
  noEmit: true,
  allowImportingTsExtensions: true,
  skipLibCheck: false,
}

/** A folder as `npm install doorbuster` leaves it, without a package.json, and with the examples in it. */
function folderOfSomebody(): string {
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'node_modules', '@types'), { recursive: true })
  symlinkSync(ROOT, join(folder, 'node_modules', 'doorbuster'))
  symlinkSync(join(ROOT, 'node_modules', '@types', 'node'), join(folder, 'node_modules', '@types', 'node'))
  cpSync(join(ROOT, 'examples', 'own-strategy'), folder, { recursive: true })
  return folder
}

/** The example with something changed. */
function folderWith(file: string, text: string): string {
  const folder = folderOfSomebody()
  writeFileSync(join(folder, file), text)
  return folder
}

const RIGHT = `import { strategy as right } from './one-statement.ts'\n`

describe('a strategy of somebody’s own', () => {
  it('type-checks against the package', () => {
    const folder = folderOfSomebody()
    writeFileSync(
      join(folder, 'tsconfig.json'),
      JSON.stringify({ compilerOptions: COMPILER_OPTIONS, include: ['*.ts'] }),
    )
    const tsc = join(ROOT, 'node_modules', '.bin', 'tsc')
    expect(execFileSync(tsc, ['-p', '.', '--listFilesOnly'], { cwd: folder, encoding: 'utf8' })).toMatch(/faulty\.ts/)
    expect(execFileSync(tsc, ['-p', '.'], { cwd: folder, encoding: 'utf8' })).toBe('')
  })

  it.each([
    ['TypeScript that is none', 'mine.ts', 'export const a = 1\nexport const = 2\n', /mine\.ts:2:13/],
    [
      'JavaScript that is none',
      'mine.mjs',
      'export const a = 1\nexport const = 2\n',
      /mine\.mjs:2\nexport const = 2\n/,
    ],
    ['an import of what is not there', 'mine.mjs', `import './gone.mjs'\n`, /gone\.mjs.* imported from .*mine\.mjs/],
    [
      'an error as it is loaded',
      'mine.ts',
      `${RIGHT}\nthrow new Error('no idea' as string)\n`,
      /no idea[\s\S]*mine\.ts:3:7/,
    ],
    ['nothing that is exported', 'mine.ts', `${RIGHT}right.start\n`, /neither as default nor named "strategy"/],
    [
      'no start',
      'mine.ts',
      `${RIGHT}export default { ...right, start: undefined }\n`,
      /- start is missing \(a function\)/,
    ],
  ])('with %s is refused before anything is started: exit 2', async (_, file, text, expected) => {
    const { exitCode, stderr, stdout } = await doorbuster(['run', 'smoke', '--strategy', `./${file}`], {
      cwd: folderWith(file, text),
    })
    expect(stderr).toMatch(expected)
    expect(stdout).toBe('')
    expect(exitCode).toBe(2)
  })
})

describeWithServices(['postgres'], 'a strategy of somebody’s own, under load', () => {
  it('runs to a verdict, in several instances, and may write what it likes', async () => {
    const folder = folderWith('mine.ts', `${RIGHT}console.log('loaded')\nexport default right\n`)
    // As `npm init` leaves it.
    writeFileSync(join(folder, 'package.json'), '{ "name": "mine", "type": "commonjs" }')
    const args = ['--strategy', './mine.ts', '--instances', '2', '--duration', '3s', '--out', 'run']
    const { stderr } = await doorbuster(['run', 'smoke', ...args], { cwd: folder })
    const record = JSON.parse(readFileSync(join(folder, 'run', 'run.json'), 'utf8')) as RunRecord
    expect(record.checks.filter(({ verdict }) => verdict !== 'pass' && verdict !== 'not-checked')).toEqual([])
    expect(record.target).toMatchObject({ strategy: 'one-statement', instances: 2, module: join(folder, 'mine.ts') })
    expect(stderr).toMatch(/the server said:\n(.*\n)*loaded/)
    expect((await doorbuster(['verify', 'run', '--json'], { cwd: folder })).exitCode).toBe(record.exitCode)
  })

  it.each([1, 2])(
    'that starts nothing whole is refused with what is missing: exit 2 (instances: %i)',
    async (instances) => {
      const folder = folderWith('mine.ts', `${RIGHT}export default { ...right, start: async () => ({ open() {} }) }\n`)
      const args = ['run', 'smoke', '--strategy', './mine.ts', '--instances', String(instances)]
      const { exitCode, stderr } = await doorbuster(args, { cwd: folder })
      expect(stderr).toMatch(/mine\.ts: it does not keep the contract[\s\S]*- settle is missing/)
      expect(exitCode).toBe(2)
    },
  )

  it('that crashes ends the run with its last words: exit 5', async () => {
    const crash = `
export default { ...right, async start(context) {
  const sale = await right.start(context)
  let calls = 0
  return { ...sale, buy(request, attempt) {
    calls += 1
    if (calls === 50) setTimeout(() => { throw new Error('out of ideas') })
    return sale.buy(request, attempt)
  } }
} }\n`
    const folder = folderWith('mine.ts', RIGHT + crash)
    const { exitCode, stdout, stderr } = await doorbuster(
      ['run', 'smoke', '--strategy', './mine.ts', '--duration', '1s', '--json'],
      { cwd: folder },
    )
    const record = JSON.parse(stdout) as RunRecord
    expect(record.endedEarly).toMatch(/it crashed: Error: out of ideas \(at .*mine\.ts:8:\d+\)\)/)
    expect([exitCode, stderr]).toEqual([5, ''])
    expect(processesWith(record.runId)).toEqual([])
  })

  it('that answers what is no answer is told of', async () => {
    const folder = folderWith(
      'mine.ts',
      `${RIGHT}export default { ...right, start: async (context) => ({ ...(await right.start(context)), buy: async () => 'yes' }) }\n`,
    )
    const { stderr } = await doorbuster(['run', 'smoke', '--strategy', './mine.ts', '--duration', '1s'], {
      cwd: folder,
    })
    expect(stderr.match(/buy\(\) resolved to "yes", which is no result of a buy/g)).toHaveLength(3)
  })
})

describeWithServices(['postgres'], 'doorbuster conformance', () => {
  it('passes the example: exit 0', async () => {
    const { exitCode, stdout } = await doorbuster(['conformance', './one-statement.ts'], { cwd: folderOfSomebody() })
    expect(stdout).toMatch(/one-statement does what every strategy has to do: \d+ cases passed/)
    expect(exitCode).toBe(0)
  })

  it('convicts the faulty example of what is wrong with it, and of nothing else: exit 1', async () => {
    const args = ['conformance', './faulty.ts', '--instances', '2', '--json']
    const { exitCode, stdout } = await doorbuster(args, { cwd: folderOfSomebody() })
    const report = JSON.parse(stdout) as { cases: { name: string; verdict: string; why: string | null }[] }
    const failed = report.cases.filter(({ verdict }) => verdict === 'fail')
    expect(failed.map(({ name }) => name)).toEqual([
      'a retry is answered with its order, also after the sell-out',
      'one request sent many times at once makes one order',
      'a closed sale sells nothing, and still answers retries',
      'nothing is sold after the closing, and retries are still answered',
      'orders, retries, limits and stock survive a restart',
    ])
    expect(failed[0]!.why).toMatch(/^a retry is answered with its order: got \[200,".*",true\], expected \[200,/)
    expect(report).toMatchObject({ schema: 'doorbuster.conformance/1', strategy: 'faulty', instances: 2, exitCode: 1 })
    expect(exitCode).toBe(1)
  })

  it('ends with a server that crashes, and its last words: exit 5', async () => {
    const crash = `${RIGHT}
export default { ...right, start: async (context) => ({ ...(await right.start(context)), close: async () => process.abort() }) }\n`
    const { exitCode, stderr } = await doorbuster(['conformance', './mine.ts'], { cwd: folderWith('mine.ts', crash) })
    expect(stderr).toMatch(/the server ended during "a closed sale sells nothing/)
    expect(exitCode).toBe(5)
  })

  it('refuses a name that no strategy has: exit 2', async () => {
    const { exitCode, stderr } = await doorbuster(['conformance', 'atomic-updat'])
    expect(stderr).toMatch(/did you mean "atomic-update"\?/)
    expect(exitCode).toBe(2)
  })
})
