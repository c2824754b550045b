/**
 * The shipped scenarios in a short form, each from the command line to the exit code, against a strategy that is right;
 * and scenarios of one's own: begun, extended, replayed.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { shippedScenarios } from '../src/cli/scenario-source.ts'
import type { RunRecord } from '../src/core/run-record.ts'
import { doorbuster, temporaryFolder } from './doorbuster.ts'
import { describeWithServices } from './require-service.ts'

/** They ask whether the scenario works, not whether this machine is fast. */
const PATIENT = ['achieved >= 0%', 'mean < 10s', 'errorRate <= 100%'].flatMap((expression) => [
  '--threshold',
  expression,
])

/** Where a lower rate and two seconds are not all it takes. */
const SHORT_FORMS: Readonly<Record<string, readonly string[]>> = {
  connections: [
    '--engine',
    'autocannon',
    '--set',
    'steps.connections=[2, 8]',
    '--rate',
    '600',
    '--duration',
    '1s',
    '--stock',
    '50',
  ],
  spike: ['--set', 'steps[0].spike={requests: 200, decay: 500ms}', '--duration', '2s'],
  'early-birds': ['--rate', '60', '--duration', '2s', '--set', 'sale.opensAfter=500ms'],
  'many-skus': ['--rate', '150', '--duration', '2s'],
  'staircase-12800': ['--set', 'steps.staircase={from: 25, to: 50, double: true, duration: 1s}'],
  'staircase-article': ['--set', 'steps.staircase={from: 10, to: 60, by: 10, every: 4, duration: 500ms}'],
}
const SHORT = ['--rate', '60', '--duration', '2s']

/** Passed, unless the machine was too busy for the generator to keep its times: that shows nothing, and says so. */
function endOfRight({ steps }: RunRecord): { readonly verdict: string; readonly exitCode: number } {
  const isLate = steps.some(({ onTimeShare }) => onTimeShare < 0.99)
  return isLate ? { verdict: 'inconclusive', exitCode: 4 } : { verdict: 'passed', exitCode: 0 }
}

async function runOf(args: readonly string[], cwd: string): Promise<RunRecord> {
  await doorbuster(['run', ...args, '--out', 'run', '--json'], { cwd })
  return JSON.parse(readFileSync(join(cwd, 'run', 'run.json'), 'utf8')) as RunRecord
}

describeWithServices(['postgres', 'redis'], 'the shipped scenarios', () => {
  it.each(shippedScenarios())('$name runs in a short form, and passes', async ({ name }) => {
    const args = [name, '--strategy', 'redis-lua', ...(SHORT_FORMS[name] ?? SHORT), ...PATIENT]
    const record = await runOf(args, temporaryFolder())
    const { verdict, exitCode, checks, steps } = record
    const trouble = checks.filter((check) => check.verdict === 'fail' || check.verdict === 'unknown')
    expect({ trouble, verdict, exitCode }).toEqual({ trouble: [], ...endOfRight(record) })
    expect(steps.every(({ outcomes }) => outcomes.sold > 0)).toBe(true)
  })

  it('many-skus convicts who oversells, names the SKU, and is judged the same from its files', async () => {
    const cwd = temporaryFolder()
    const args = ['many-skus', '--strategy', 'naive', '--duration', '2s', ...PATIENT]
    const { exitCode, steps, checks, scenario } = await runOf(args, cwd)
    expect(exitCode).toBe(1)
    expect(steps[0]!.sales.map(({ sku }) => sku)).toEqual(scenario.sale.skus!.names.map((name) => `step-1-${name}`))
    const oversold = checks.filter(({ check, verdict }) => check === 'no-oversell' && verdict === 'fail')
    expect(oversold.map(({ sku }) => sku)).toContain('step-1-cherry-small-batch-1')
    for (const { sku, measured } of oversold) {
      const sale = steps[0]!.sales.find((one) => one.sku === sku)!
      expect(sale.sold! - sale.initial).toBe(measured)
    }
    const verified = await doorbuster(['verify', 'run', '--json'], { cwd })
    expect(verified.exitCode).toBe(1)
    expect((JSON.parse(verified.stdout) as RunRecord).checks).toEqual(checks)
    const told = await doorbuster(['verify', 'run'], { cwd })
    expect(told.stdout).toMatch(/^OVERSOLD by \d+ units? in step-1-\S+ \(and in \d+ more sales?\)/)
  })
})

describeWithServices(['postgres', 'redis'], 'a scenario of one’s own', () => {
  it('is begun by init, which runs as it stands and is never overwritten', async () => {
    const cwd = temporaryFolder()
    const made = await doorbuster(['init', 'my drop.yaml'], { cwd })
    expect([made.exitCode, made.stdout.trim()]).toEqual([
      0,
      "my drop.yaml is there. Try it: doorbuster run 'my drop.yaml' --strategy atomic-update",
    ])
    const text = readFileSync(join(cwd, 'my drop.yaml'), 'utf8')
    const record = await runOf(['my drop.yaml', '--strategy', 'redis-lua', ...SHORT, ...PATIENT], cwd)
    expect([record.scenario.name, record.steps.length, record.exitCode]).toEqual([
      'my-drop',
      2,
      endOfRight(record).exitCode,
    ])
    const again = await doorbuster(['init', 'my drop.yaml'], { cwd })
    expect([again.exitCode, again.stderr]).toEqual([
      2,
      expect.stringContaining('is there already, and is not overwritten'),
    ])
    expect(readFileSync(join(cwd, 'my drop.yaml'), 'utf8')).toBe(text)
  })

  it('extends a shipped one, ramps, and replays a file that stands beside it', async () => {
    const cwd = temporaryFolder()
    const steps = 'steps: [{ramp: {from: 0, to: 100}, duration: 1s}, {replay: times.txt}]'
    writeFileSync(join(cwd, 'mine.yaml'), `name: mine\nextends: smoke\n${steps}\n`)
    const times = Array.from({ length: 50 }, (_, i) => i * 10.5)
    writeFileSync(join(cwd, 'times.txt'), `${times.join('\n')}\n`)
    const record = await runOf(['mine.yaml', '--strategy', 'redis-lua', ...PATIENT], cwd)
    expect(record.exitCode).toBe(endOfRight(record).exitCode)
    expect(record.scenario.sale.perUserLimit).toBe(2)
    expect(record.scenario.steps[1]!.shape).toEqual({ kind: 'replay', file: 'times.txt', atMs: times })
    expect(record.steps[1]).toMatchObject({ arrivals: 50, durationMs: 525 })
  })

  it('that names what is not there is refused, each at its place', async () => {
    const cwd = temporaryFolder()
    writeFileSync(join(cwd, 'mine.yaml'), 'name: mine\nextends: smoke\nsteps:\n  - replay: times.txt\n')
    writeFileSync(join(cwd, 'times.txt'), '0\n1.5\nsoon\n')
    const refused = await doorbuster(['run', 'mine.yaml', '--strategy', 'redis-lua'], { cwd })
    expect(refused.exitCode).toBe(2)
    expect(refused.stderr).toContain('times.txt:3:1  must be a time in ms since the start of the step, got "soon"')
    writeFileSync(join(cwd, 'mine.yaml'), 'name: mine\nextends: smok\n')
    const missing = await doorbuster(['run', 'mine.yaml', '--strategy', 'redis-lua'], { cwd })
    expect(missing.exitCode).toBe(2)
    expect(missing.stderr).toContain('mine.yaml:2:10  extends: there is no scenario "smok"')
    expect(missing.stderr).toContain('did you mean "smoke"?')
  })

  it('is chosen from a list that says what each is good for', async () => {
    const { stdout } = await doorbuster(['list', 'scenarios', '--json'])
    const listed = JSON.parse(stdout) as Record<string, unknown>[]
    expect(listed.map(({ name }) => name)).toEqual(shippedScenarios().map(({ name }) => name))
    expect(listed.find(({ name }) => name === 'staircase-12800')).toMatchObject({
      steps: 8,
      peakRatePerSec: 12_800,
      durationMs: 40_000,
      goodFor: 'From 100 to 12,800 requests per second, doubling every five seconds.',
    })
    const table = await doorbuster(['list', 'scenarios'])
    expect(table.stdout).toMatch(/^scenario +steps +peak +takes +good for\n/)
    expect(table.stdout).toContain('smoke                  1     400/s    10s  Ten seconds of an ordinary flash sale')
  })
})
