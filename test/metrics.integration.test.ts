/** What a run shows of itself while it goes on, and what a real Prometheus makes of it: scraped, and pushed. */
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { METRIC_TABLE } from '../src/core/metric-table.ts'
import type { RunRecord } from '../src/core/run-record.ts'
import { TELEMETRY_SCHEMA, type Telemetry, type TelemetryCounts } from '../src/core/telemetry.ts'
import { doorbuster, type Finished, start, temporaryFolder } from './doorbuster.ts'
import { freePort, type StartedPrometheus, startPrometheus } from './prometheus.ts'
import { describeWithServices } from './require-service.ts'

/** Enough units, at such a rate, that some are sold twice on a quick machine, too; and not so many that a slow one fails. */
const NAIVE = [
  'run',
  'smoke',
  '--strategy',
  'naive',
  '--rate',
  '1000',
  '--duration',
  '3s',
  '--stock',
  '300',
  '--out',
  'run',
]

function linesIn(folder: string): Telemetry[] {
  const lines = readFileSync(join(folder, 'run', 'live.ndjson'), 'utf8')
    .trimEnd()
    .split('\n')
  return lines.map((line) => JSON.parse(line) as Telemetry)
}

function recordIn(folder: string): RunRecord {
  return JSON.parse(readFileSync(join(folder, 'run', 'run.json'), 'utf8')) as RunRecord
}

async function only(prometheus: StartedPrometheus, promql: string, atMs?: number): Promise<number> {
  const [sample, ...more] = await prometheus.query(promql, atMs)
  if (sample === undefined || more.length > 0)
    throw new Error(`${promql}: ${sample === undefined ? 'nothing' : 'several'}`)
  return sample.value
}

describeWithServices(['postgres'], 'the telemetry of a run', () => {
  it('follows it to its verdict, counts what its record counts, and never counts down', async () => {
    const cwd = temporaryFolder()
    const { exitCode } = await doorbuster(NAIVE, { cwd })
    expect(exitCode).toBe(1)
    const lines = linesIn(cwd)
    const record = recordIn(cwd)
    expect(new Set(lines.map(({ schema }) => schema))).toEqual(new Set([TELEMETRY_SCHEMA]))
    expect([...new Set(lines.map(({ phase }) => phase))]).toEqual([
      'starting',
      'warming-up',
      'load',
      'judging',
      'finished',
    ])
    for (const [index, line] of lines.entries()) expectNoFall(lines[index - 1], line)
    const [step] = record.steps
    const last = lines.at(-1)!
    expect(last).toMatchObject({
      verdict: 'wrong',
      sentence: expect.stringMatching(/^OVERSOLD by \d/),
      counts: { offered: step!.arrivals, sent: step!.sent, achieved: step!.completed, outcomes: step!.outcomes },
    })
    const [sale] = step!.sales
    const oversell = record.checks.find(({ check }) => check === 'no-oversell')!
    expect(last.sales).toMatchObject([{ stock: 300, sold: sale!.sold, oversold: oversell.measured }])
    const responses = Object.values(last.responseTime).flatMap(({ counts }) => counts)
    expect(responses.reduce((sum, count) => sum + count, 0)).toBe(step!.responseMs.count)
    expect(lines.some(({ phase, sales }) => phase === 'load' && sales[0]!.oversold > 0)).toBe(true)
  })

  it('comes of the closed model, too', async () => {
    const { told, recorded } = await countsOf('autocannon')
    expect(told).toMatchObject(recorded)
  })
})

describeWithServices(['postgres', 'k6'], 'the telemetry of a run that k6 drives', () => {
  it('counts what its record counts', async () => {
    const { told, recorded } = await countsOf('k6')
    expect(told).toMatchObject(recorded)
  })
})

async function countsOf(engine: string): Promise<{ told: TelemetryCounts; recorded: Partial<TelemetryCounts> }> {
  const cwd = temporaryFolder()
  const args = ['run', 'smoke', '--strategy', 'atomic-update', '--engine', engine, '--duration', '2s', '--out', 'run']
  await doorbuster(args, { cwd })
  const { arrivals: offered, sent, completed: achieved, outcomes } = recordIn(cwd).steps[0]!
  return { told: linesIn(cwd).at(-1)!.counts, recorded: { offered, sent, achieved, outcomes } }
}

function alphabetically(a: string | undefined, b: string | undefined): number {
  return (a ?? '') < (b ?? '') ? -1 : 1
}

function expectNoFall(before: Telemetry | undefined, after: Telemetry): void {
  if (before === undefined) return
  const { offered, sent, achieved, outcomes } = before.counts
  expect(after.counts.offered).toBeGreaterThanOrEqual(offered)
  expect(after.counts.sent).toBeGreaterThanOrEqual(sent)
  expect(after.counts.achieved).toBeGreaterThanOrEqual(achieved)
  for (const [kind, count] of Object.entries(outcomes)) {
    expect(after.counts.outcomes[kind as keyof typeof outcomes]).toBeGreaterThanOrEqual(count)
  }
}

describeWithServices(['postgres', 'prometheus'], 'a run that Prometheus scrapes', () => {
  it('is found with its server by discovery, and seen to its end', async () => {
    const port = await freePort()
    await using prometheus = await startPrometheus({ config: discovering(port) })
    const cwd = temporaryFolder()
    // Prometheus hears of targets every 5 s, and may take as long to hear of the end.
    const long = ['--duration', '15s', '--metrics-linger', '20s', '--metrics-port', String(port)]
    const { exitCode } = await start([...NAIVE, ...long], { cwd }).finished
    expect(exitCode).toBe(1)
    const { runId, steps } = recordIn(cwd)
    const overTime = (promql: string): string => `last_over_time(${promql}[5m])`
    const ofRun = `{run="${runId}",scenario="smoke",strategy="naive"}`
    expect(await only(prometheus, overTime(`doorbuster_verdict{run="${runId}",verdict="wrong"}`))).toBe(1)
    expect(await only(prometheus, overTime(`doorbuster_requests_offered_total${ofRun}`))).toBe(steps[0]!.arrivals)
    const count = `sum(last_over_time(doorbuster_response_time_seconds_count${ofRun}[5m]))`
    expect(await only(prometheus, count)).toBe(steps[0]!.responseMs.count)
    const ofServer = `sum(last_over_time(inventory_check_total{job="doorbuster-server",run="${runId}"}[5m]))`
    expect(await only(prometheus, ofServer)).toBeGreaterThan(0)
    const work = `last_over_time(doorbuster_store_work_total{store="postgres",kind="wal_bytes",run="${runId}"}[5m])`
    expect(await only(prometheus, work)).toBeGreaterThan(0)
    const cpu = await prometheus.query(`last_over_time(doorbuster_service_cpu_seconds_total{run="${runId}"}[5m])`)
    expect(cpu.map(({ labels }) => labels['service']).toSorted(alphabetically)).toEqual([
      'generator',
      'postgres',
      'target',
    ])
    const names = await prometheus.query('count by (__name__) (last_over_time({job="doorbuster"}[5m]))')
    const unknown = names.map(({ labels }) => labels['__name__']!).filter((name) => name.startsWith('doorbuster_'))
    expect(unknown.filter((name) => !(name.replace(/_(bucket|sum|count)$/, '') in METRIC_TABLE))).toEqual([])
  })
})

function discovering(port: number): string {
  return `
global: {scrape_interval: 1s, scrape_timeout: 1s}
scrape_configs:
  - job_name: doorbuster
    http_sd_configs: [{url: 'http://127.0.0.1:${port}/targets', refresh_interval: 1s}]
`
}

describeWithServices(['postgres'], 'a run with a live page', () => {
  it('shows page, last word and metrics while it goes on, and is gone with the run', async () => {
    const port = await freePort()
    const run = start([...NAIVE, '--duration', '60s', '--live-port', String(port)])
    await run.said(/OVERSOLD/)
    const at = `http://127.0.0.1:${port}`
    expect(await (await fetch(at)).text()).toContain('<!doctype html>')
    const last = (await (await fetch(`${at}/telemetry.json`)).json()) as Telemetry
    expect(last).toMatchObject({ phase: 'load', verdict: null, sentence: expect.stringContaining('so far') })
    const metrics = await fetch(`${at}/metrics`, { headers: { accept: 'application/openmetrics-text' } })
    expect(metrics.headers.get('content-type')).toContain('application/openmetrics-text')
    expect(await metrics.text()).toMatch(/^doorbuster_outcomes_total\{.*outcome="sold"\} [1-9]/m)
    run.kill('SIGINT')
    expect((await run.finished).exitCode).toBe(1)
    await expect(fetch(at)).rejects.toThrow('fetch failed')
  })

  it('opens no browser where nobody would see it, and says so', async () => {
    const { stderr } = await doorbuster([...NAIVE, '--open'], { env: { CI: '1' } })
    expect(stderr).toMatch(/live page at http:\/\/127\.0\.0\.1:\d+\//)
    expect(stderr).toMatch(/note: no browser is opened where CI is set/)
  })
})

describeWithServices(['postgres', 'prometheus'], 'a run that pushes its metrics', () => {
  it('leaves its whole time series, with the moments at which it was so, and an end', async () => {
    await using prometheus = await startPrometheus()
    const cwd = temporaryFolder()
    const { exitCode, stderr } = await push(prometheus.writeUrl, cwd)
    expect(stderr).not.toMatch(/doorbuster:/)
    expect(exitCode).toBe(1)
    const lines = linesIn(cwd)
    const { runId } = recordIn(cwd)
    const offered = `doorbuster_requests_offered_total{job="doorbuster",run="${runId}"}`
    for (const { atMs, counts } of lines) expect(await only(prometheus, offered, atMs)).toBe(counts.offered)
    const endMs = lines.at(-1)!.atMs
    expect(await only(prometheus, `doorbuster_verdict{run="${runId}",verdict="wrong"}`, endMs)).toBe(1)
    expect(await prometheus.query(offered, endMs + 1_000)).toEqual([])
    const checked = `sum(inventory_check_total{job="doorbuster-server",strategy="naive",run="${runId}"})`
    expect(await only(prometheus, `max_over_time(${checked}[5m:1s])`)).toBeGreaterThan(0)
  })

  it('pushes what there is when it is interrupted', async () => {
    await using prometheus = await startPrometheus()
    const cwd = temporaryFolder()
    const run = start([...NAIVE, '--duration', '60s', '--remote-write', prometheus.writeUrl], { cwd })
    await run.said(/OVERSOLD/)
    run.kill('SIGINT')
    expect((await run.finished).exitCode).toBe(1)
    const { runId } = recordIn(cwd)
    const endMs = linesIn(cwd).at(-1)!.atMs
    expect(await only(prometheus, `doorbuster_verdict{run="${runId}",verdict="wrong"}`, endMs)).toBe(1)
  })

  it('keeps its verdict where nobody takes them, and says why', async () => {
    const { exitCode, stderr } = await push(`http://127.0.0.1:${await freePort()}/api/v1/write`)
    expect(stderr).toMatch(/doorbuster: the metrics could not all be pushed to 127\.0\.0\.1:\d+: .*ECONNREFUSED/)
    expect(exitCode).toBe(1)
  })

  it('shows who it is by the token of the environment, and repeats what a receiver refuses', async () => {
    const heard: string[] = []
    await using receiver = await refusing((authorization) => heard.push(authorization))
    const { exitCode, stderr } = await push(receiver.url, temporaryFolder(), {
      DOORBUSTER_REMOTE_WRITE_TOKEN: 'abc123',
    })
    expect(heard).toEqual(['Bearer abc123'])
    expect(stderr).toMatch(/could not all be pushed to 127\.0\.0\.1:\d+: it answered 400 too old a sample/)
    expect(stderr).not.toContain('abc123')
    expect(exitCode).toBe(1)
  })
})

function push(url: string, cwd = temporaryFolder(), env: NodeJS.ProcessEnv = {}): Promise<Finished> {
  return doorbuster([...NAIVE, '--json', '--remote-write', url], { cwd, env })
}

async function refusing(heard: (authorization: string) => void): Promise<{ url: string } & AsyncDisposable> {
  const server = createServer((request, response) => {
    heard(request.headers.authorization ?? '')
    request.resume().on('end', () => response.writeHead(400).end('too old a sample\n'))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    async [Symbol.asyncDispose]() {
      server.close()
      await once(server, 'close')
    },
  }
}

describeWithServices(['postgres'], 'options of a run about metrics', () => {
  const refused = [
    [['--metrics-port', '70000'], /from 0 to 65535/],
    [['--metrics-host', '0.0.0.0'], /--metrics-host says nothing without --metrics-port/],
    [['--metrics-port', '0', '--metrics-linger', 'long'], /a time such as 5s/],
    [['--remote-write', 'prometheus:9090'], /a URL such as http/],
    [['--remote-write', 'http://me:secret@127.0.0.1/'], /DOORBUSTER_REMOTE_WRITE_TOKEN/],
  ] as const
  it.each(refused)('%j: exit 2, and what to do', async (args, words) => {
    const { exitCode, stderr } = await doorbuster([...NAIVE, ...args])
    expect(stderr).toMatch(words)
    expect(exitCode).toBe(2)
  })

  it('ends before anything is started where the port is taken: exit 5', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const { port } = taken.address() as AddressInfo
    const { exitCode, stderr } = await doorbuster([...NAIVE, '--metrics-port', String(port)])
    taken.close()
    expect(stderr).toMatch(/another process listens there/)
    expect(exitCode).toBe(5)
  })
})
