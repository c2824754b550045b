/**
 * A fresh clone, installed by each npm that people have, with install scripts on and off, and the newest Node: each to a sale
 * that is judged. It installs everything several times over, so it runs only where DOORBUSTER_REQUIRE names `registry`.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import type { RunRecord } from '../src/core/run-record.ts'
import { temporaryFolder } from './doorbuster.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const NEWEST_NODE = '26'
const SALE = ['run', 'smoke', '--strategy', 'atomic-update', '--services', 'embedded', '--duration', '1s', '--json']
const isRequired = (process.env['DOORBUSTER_REQUIRE'] ?? '').split(',').includes('registry')
if (!isRequired) process.stderr.write('\nSKIPPED the installation by each npm: DOORBUSTER_REQUIRE names no registry\n')

/** What git would clone, as it stands now. */
function freshClone(): string {
  const clone = join(temporaryFolder(), 'clone')
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: ROOT })
  for (const path of String(listed).split('\0')) {
    if (path === '' || !existsSync(join(ROOT, path))) continue
    mkdirSync(dirname(join(clone, path)), { recursive: true })
    cpSync(join(ROOT, path), join(clone, path))
  }
  return clone
}

/** Runs a command with another npm or Node than this one's. Nothing that this npm told its scripts gets through. */
function withPackage(name: string, command: readonly string[], cwd: string, more: NodeJS.ProcessEnv = {}) {
  const inherited = Object.entries(process.env).filter(
    ([key]) => !/^npm_(?!config_(cache|registry|nodedir))/i.test(key),
  )
  return spawnSync('npx', ['--yes', '--package', name, ...command], {
    cwd,
    env: { ...Object.fromEntries(inherited), DOORBUSTER_SKIP_SET_UP: undefined, ...more },
    encoding: 'utf8',
    timeout: 900_000,
    maxBuffer: 64 * 1024 * 1024,
  })
}

function expectJudgedSale({ stdout, stderr }: { stdout: string; stderr: string }): RunRecord {
  if (!stdout.startsWith('{')) throw new Error(`no run came of it:\n${stdout}\n${stderr}`)
  const record = JSON.parse(stdout) as RunRecord
  expect(record.steps[0]?.outcomes.sold).toBeGreaterThan(0)
  expect(record.checks.filter(({ verdict }) => verdict === 'fail')).toEqual([])
  return record
}

describe.skipIf(!isRequired)('a fresh clone', () => {
  it.each([
    ['10', 'on'],
    ['10', 'off'],
    ['11', 'on'],
    ['11', 'off'],
  ])('is installed by npm %s with install scripts %s, without a warning', { timeout: 1_000_000 }, (npm, scripts) => {
    const clone = freshClone()
    const ci = ['npm', 'ci', '--no-audit', '--no-fund', `--ignore-scripts=${scripts === 'off'}`]
    const installed = withPackage(`npm@${npm}`, ci, clone)
    expect(installed.stdout).toMatch(/^added \d+ packages/m)
    const finished = withPackage(`npm@${npm}`, ['npm', 'start', '--silent', '--', ...SALE], clone)
    expect(finished.stderr).not.toMatch(/npm ci/)
    expectJudgedSale(finished)
    const warnings = installed.stderr.match(/^npm warn .*$/gim) ?? []
    // Settings of this machine that npm does not know are no matter of the packages.
    expect(warnings.filter((line) => !/Unknown (user|env) config/.test(line))).toEqual([])
  })

  it(`runs under Node ${NEWEST_NODE}`, { timeout: 600_000 }, () => {
    const command = ['node', join(ROOT, 'bin/doorbuster.js'), ...SALE]
    const record = expectJudgedSale(withPackage(`node@${NEWEST_NODE}`, command, temporaryFolder()))
    expect(record.environment.node).toMatch(new RegExp(`^v?${NEWEST_NODE}\\.`))
  })
})
