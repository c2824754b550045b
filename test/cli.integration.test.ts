/** What the command line says to input that it can't use: where it is, what to do, exit 2, and never a stack trace. */
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { EXIT_CODES } from '../src/core/exit-codes.ts'
import { doorbuster, temporaryFolder } from './doorbuster.ts'

const STACK_TRACE = /\n\s+at .*:\d+:\d+/

describe('init --target', () => {
  it('writes a descriptor into a folder or a file, and never over one that is there', async () => {
    const cwd = temporaryFolder()
    const made = await doorbuster(['init', '--target', '.'], { cwd })
    expect([made.exitCode, made.stdout]).toEqual([0, expect.stringContaining('run smoke --target target.yaml')])
    const text = readFileSync(join(cwd, 'target.yaml'), 'utf8')
    expect(text).toMatch(/^name: target$/m)
    const again = await doorbuster(['init', '--target'], { cwd })
    expect([again.exitCode, again.stderr]).toEqual([2, expect.stringContaining('is there already')])
    expect(readFileSync(join(cwd, 'target.yaml'), 'utf8')).toBe(text)
    await doorbuster(['init', '--target', 'our shop.yaml'], { cwd })
    expect(readFileSync(join(cwd, 'our shop.yaml'), 'utf8')).toMatch(/^name: our-shop$/m)
  })
})

describe('usage that is not understood', () => {
  it.each([
    ['an unknown command', ['rum'], /Did you mean run\?/],
    ['an unknown option', ['run', 'smoke', '--strateg', 'naive'], /Did you mean --strategy\?/],
    ['an unknown scenario', ['run', 'smok', '--strategy', 'naive'], /did you mean "smoke"\?/],
    ['an unknown strategy', ['run', 'smoke', '--strategy', 'niave'], /did you mean "naive"\?[\s\S]*atomic-update/],
    [
      'a strategy in a file that is not there',
      ['run', 'smoke', '--strategy', './mine.ts'],
      /mine\.ts: there is no such file/,
    ],
    [
      'a share that is none',
      ['run', 'smoke', '--strategy', 'naive', '--lose-replies', '1000%'],
      /share from 0% to 100%/,
    ],
    ['no strategy', ['run', 'smoke'], /--strategy[\s\S]*atomic-update/],
    ['a number that is none', ['run', 'smoke', '--strategy', 'naive', '--instances', 'two'], /whole number/],
    ['a threshold that is none', ['run', 'smoke', '--strategy', 'naive', '--threshold', 'p99 < 42'], /p99 < 42/],
    ['nothing to verify', ['verify'], /RUNDIR|--history/i],
    ['a run that is none', ['verify', '.'], /not the folder of a run/],
    ['a beginning of a name', ['run', 'smoke', '--strategy', 'nai'], /did you mean "naive"\?/],
    ['a folder without a name', ['run', 'smoke', '--strategy', 'naive', '--out', ''], /must name a folder/],
    ['a race of one buyer', ['race', '--strategy', 'naive', '--buyers', '1'], /whole number from 2 to 3/],
    ['a race of nobody', ['race'], /--strategy[\s\S]*atomic-update/],
    ['a race without time', ['race', '--strategy', 'naive', '--budget', '0s'], /no time for any order/],
    ['a race that is none', ['race', '--replay', '.'], /cannot read .*race\.json/],
    [
      "a history's options for a run",
      ['verify', '.', '--reads', 'advisory', '--initial-stock', '5'],
      /--initial-stock, --reads can't be used with the folder of a run/,
    ],
  ])('%s: exit 2', async (_, args, expected) => {
    const { exitCode, stdout, stderr } = await doorbuster(args)
    expect(stderr).toMatch(expected)
    expect(stderr).not.toMatch(STACK_TRACE)
    expect(stdout).toBe('')
    expect(exitCode).toBe(2)
  })

  it('a folder that is not empty: exit 2, and nothing in it is touched', async () => {
    const cwd = temporaryFolder()
    mkdirSync(join(cwd, 'out'))
    writeFileSync(join(cwd, 'out', 'mine.txt'), 'mine')
    const { exitCode, stderr } = await doorbuster(['run', 'smoke', '--strategy', 'atomic-update', '--out', 'out'], {
      cwd,
    })
    expect(stderr).toMatch(/not empty/)
    expect(exitCode).toBe(2)
    expect(readFileSync(join(cwd, 'out', 'mine.txt'), 'utf8')).toBe('mine')
  })

  it('a scenario with several mistakes: each with its line and column', async () => {
    const cwd = temporaryFolder()
    writeFileSync(
      join(cwd, 'mine.yaml'),
      'name: mine\nsale:\n  stock: -5\nsteps:\n  - rate: 0\n    duration: 5\nthresholdss: []\n',
    )
    const { exitCode, stderr } = await doorbuster(['run', 'mine.yaml', '--strategy', 'naive'], { cwd })
    expect(stderr).toMatch(/mine\.yaml:3:10 .*sale\.stock/)
    expect(stderr).toMatch(/mine\.yaml:5:11 .*steps\[0\]\.rate/)
    expect(stderr).toMatch(/mine\.yaml:7:1 .*did you mean "thresholds"/)
    expect(exitCode).toBe(2)
  })
})

describe('a result that cannot be printed', () => {
  const full = '/dev/full'

  it.runIf(existsSync(full)).each([[['list', 'strategies']], [['--help']]])(
    '%j on a full disk: exit 5, in words',
    async (args) => {
      const stdout = openSync(full, 'w')
      onTestFinished(() => closeSync(stdout))
      const { exitCode, stderr } = await doorbuster(args, { stdout })
      expect(stderr).toMatch(/could not be printed: .*ENOSPC/)
      expect(stderr).not.toMatch(STACK_TRACE)
      expect(exitCode).toBe(5)
    },
  )
})

describe('list', () => {
  it.each([
    ['strategies', /^atomic-update +any instances +linearizable +yes +postgres +at COMMIT$/m],
    ['scenarios', /^flat-12800 +1 +12,800\/s +25s +12,800 buyers/m],
    ['checks', /^no-oversell +fails when/m],
  ])('%s, and the same as one JSON document', async (what, line) => {
    const { exitCode, stdout } = await doorbuster(['list', what])
    expect(stdout).toMatch(line)
    expect(exitCode).toBe(0)
    const document = JSON.parse((await doorbuster(['list', what, '--json'])).stdout) as Record<string, unknown>
    const names = ((document['strategies'] ?? document) as { name: string }[]).map(({ name }) => name)
    expect(names.filter((name) => !stdout.includes(name))).toEqual([])
    expect(names.length).toBeGreaterThan(3)
  })
})

describe('doctor', () => {
  it('says that there is no k6, and how to get it, which is no failure', async () => {
    const withK6 = await doorbuster(['doctor'])
    const without = await doorbuster(['doctor'], { env: { K6_BINARY: '/nowhere/k6' } })
    expect(without.exitCode).toBe(withK6.exitCode)
    expect(without.stdout).toMatch(/^k6 +missing: K6_BINARY names \/nowhere\/k6.*; only --engine k6 needs it$/m)
    expect(without.stdout).toContain('go install go.k6.io/k6')
  })

  it('says which k6 there is, and where', async () => {
    const folder = temporaryFolder()
    const k6 = join(folder, 'k6')
    writeFileSync(k6, '#!/bin/sh\necho "k6 v1.8.0 (go1.25)"\n', { mode: 0o755 })
    const env = { PATH: `${folder}${delimiter}${process.env['PATH']}`, K6_BINARY: '' }
    const { stdout } = await doorbuster(['doctor'], { env })
    expect(stdout).toContain(`k6        v1.8.0  ${k6}`)
    const document = JSON.parse((await doorbuster(['doctor', '--json'], { env })).stdout) as { k6: unknown }
    expect(document.k6).toEqual({ found: true, version: 'v1.8.0', where: k6 })
  })
})

describe('help', () => {
  it('shows every exit code of the table', async () => {
    const { exitCode, stdout } = await doorbuster(['--help'])
    for (const { code, meaning } of Object.values(EXIT_CODES)) expect(stdout).toContain(`${code}  ${meaning}`)
    expect(exitCode).toBe(0)
  })

  it.each(['run', 'race', 'demo', 'verify', 'conformance', 'list', 'doctor'])(
    'of %s shows an example',
    async (command) => {
      const { exitCode, stdout } = await doorbuster([command, '--help'])
      expect(stdout).toMatch(/Examples?:\n {2}doorbuster /)
      expect(exitCode).toBe(0)
    },
  )

  it.each(['strategies', 'scenarios', 'checks'])('lists the %s', async (what) => {
    const { exitCode, stdout } = await doorbuster(['list', what])
    expect(stdout.trim().split('\n').length).toBeGreaterThan(3)
    expect(exitCode).toBe(0)
  })
})
