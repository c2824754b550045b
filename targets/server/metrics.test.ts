import { describe, expect, it } from 'vitest'
import { METRIC_TABLE, MOST_SKUS, OTHER } from '../../src/core/metric-table.ts'
import type { BuyRequest } from '../strategies/strategy.ts'
import type { MetricFamily } from './metric-family.ts'
import { type MetricSources, ServerMetrics } from './metrics.ts'
import { ProcessMetrics } from './process-metrics.ts'
import { StrategyMeter } from './strategy-meter.ts'

const ALWAYS_OPEN = { opensAtMs: null, closesAtMs: null }

const metricsOver = (sources: Partial<MetricSources> = {}): ServerMetrics =>
  new ServerMetrics({
    meter: new StrategyMeter(),
    inFlight: () => 0,
    counters: () => ({}),
    stock: async () => 7,
    ...sources,
  })

const buyOf = (sku: string, quantity: number): BuyRequest => ({ sku, quantity, userId: 'u', requestId: 'r' })

/** `label values` -> value, of one family. */
async function samplesOf(metrics: ServerMetrics, name: string, asksStores = true): Promise<Record<string, number>> {
  const families = await metrics.families(asksStores)
  const { values } = families.find((family) => family.name === name)!
  return Object.fromEntries(values.map(({ labels, value }) => [Object.values(labels).join(' '), value]))
}

/** A meter on which a strategy told of everything. */
function busyMeter(): StrategyMeter {
  const meter = new StrategyMeter()
  meter.know('s')
  meter.lockWaited(3)
  meter.poolWaited('postgres', 3)
  meter.batchWritten(3)
  meter.backlog({ isShared: true, read: () => 3 })
  return meter
}

describe('ServerMetrics', () => {
  it('shows what the table gives to the server, and else only what prom-client shows of a process', async () => {
    const metrics = metricsOver({ meter: busyMeter(), counters: () => ({ retries: 1 }) })
    metrics.opened('s', ALWAYS_OPEN)
    const ofProcess = new Set((await new ProcessMetrics().families()).map(({ name }) => name))
    const ours = (await metrics.families(true)).filter(({ name }) => !ofProcess.has(name))
    const table = Object.entries(METRIC_TABLE).filter(([, { of }]) => (of as readonly string[]).includes('server'))

    const described = ({ name, type, help }: Pick<MetricFamily, 'name' | 'type' | 'help'>) => ({ name, type, help })
    expect(ours.map(described)).toEqual(table.map(([name, { type, help }]) => ({ name, type, help })))
    const labelled = ours.map(({ values }) => Object.keys(values.at(-1)!.labels))
    expect(labelled).toEqual(table.map(([, { labels }]) => labels))
  })

  it('counts a new order as deducted and ordered, and a retry that is answered with it as neither', async () => {
    const metrics = metricsOver()
    metrics.buyEnded(buyOf('s', 3), { kind: 'sold', orderId: 'o', replayed: false }, 0)
    metrics.buyEnded(buyOf('s', 3), { kind: 'sold', orderId: 'o', replayed: true }, 0)
    metrics.buyEnded(buyOf('s', 3), { kind: 'soldOut' }, 0)
    expect(await samplesOf(metrics, 'sale_funnel_units_total')).toMatchObject({ 's deducted': 3, 's ordered': 3 })
    expect(await samplesOf(metrics, 'inventory_check_total')).toMatchObject({ sold: 1, replayed: 1, soldOut: 1 })
  })

  it('leaves that to a strategy that tells of it itself', async () => {
    const meter = new StrategyMeter()
    const metrics = metricsOver({ meter })
    const funnel = meter.funnel()
    metrics.buyEnded(buyOf('s', 3), { kind: 'sold', orderId: 'o', replayed: false }, 0)
    funnel.deducted('s', 5)
    expect(await samplesOf(metrics, 'sale_funnel_units_total')).toMatchObject({ 's deducted': 5, 's ordered': 0 })
  })

  it('gives a row to so many SKUs and no more, and none to a name that somebody made up', async () => {
    const meter = new StrategyMeter()
    meter.checked('made-up', 2)
    for (let sale = 0; sale <= MOST_SKUS; sale++) {
      meter.know(`s${sale}`)
      meter.checked(`s${sale}`, 1)
    }
    const samples = await samplesOf(metricsOver({ meter }), 'sale_funnel_units_total')
    expect(Object.keys(samples)).toHaveLength(3 * (MOST_SKUS + 1))
    expect(samples[`s${MOST_SKUS - 1} checked`]).toBe(1)
    expect(samples[`${OTHER} checked`]).toBe(3)
  })

  it('asks for the stock of sales that are open, and of no others', async () => {
    const metrics = metricsOver()
    metrics.opened('open', ALWAYS_OPEN)
    metrics.opened('closed', ALWAYS_OPEN)
    metrics.opened('over', { opensAtMs: null, closesAtMs: Date.now() })
    metrics.closed('closed')
    expect(await samplesOf(metrics, 'stock_units')).toEqual({ open: 7 })
    expect(await samplesOf(metrics, 'stock_units', false)).toEqual({})
  })

  it('asks a store that has not answered yet no second time, and does without it', async () => {
    let asked = 0
    const metrics = metricsOver({
      async stock(sku) {
        if (sku === 'failing') throw new Error('down')
        if (sku === 'right') return 7
        asked += 1
        return new Promise<never>(() => {})
      },
    })
    for (const sku of ['hanging', 'failing', 'right']) metrics.opened(sku, ALWAYS_OPEN)
    expect(await samplesOf(metrics, 'stock_units')).toEqual({ right: 7 })
    expect(await samplesOf(metrics, 'stock_units')).toEqual({ right: 7 })
    expect(asked).toBe(1)
  })

  it('asks one instance for a backlog that all share, and each for its own', async () => {
    const of = async (isShared: boolean, asksStores: boolean): Promise<number[]> => {
      const meter = new StrategyMeter()
      meter.backlog({ isShared, read: async () => 4 })
      return Object.values(await samplesOf(metricsOver({ meter }), 'drain_backlog_orders', asksStores))
    }
    expect([await of(true, true), await of(true, false)]).toEqual([[4], []])
    expect([await of(false, true), await of(false, false)]).toEqual([[4], [4]])
  })

  it("shows a strategy's counters as far as they are any", async () => {
    const counters = { retries: 2, wrong: -1, none: Number.NaN }
    expect(await samplesOf(metricsOver({ counters: () => counters }), 'strategy_work_total')).toEqual({ retries: 2 })
    const broken = (): never => {
      throw new Error('a bug')
    }
    expect(await samplesOf(metricsOver({ counters: broken }), 'strategy_work_total')).toEqual({})
  })
})
