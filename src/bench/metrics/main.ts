/**
 * `npm run bench:metrics`: what counting for Prometheus costs the reference server, scrapes included: its CPU a request
 * with metrics and without them, in turn, each time with a server and stores of its own; medians of several pairs. Servers of
 * the same kind differ by more than that: so also what the counting takes by itself.
 * `--rate N`, `--rounds N` (pairs), `--seconds N` (a measurement). `--write` puts the table into docs/benchmarks.md.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { ROUTES } from '../../core/wire.ts'
import type { SaleTerms } from '../../core/scenario.ts'
import { openLoopEngine } from '../../load/open-loop/index.ts'
import { loadFigures } from '../../load/step-figures.ts'
import { ReferenceTarget } from '../../run/reference-target.ts'
import { readCatalogue, type StartedTarget, startTarget } from '../../run/target-process.ts'
import { acquireServices } from '../../services/index.ts'
import { publish } from '../document.ts'
import { uniformBuys } from '../engine/uniform-buys.ts'
import { SETTINGS } from '../run-for-bench.ts'
import { measureCounting } from './metrics-alone.ts'
import { type Measured, metricsTable, type Pair } from './metrics-table.ts'

const STRATEGY = 'redis-lua'
const SCRAPE_EVERY_MS = 1_000
const RUN_ID = `bench-${process.pid}`
const TIMEOUT_MS = 1_000
const MAX_IN_FLIGHT = 2_048
const SETTLE_DEADLINE_MS = 30_000

/** Half of the buys are sold and half are refused: both are counted. */
const TERMS: SaleTerms = {
  stock: { kind: 'sellThrough', share: 0.5 },
  perUserLimit: null,
  opensAfterMs: null,
  closesAfterMs: null,
  skus: null,
}

const { values } = parseArgs({
  options: {
    rate: { type: 'string', default: '12800' },
    rounds: { type: 'string', default: '9' },
    seconds: { type: 'string', default: '5' },
    write: { type: 'boolean', default: false },
  },
})

const interruption = new AbortController()
process.once('SIGINT', () => interruption.abort())
const { signal } = interruption

const ratePerSec = Number(values.rate)
const pairs: Pair[] = []
const rounds = Number(values.rounds)
for (let round = 1; round <= rounds && !signal.aborted; round++) {
  process.stderr.write(`round ${round} of ${rounds}\n`)
  // Who comes first changes, so that what goes on with time favours neither.
  const first = await measure(round % 2 === 1)
  const second = await measure(round % 2 === 0)
  pairs.push(round % 2 === 1 ? { on: first, off: second } : { on: second, off: first })
}
if (!signal.aborted) {
  await publish('metrics', metricsTable(pairs, measureCounting(), { strategy: STRATEGY, ratePerSec }), values)
}

/** One step against a server that was started for it. */
async function measure(metrics: boolean): Promise<Measured> {
  const strategy = (await readCatalogue()).strategies.find(({ name }) => name === STRATEGY)!
  const request = { needs: strategy.needs, mode: 'auto', settings: SETTINGS, runId: RUN_ID, env: process.env } as const
  const services = await acquireServices(request)
  try {
    const options = { runId: RUN_ID, strategy, instances: 1, lostReplyShare: 0, metrics, services, settings: SETTINGS }
    const server = await startTarget(options)
    try {
      const target = new ReferenceTarget({ kind: 'strategy', strategy, instances: 1 }, server, services)
      return await load(server, target, metrics)
    } finally {
      await server[Symbol.asyncDispose]()
    }
  } finally {
    await services[Symbol.asyncDispose]()
  }
}

async function load(server: StartedTarget, target: ReferenceTarget, scraped: boolean): Promise<Measured> {
  const engine = await openLoopEngine.start({
    targetUrl: server.url,
    maxInFlight: MAX_IN_FLIGHT,
    timeoutMs: TIMEOUT_MS,
    originNs: process.hrtime.bigint(),
    peakRatePerSec: ratePerSec,
  })
  try {
    await target.warmUp(engine, { runId: RUN_ID, terms: TERMS, signal })
    const plan = uniformBuys(ratePerSec, Number(values.seconds) * 1_000)
    await server.admin.openSale(plan.sales[0]!.sku, { stock: plan.length / 2 })
    const cpuBefore = await cpuSeconds(server)
    const over = new AbortController()
    const scraping = scraped ? scrape(server.url, over.signal) : Promise.resolve(0)
    const options = { requestIdPrefix: `${RUN_ID}-`, signal }
    const { history, startedAtNs, failure } = await engine.runStep(plan, options).finally(() => over.abort())
    const scrapes = await scraping
    if (failure !== null) throw failure
    await server.admin.settle(SETTLE_DEADLINE_MS)
    const used = (await cpuSeconds(server)) - cpuBefore
    const measured = { step: plan.step, model: 'open', startedAtNs } as const
    const { sent, completed } = loadFigures(history, measured, { timeoutMs: TIMEOUT_MS })
    process.stderr.write(
      `  ${scraped ? 'with' : 'without'} metrics: ${completed} of ${sent} answered, CPU ${used.toFixed(2)} s\n`,
    )
    return { planned: plan.length, sent, answered: completed, cpuSeconds: used, scrapes }
  } finally {
    await engine[Symbol.asyncDispose]()
  }
}

async function cpuSeconds(server: StartedTarget): Promise<number> {
  const stats = await server.admin.stats()
  if (stats === null) throw new Error(`the server does not answer: ${server.lastWords()}`)
  return stats.cpuSeconds
}

/** As Prometheus does it, until told to stop. Resolves to the number of scrapes. */
async function scrape(url: string, until: AbortSignal): Promise<number> {
  const headers = { accept: 'application/openmetrics-text; version=1.0.0' }
  let scrapes = 0
  while (!until.aborted) {
    const response = await fetch(url + ROUTES.metrics, { headers })
    await response.text()
    if (response.ok) scrapes += 1
    await delay(SCRAPE_EVERY_MS, undefined, { signal: until }).catch(() => {})
  }
  return scrapes
}
