/** The report in a real browser: in light, in dark, on a phone and on paper; by the command line; and how large it gets. */
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import axe from 'axe-core'
import type { Page } from 'puppeteer-core'
import { describe, expect, it } from 'vitest'
import { makeSale } from '../src/bench/oracle/made-sale.ts'
import type { Operation } from '../src/core/operation.ts'
import { checkOf, checksWith, recordOf, stepOf } from '../src/report/testing/records.ts'
import { comparisonOf } from '../src/report/testing/comparisons.ts'
import { digestOf } from '../src/report/testing/digests.ts'
import { gateOf, judgementOf, regressed, same, visitOf } from '../src/report/testing/gate-records.ts'
import { articleOrder, lockedOrder, raceOf, wrongPartOf } from '../src/report/testing/race-records.ts'
import { capacityHtml, compareHtml, gateHtml, raceHtml, runHtml } from '../src/report/index.ts'
import { createRunDirectory } from '../src/results/index.ts'
import { fullGate } from '../src/results/testing/gate-records.ts'
import { fullCapacity } from '../src/core/testing/capacity-records.ts'
import { fullRecord } from '../src/results/testing/records.ts'
import { openPage } from './browser.ts'
import { doorbuster, temporaryFolder } from './doorbuster.ts'
import { describeWithServices } from './require-service.ts'

const SCREEN = { width: 1100, height: 800 }
const PHONE = { width: 360, height: 740 }
const LONG = 'A-VERY-LONG-NAME-'.repeat(12)

const race: readonly Operation[] = [0, 1, 2].map((seq) => ({
  seq,
  stepIndex: 0,
  sku: LONG,
  kind: 'buy',
  userId: `u${seq}`,
  requestId: LONG,
  attempt: 1,
  quantity: 1,
  scheduledAtNs: seq * 1e6,
  sentAtNs: seq * 1e6,
  completedAtNs: seq === 2 ? null : 5e6,
  outcome: seq === 2 ? { kind: 'unknown', code: 'TIMEOUT' } : { kind: 'sold', orderId: 'o1' },
}))

function wrongRun(): Promise<string> {
  const proof = { sentence: `three buyers and two units of ${LONG}`, operations: race }
  const failed = checkOf('no-oversell', { verdict: 'fail', measured: 3, sentence: 'oversold', evidence: [proof] })
  const resources = { target: { cpuSeconds: 12, maxRssBytes: 9e7 }, postgres: { cpuSeconds: 3, maxRssBytes: 5e7 } }
  const steps = [0, 1, 2].map((index) => stepOf(index, { resources, verdict: index === 0 ? 'wrong' : 'passed' }))
  const record = recordOf({ verdict: 'wrong', exitCode: 1, steps, checks: checksWith(failed) })
  const digests = steps.map(({ index }) => digestOf(index))
  return runHtml({ record, digests, notes: [LONG], commands: [{ label: 'Run it again', text: LONG }] })
}

/** Of which everything failed at once. */
function worseGate(): Promise<string> {
  const failure = { check: 'no-oversell', sentence: `oversold ${LONG}` } as const
  const visits = Array.from({ length: 40 }, (_, at) => {
    const arm = at % 4 === 0 || at % 4 === 3 ? 'baseline' : 'candidate'
    const isWrong = arm === 'candidate'
    return visitOf(arm, {
      block: Math.floor(at / 4),
      round: at < 20 ? 1 : 2,
      directory: `visits/${LONG}`,
      verdict: isWrong ? 'wrong' : 'passed',
      failedChecks: isWrong ? [failure] : [],
    })
  })
  const errors = { ...same, metric: 'errorRate', verdict: 'not measured', change: null } as const
  const rounds = [
    { round: 1, visits: [10, 10], estimate: 0.1, pValue: 0.01, adjustedPValue: 0.02, level: 0.05 },
  ] as const
  const change = { kind: 'sold', name: LONG, baseline: 1, candidate: 2, sentence: `+1 ${LONG}` } as const
  const judgement = judgementOf({
    correctness: {
      verdict: 'wrong',
      failures: [{ ...failure, arm: 'candidate', visits: 20, ofVisits: 20 }],
      doubts: [LONG],
    },
    work: { verdict: 'changed', exactCounts: 3, changes: [change], notExact: [LONG], notes: [LONG] },
    metrics: [same, errors, { ...regressed, rounds, change: { ...regressed.change!, high: 1e18 } }],
    environmentDiffers: [LONG],
    word: 'WRONG',
    headline: LONG,
    verdict: 'wrong',
  })
  const arms = { baseline: { name: LONG, target: null }, candidate: { name: LONG, target: null } }
  const foreseen = [{ metric: 'p99Ms', effect: 0.1 }] as const
  const record = gateOf({ visits, calibration: [visitOf('baseline')], judgement, arms, foreseen, notes: [LONG] })
  return gateHtml({ record, commands: [{ label: 'Gate again', text: LONG }] })
}

/** A page that says what it asked for and what it complained of. */
async function shown(html: string, view: typeof SCREEN, theme: 'light' | 'dark') {
  const file = join(temporaryFolder(), 'report.html')
  writeFileSync(file, html)
  const page = await openPage('about:blank', view)
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('console', (message) => complaints.push(message.text()))
  page.on('request', (request) => {
    if (!request.url().startsWith('file:') && !request.url().startsWith('data:')) complaints.push(request.url())
  })
  await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: theme }])
  // axe is a script, and the page's own policy lets none in.
  await page.setBypassCSP(true)
  await page.goto(pathToFileURL(file).href)
  return { page, complaints }
}

async function violationsOf(page: Page): Promise<string[]> {
  await page.evaluate(axe.source)
  const { violations } = (await page.evaluate('axe.run()')) as {
    violations: { id: string; nodes: { html: string }[] }[]
  }
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
}

describeWithServices(['chromium'], 'a report in a browser', () => {
  it.each([
    ['on a screen, in light', SCREEN, 'light'],
    ['on a screen, in dark', SCREEN, 'dark'],
    ['on a phone, in light', PHONE, 'light'],
    ['on a phone, in dark', PHONE, 'dark'],
  ] as const)('of a wrong run is accessible, quiet and no wider than it may be %s', async (_, view, theme) => {
    const { page, complaints } = await shown(await wrongRun(), view, theme)
    expect(await violationsOf(page)).toEqual([])
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(view.width)
    expect(await page.$$eval('svg.chart', (charts) => charts.filter((chart) => chart.checkVisibility()).length)).toBe(
      await page.$$eval('figure.drawn', (figures) => figures.length),
    )
    expect(complaints).toEqual([])
  })

  it('of a comparison is so, too', async () => {
    const { page, complaints } = await shown(await compareHtml({ record: comparisonOf(), commands: [] }), PHONE, 'dark')
    expect(await violationsOf(page)).toEqual([])
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(PHONE.width)
    expect(complaints).toEqual([])
  })

  it.each([
    ['on a screen, in light', SCREEN, 'light'],
    ['on a phone, in dark', PHONE, 'dark'],
  ] as const)('of a search for capacity is so, too %s', async (_, view, theme) => {
    const wrong = { trial: 2, ratePerSec: 800, check: 'no-oversell', sentence: LONG } as const
    const record = fullCapacity(fullRecord(), { verdict: 'wrong', notes: [LONG], wrong })
    const commands = [{ label: 'Measure again', text: LONG }]
    const { page, complaints } = await shown(await capacityHtml({ record, commands }), view, theme)
    expect(await violationsOf(page)).toEqual([])
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(view.width)
    expect(complaints).toEqual([])
  })

  it.each([
    ['on a screen, in light', SCREEN, 'light'],
    ['on a phone, in dark', PHONE, 'dark'],
  ] as const)('of a race is so, too, and draws its order %s', async (_, view, theme) => {
    const parts = [wrongPartOf(articleOrder), wrongPartOf(lockedOrder, { stock: 2 })]
    const record = raceOf({ parts, verdict: 'wrong', notes: [LONG] })
    const commands = [{ label: 'Race again', text: LONG }]
    const { page, complaints } = await shown(raceHtml({ record, commands }), view, theme)
    expect(await violationsOf(page)).toEqual([])
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(view.width)
    const drawings = await page.$$eval('svg.sequence', (all) => all.filter((one) => one.checkVisibility()).length)
    expect(drawings).toBe(parts.length)
    expect(complaints).toEqual([])
  })

  it.each([
    ['on a screen, in dark', SCREEN, 'dark'],
    ['on a phone, in light', PHONE, 'light'],
  ] as const)('of a gate is so, too, and draws its visits %s', async (_, view, theme) => {
    const { page, complaints } = await shown(await worseGate(), view, theme)
    expect(await violationsOf(page)).toEqual([])
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(view.width)
    expect(await page.$$eval('svg.chart', (charts) => charts.filter((chart) => chart.checkVisibility()).length)).toBe(5)
    expect(complaints).toEqual([])
  })

  it('is dark where the reader wants it dark, and as its element says where it says so', async () => {
    const { page } = await shown(await wrongRun(), SCREEN, 'dark')
    const ground = () => page.evaluate('getComputedStyle(document.body).backgroundColor')
    const dark = await ground()
    await page.evaluate('document.documentElement.dataset.theme = "light"')
    expect(await ground()).not.toBe(dark)
  })

  it('on paper has its figures opened, and charts for a screen', async () => {
    const { page } = await shown(await wrongRun(), PHONE, 'light')
    const isVisible = (selector: string) => page.$eval(selector, (element) => element.checkVisibility())
    expect(await isVisible('details.figures table')).toBe(false)
    await page.emulateMediaType('print')
    expect(await isVisible('details.figures table')).toBe(true)
    expect(await isVisible('svg.wide')).toBe(true)
    expect(await isVisible('svg.narrow')).toBe(false)
  })
})

describe('doorbuster report', () => {
  const ROWS = 100_000
  const MOST_BYTES = 1_000_000

  async function madeRun(folder: string): Promise<void> {
    const record = fullRecord()
    const step = record.steps[0]!
    const { sku } = step.sales[0]!
    const { history, orders, remaining } = makeSale(ROWS, { sku, requestIdPrefix: `${record.runId}-1-` })
    const directory = await createRunDirectory({ startedAt: new Date(), scenario: 'made', target: 'made', out: folder })
    await directory.writeHistory(0, history)
    await directory.writeLedger(0, [
      {
        source: 'made',
        stepIndex: 0,
        sku,
        initialStock: null,
        remainingStock: remaining,
        orders,
        settled: true,
        shownAfterSettling: null,
        takenAt: record.startedAt,
      },
    ])
    await directory.writeRecord({
      ...record,
      scenario: { ...record.scenario, steps: record.scenario.steps.slice(0, 1) },
      steps: [{ ...step, startedAtNs: 0 }],
      checks: record.checks.filter(({ step: of }) => of === 0),
      thresholds: record.thresholds.filter(({ step: of }) => of === 0),
    })
  }

  it('makes a page that can be mailed, however many requests there were', async () => {
    const folder = join(temporaryFolder(), 'run')
    await madeRun(folder)
    const { exitCode, stdout, stderr } = await doorbuster(['report', folder])
    expect(stderr).toBe('')
    expect(exitCode).toBe(0)
    expect(stdout).toBe(`report: ${join(folder, 'report.html')}\n`)
    expect(statSync(join(folder, 'report.html')).size).toBeLessThan(MOST_BYTES)
    expect(readFileSync(join(folder, 'report.html'), 'utf8')).toContain('Outcomes over time')

    const markdown = await doorbuster(['report', folder, '--format', 'md', '--out', '-'])
    expect(markdown.stdout).toMatch(/^### /)
    const both = await doorbuster(['report', folder, '--format', 'md,junit'])
    expect(both.stdout.trim().split('\n')).toHaveLength(2)
    expect(readFileSync(join(folder, 'junit.xml'), 'utf8')).toContain('<testsuites')
  })

  it('makes that of a gate again, by its record alone', async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'gate.json'), JSON.stringify(fullGate()))
    const { exitCode, stdout, stderr } = await doorbuster(['report', folder, '--format', 'html,md,junit'])
    expect([exitCode, stderr, stdout.trim().split('\n').length]).toEqual([0, '', 3])
    for (const name of ['report.html', 'gate.md', 'junit.xml'])
      expect(statSync(join(folder, name)).size).toBeGreaterThan(0)
    const page = readFileSync(join(folder, 'report.html'), 'utf8')
    expect(page).toContain('npx doorbuster gate smoke --baseline-target atomic-update')
    expect(page).toContain(`npx doorbuster report ${join(folder, 'visits/006-baseline')} --open`)
  })

  it('says what can be reported where something else was named', async () => {
    const folder = temporaryFolder()
    const nothing = await doorbuster(['report', folder])
    expect(nothing.exitCode).toBe(2)
    expect(nothing.stderr).toContain('it has none of run.json, compare.json, race.json, capacity.json and gate.json')
    writeFileSync(join(folder, 'compare.json'), '{"schema":"doorbuster.compare/1"}')
    const damaged = await doorbuster(['report', folder])
    expect(damaged.exitCode).toBe(2)
    expect(damaged.stderr).toContain('compare.json is not a valid doorbuster.compare/1 record')
    const format = await doorbuster(['report', folder, '--format', 'pdf'])
    expect(format.exitCode).toBe(2)
    expect(format.stderr).toContain('There is no format "pdf"')
    expect((await doorbuster(['report', folder, '--format', 'html,md', '--out', 'x'])).exitCode).toBe(2)
  })
})
