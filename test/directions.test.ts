/**
 * The import directions hold, and the tool that says so reads files and sees a breach of every rule.
 */
import { execFileSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const require = createRequire(import.meta.url)

interface Cruise {
  summary: { totalCruised: number; violations: { from: string; rule: { name: string } }[] }
}

function cruise(...folders: string[]): Cruise {
  const binary = fileURLToPath(new URL('../node_modules/dependency-cruiser/bin/dependency-cruise.mjs', import.meta.url))
  const args = [binary, '--config', '.dependency-cruiser.cjs', '--output-type', 'json', ...folders]
  try {
    return JSON.parse(execFileSync(process.execPath, args, { cwd: root, encoding: 'utf8', maxBuffer: 1e9 })) as Cruise
  } catch (error) {
    // It exits with the number of violations; the report is on stdout all the same.
    return JSON.parse((error as { stdout: string }).stdout) as Cruise
  }
}

describe('import directions', () => {
  it('hold in src and targets, all of which were read', () => {
    const { summary } = cruise('src', 'targets')
    expect(summary.violations.map(({ from, rule }) => `${rule.name}: ${from}`)).toEqual([])
    expect(summary.totalCruised).toBeGreaterThan(50)
  })

  it('are seen broken, each of them, where a fixture breaks it', () => {
    const config = require('../.dependency-cruiser.cjs') as { forbidden: { name: string }[] }
    const seen = new Set(cruise('test/fixtures/directions').summary.violations.map(({ rule }) => rule.name))
    expect([...seen].sort()).toEqual(config.forbidden.map(({ name }) => name).sort())
  })

  it('accuse no fixture that keeps them', () => {
    const accused = cruise('test/fixtures/directions').summary.violations.map(({ from }) => from)
    expect(accused.filter((file) => !/breach|cycle/.test(file))).toEqual([])
  })
})
