/**
 * What the dashboards show of real runs: every query is asked of a real Prometheus that scraped them, and has an answer,
 * or stands in the list with the reason why it has none. PANELS_FILE=/tmp/panels.txt keeps the table of answers.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { dashboardFiles } from '../grafana/code/dashboards.ts'
import type { RunRecord } from '../src/core/run-record.ts'
import { type Chosen, filledIn, type PanelQuery, panelQueries, variableQueries } from './panel-queries.ts'
import { WITHOUT_DATA } from './panels-without-data.ts'
import { freePort, type StartedPrometheus, startPrometheus } from './prometheus.ts'
import { describeWithServices } from './require-service.ts'
import { prometheusConfiguration } from './shipped-configuration.ts'

/**
 * Between them they have what a panel may be about: a lock that two instances don't share, and requests that are dropped
 * because few in flight are allowed; a drain and its batches; a cache, and buyers who come before the opening.
 */
const RUNS = {
  mutex: [
    'smoke',
    '--instances',
    '2',
    '--rate',
    '150',
    '--stock',
    '100',
    '--duration',
    '20s',
    '--set',
    'maxInFlight=10',
  ],
  'redis-lua': ['smoke', '--rate', '60', '--duration', '20s', '--threshold', 'p99 < 10s'],
  'double-delete': ['early-birds', '--rate', '60', '--duration', '20s'],
} as const
type Strategy = keyof typeof RUNS
const STRATEGIES = Object.keys(RUNS) as Strategy[]
const RUNS_WITHIN_MS = 300_000
const BINARY = fileURLToPath(new URL('../bin/doorbuster.js', import.meta.url))

interface Answer {
  readonly query: PanelQuery
  /** The run that answered; `all` where several are shown. */
  readonly run: string
  readonly series: number
  readonly value: number
}

describeWithServices(['postgres', 'redis', 'prometheus'], 'the dashboards, of real runs', () => {
  const files = dashboardFiles()
  const folder = mkdtempSync(join(tmpdir(), 'db-dashboards-'))
  const records = new Map<string, RunRecord>()
  const beganAtMs = Date.now()
  let prometheus: StartedPrometheus

  beforeAll(async () => {
    const metricsPort = await freePort()
    prometheus = await startPrometheus({ config: prometheusConfiguration({ metricsPort }) })
    for (const strategy of STRATEGIES) records.set(strategy, await recordOf(strategy, metricsPort))
  }, RUNS_WITHIN_MS)

  afterAll(async () => {
    await prometheus?.[Symbol.asyncDispose]()
    rmSync(folder, { recursive: true, force: true })
  })

  it('have data for every query, or a reason why not', async () => {
    const answers = await Promise.all(panelQueries(files).map((query) => answerTo(query)))
    const file = process.env['PANELS_FILE']
    if (file !== undefined) writeFileSync(file, tableOf(answers))
    const empty = answers.filter(({ series }) => series === 0).map(({ query }) => nameOf(query))
    expect(empty.toSorted()).toEqual(Object.keys(WITHOUT_DATA).toSorted())
  })

  it('can be chosen by scenario, strategy, run, job and instance', async () => {
    const chosen = everyRun()
    for (const text of Object.values(files)) {
      for (const { metric, label } of variableQueries(text)) {
        const values = new Set(
          (await prometheus.query(seriesOf(filledIn(metric, chosen)))).map(({ labels }) => labels[label]),
        )
        values.delete(undefined)
        expect(values.size, `${metric} by ${label}`).toBeGreaterThan(0)
      }
    }
  })

  it('show the totals that the records of the runs have', async () => {
    const asked = filledIn('last_over_time(doorbuster_sale_sold_units[$__range])', everyRun())
    const shown = (await prometheus.query(asked)).map(({ labels, value }) => [labels['run'], value] as const)
    const recorded = [...records.values()].map(({ runId, steps }) => [runId, steps[0]!.sales[0]!.sold] as const)
    expect(new Map(shown)).toEqual(new Map(recorded))
  })

  /** Right or wrong, fast or slow: it is only to be shown. */
  async function recordOf(strategy: Strategy, metricsPort: number): Promise<RunRecord> {
    const out = join(folder, strategy)
    // Prometheus hears of targets every 5 s, and may take as long to hear of the end.
    const scraped = ['--metrics-port', String(metricsPort), '--metrics-linger', '20s']
    const child = spawn(
      process.execPath,
      [BINARY, 'run', ...RUNS[strategy], '--strategy', strategy, ...scraped, '--out', out],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    )
    const [said] = await Promise.all([text(child.stderr), once(child, 'exit')])
    const record = JSON.parse(readFileSync(join(out, 'run.json'), 'utf8')) as RunRecord
    if (record.status !== 'complete') throw new Error(`the run of ${strategy} is not complete:\n${said}`)
    return record
  }

  /** As it is chosen in Compare. */
  function everyRun(): Chosen {
    return { runs: '.+', strategies: '.+', rangeSeconds: shownSeconds() }
  }

  function shownSeconds(): number {
    return Math.ceil((Date.now() - beganAtMs) / 1_000)
  }

  /** Of Compare all runs together; else of the first run that has any. */
  async function answerTo(query: PanelQuery): Promise<Answer> {
    if (query.file === 'compare.json') return { ...(await ask(query, everyRun())), run: 'all' }
    for (const [run, { runId }] of records) {
      const answer = await ask(query, { runs: runId, strategies: '.+', rangeSeconds: shownSeconds() })
      if (answer.series > 0) return { ...answer, run }
    }
    return { query, run: 'none', series: 0, value: Number.NaN }
  }

  /** How many series have a number, and the highest of them. */
  async function ask(query: PanelQuery, chosen: Chosen): Promise<Omit<Answer, 'run'>> {
    const expression = filledIn(query.expression, chosen)
    const overTime = query.isInstant ? expression : `max_over_time((${expression})[${chosen.rangeSeconds}s:1s])`
    const samples = (await prometheus.query(overTime)).filter(({ value }) => !Number.isNaN(value))
    return { query, series: samples.length, value: Math.max(...samples.map(({ value }) => value)) }
  }
})

function nameOf({ file, panel, legend }: PanelQuery): string {
  return `${file} / ${panel} / ${legend}`
}

/** A matcher alone is a query of its own; a metric, too. */
function seriesOf(selector: string): string {
  return `last_over_time(${selector}[1h])`
}

function tableOf(answers: readonly Answer[]): string {
  const rows = answers.map(({ query, run, series, value }) => [
    query.file,
    query.panel,
    query.legend,
    run,
    String(series),
    series === 0 ? '' : String(Number(value.toPrecision(4))),
  ])
  const heading = ['dashboard', 'panel', 'legend', 'run', 'series', 'highest value']
  return [heading, ...rows]
    .map((row) => row.join(' | '))
    .join('\n')
    .concat('\n')
}
