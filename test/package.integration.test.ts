/**
 * The packed package, installed into an empty folder as a user would, runs the demo. The one test that reaches for the
 * package registry, as `npm install` does: without one it is skipped, and fails where DOORBUSTER_REQUIRE names it.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { copyFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { type RunRecord, targetName } from '../src/core/run-record.ts'
import { temporaryFolder } from './doorbuster.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const hasRegistry = spawnSync('npm', ['view', 'light-my-request@6.6.0', 'version'], { timeout: 30_000 }).status === 0
const isRequired = (process.env['DOORBUSTER_REQUIRE'] ?? '').split(',').includes('registry')

function npm(args: readonly string[], cwd: string): string {
  return execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], timeout: 240_000 })
}

if (!hasRegistry && !isRequired) process.stderr.write('\nSKIPPED the packed package: no package registry answers\n')

describe.skipIf(!hasRegistry && !isRequired)('the packed package', () => {
  it('runs the demo in an empty folder, and brings what it needs', { timeout: 480_000 }, () => {
    const folder = temporaryFolder()
    const packed = JSON.parse(npm(['pack', '--json', '--pack-destination', folder], ROOT)) as { filename: string }[]
    writeFileSync(join(folder, 'package.json'), '{ "name": "somebody-elses", "private": true }\n')
    npm(['install', '--no-audit', '--no-fund', `./${packed[0]!.filename}`], folder)
    const demo = spawnSync('npx', ['--no-install', 'doorbuster', 'demo', '--json'], {
      cwd: folder,
      encoding: 'utf8',
      timeout: 240_000,
    })
    const { runs } = JSON.parse(demo.stdout) as { runs: RunRecord[] }
    const verdicts = Object.fromEntries(runs.map(({ target, verdict }) => [targetName(target), verdict]))
    expect(verdicts).toMatchObject({ naive: 'wrong', mutex: 'wrong', 'article-literal': 'wrong' })
    expect(demo.status).toBe(0)
    expect(readdirSync(join(folder, 'results'))).toHaveLength(runs.length)

    copyFileSync(
      join(folder, 'node_modules/doorbuster/examples/own-strategy/one-statement.ts'),
      join(folder, 'mine.ts'),
    )
    const args = ['--no-install', 'doorbuster', 'run', 'smoke', '--strategy', './mine.ts', '--duration', '2s', '--json']
    const own = spawnSync('npx', args, { cwd: folder, encoding: 'utf8', timeout: 120_000 })
    const { target, checks } = JSON.parse(own.stdout) as RunRecord
    expect(targetName(target)).toBe('one-statement')
    expect(checks.filter(({ verdict }) => verdict === 'fail')).toEqual([])
  })
})
