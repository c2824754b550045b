import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import type { CompareRecord } from '../core/compare-record.ts'
import { comparisonOf } from '../report/testing/comparisons.ts'
import { wrongRace } from '../report/testing/race-records.ts'
import { recordOf } from '../report/testing/records.ts'
import { openReport } from './report.ts'

const command = ['smoke', '--strategies', 'redis-lua,naive']

/** Path of a run that was ended before its first step, in the folder of a comparison of that run. */
function runIn(whole: Partial<CompareRecord>, runId: string): string {
  const root = mkdtempSync(join(tmpdir(), 'doorbuster-report-'))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  const folder = join(root, 'runs', '01-redis-lua')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(root, 'compare.json'), JSON.stringify(comparisonWith(runId, whole)))
  const ended = { status: 'interrupted', verdict: 'interrupted', endedBy: 'interrupted' } as const
  const { scenario } = recordOf()
  const record = recordOf({ ...ended, scenario, steps: [], checks: [], exitCode: 130, endedEarly: 'interrupted' })
  writeFileSync(join(folder, 'run.json'), JSON.stringify(record))
  return folder
}

function comparisonWith(runId: string, changes: Partial<CompareRecord>): CompareRecord {
  const comparison = comparisonOf(changes)
  const [regime] = comparison.regimes
  const machine = { quiet: true, idleShare: 1, stealShare: 0, heavy: [], waitedMs: 0 }
  const run = {
    directory: 'runs/01-redis-lua',
    runId,
    startedAt: comparison.startedAt,
    verdict: 'passed',
    machine,
  } as const
  return { ...comparison, regimes: [{ ...regime!, results: [{ ...regime!.results[0]!, runs: [run] }] }] }
}

const pageOf = async (folder: string): Promise<string> =>
  await (await openReport(folder, { shownAs: 'results/x' })).render('html')

it('a run of a comparison names the command of the whole, and none of its own', async () => {
  const page = await pageOf(runIn({ command }, 'r1'))
  expect(page).toContain('npx doorbuster compare smoke --strategies redis-lua,naive --seed 1')
  expect(page).not.toContain('npx doorbuster run')
})

it('a run names no command of a comparison that is not its own, or that does not say how it was called', async () => {
  expect(await pageOf(runIn({ command }, 'another'))).not.toContain('npx doorbuster compare')
  expect(await pageOf(runIn({}, 'r1'))).not.toContain('npx doorbuster compare')
})

it('a race is reported from its folder, with the command that runs its wrong order again', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'doorbuster-report-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(join(folder, 'race.json'), JSON.stringify(wrongRace))
  const report = await openReport(folder, { shownAs: 'results/x' })
  expect(report.fileOf('md')).toBe(join(folder, 'race.md'))
  expect(await report.render('html')).toContain('npx doorbuster race --replay results/x/race.json')
  expect(await report.render('md')).toContain('npx doorbuster race --replay results/x/race.json')
  expect(await report.render('junit')).toContain('failures="1"')
})
