/**
 * Comparisons from the command line to the exit code, against real stores: who is wrong is never ranked, whatever ends
 * one keeps what was measured, and what can't be compared is said before anything runs.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { CompareRecord, ContestantResult } from '../src/core/compare-record.ts'
import { doorbuster, start, temporaryFolder } from './doorbuster.ts'
import { describeWithServices } from './require-service.ts'

/** Nobody waits for a quiet machine here: nothing is said of times. */
const SHORT = ['--rate', '300', '--duration', '2s', '--repeat', '1', '--cool-down', '0s', '--max-wait', '0s']

function stored(cwd: string): CompareRecord {
  return JSON.parse(readFileSync(join(cwd, 'compared', 'compare.json'), 'utf8')) as CompareRecord
}

function resultOf({ regimes }: CompareRecord, name: string): ContestantResult {
  return regimes[0]!.results.find(({ contestant }) => contestant === name)!
}

describeWithServices(['postgres', 'redis'], 'a comparison', () => {
  it('of two that are right and one that is not ranks the two, and is wrong', async () => {
    const cwd = temporaryFolder()
    const strategies = ['--strategies', 'naive,atomic-update,redis-lua', '--sell-through', '0.3']
    const args = ['compare', 'smoke', ...strategies, ...SHORT, '--out', 'compared', '--json']
    const { exitCode, stdout, stderr } = await doorbuster(args, { cwd })
    if (stdout === '') throw new Error(`no record (exit ${exitCode}):\n${stderr}`)
    const record = JSON.parse(stdout) as CompareRecord
    expect([exitCode, record.exitCode, record.verdict, record.status]).toEqual([1, 1, 'wrong', 'complete'])
    expect(stored(cwd)).toEqual(record)
    const wrong = resultOf(record, 'naive')
    expect(wrong).toMatchObject({ verdict: 'wrong', headline: expect.stringMatching(/^[A-Z]+ /) })
    expect(wrong.failedChecks.length).toBeGreaterThan(0)
    const ranked = record.regimes[0]!.places.flatMap(({ contestants }) => contestants)
    expect(ranked.toSorted()).toEqual(['atomic-update', 'redis-lua'])
    for (const name of ranked) {
      const { failedChecks, figures, work } = resultOf(record, name)
      expect(failedChecks).toEqual([])
      expect(figures!.goodputPerSec.median).toBeGreaterThan(0)
      expect(work!.some(({ kind, requests }) => kind === 'sold' && requests > 0)).toBe(true)
    }
    expect(record.notes.some((note) => note.startsWith('one run of each'))).toBe(true)
    const runs = record.regimes[0]!.results.flatMap((result) => result.runs.map(({ directory }) => directory))
    expect(readdirSync(join(cwd, 'compared')).sort()).toEqual([
      'compare.json',
      'compare.md',
      'junit.xml',
      'report.html',
      'runs',
    ])
    for (const run of runs) expect(readdirSync(join(cwd, 'compared', run, 'history'))).toHaveLength(1)
  }, 300_000)

  it('that is interrupted keeps the runs that were made', async () => {
    const cwd = temporaryFolder()
    const args = ['compare', 'smoke', '--strategies', 'atomic-update,redis-lua', '--sell-through', '0.5']
    const running = start([...args, ...SHORT, '--duration', '3s', '--out', 'compared'], { cwd })
    await running.said(/2 of 2: /)
    running.kill('SIGINT')
    const { exitCode, stdout } = await running.finished
    expect(stdout).toMatch(/^INTERRUPTED/)
    expect(exitCode).toBe(130)
    const { status, regimes, finishedAt } = stored(cwd)
    expect(status).toBe('interrupted')
    expect(finishedAt).not.toBeNull()
    expect(regimes[0]!.results.filter(({ figures }) => figures !== null)).toHaveLength(1)
  }, 300_000)
})

describe('a comparison whose stores can not be had', () => {
  it('ends with 5 and says what is missing, for each', async () => {
    const cwd = temporaryFolder()
    const args = ['compare', 'smoke', '--strategies', 'atomic-update,redis-lua', '--services', 'external']
    const env = { DATABASE_URL: '', REDIS_URL: '' }
    const { exitCode, stderr } = await doorbuster([...args, ...SHORT, '--out', 'compared'], { cwd, env })
    expect(stderr).toMatch(/atomic-update can't run/)
    expect(stderr).toMatch(/redis-lua can't run/)
    expect(exitCode).toBe(5)
    expect(stored(cwd)).toMatchObject({ status: 'complete', verdict: 'environment' })
  })
})

describe('what can not be compared', () => {
  it.each([
    ['nothing', [], /what is to be compared\?/],
    ['a strategy that there is not', ['--strategies', 'atomic-update,redis-lu'], /did you mean "redis-lua"/],
    ['a list with nothing in it', ['--strategies', 'naive,,mutex'], /nothing left out/],
    ['one alone', ['--strategies', 'atomic-update'], /compared with nothing/],
    ['a strategy with itself', ['--strategies', 'atomic-update,atomic-update'], /named twice/],
    ['all beside one', ['--strategies', 'all,naive'], /stands alone/],
    ['an engine that there is not', ['--strategies', 'all', '--engines', 'open,k7'], /did you mean "k6"/],
    ['no runs', ['--strategies', 'all', '--repeat', '0'], /from 1 to 100/],
    ['a stock and a share of it', ['--strategies', 'all', '--stock', '9', '--sell-through', '1'], /Leave one of them/],
    [
      'a model that the scenario is not for',
      ['--strategies', 'all', '--engines', 'autocannon,open', '--set', 'steps[0].connections=8'],
      /keeps a rate/,
    ],
    ['an SLO that is none', ['--strategies', 'all', '--slo', 'p98 < 1s'], /no metric "p98"/],
    ['a descriptor that there is not', ['--target', 'no.yaml'], /no\.yaml: cannot be read/],
  ])('%s is said with what to do, and nothing runs', async (_, options, words) => {
    const cwd = temporaryFolder()
    const { exitCode, stdout, stderr } = await doorbuster(['compare', 'smoke', ...options], { cwd })
    expect([exitCode, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(words)
    expect(stderr).not.toMatch(/\n +at /)
    expect(readdirSync(cwd)).toEqual([])
  })

  it('a folder that holds something is left as it is', async () => {
    const cwd = temporaryFolder()
    mkdirSync(join(cwd, 'full'))
    writeFileSync(join(cwd, 'full', 'notes.txt'), 'mine')
    const args = ['compare', 'smoke', '--strategies', 'atomic-update,naive', '--out', 'full']
    const { exitCode, stderr } = await doorbuster(args, { cwd })
    expect(stderr).toMatch(/full is not empty/)
    expect(exitCode).toBe(2)
    expect(readdirSync(join(cwd, 'full'))).toEqual(['notes.txt'])
  })
})
