/**
 * The server's own metrics, by the names of the table in core. A request only counts integers and fills one histogram;
 * all else is read when Prometheus asks.
 */
import { MOST_CODES, MOST_SKUS } from '../../src/core/metric-table.ts'
import { TIME_BOUNDS_SECONDS } from '../../src/core/telemetry.ts'
import { PROBLEMS, type ProblemCode } from '../../src/core/wire.ts'
import type { BuyRequest } from '../strategies/strategy.ts'
import { FixedHistogram } from './fixed-histogram.ts'
import { family, histogramFamily, type MetricFamily, type ServerMetricName } from './metric-family.ts'
import { OpenSales } from './open-sales.ts'
import type { SaleAnswer, SaleHours } from './opening-hours.ts'
import { ProcessMetrics } from './process-metrics.ts'
import { ScrapeQuestions } from './scrape-questions.ts'
import type { StrategyMeter } from './strategy-meter.ts'

/** Outcomes of buys, as the label `result` names them. */
const CHECK_RESULTS = [
  'sold',
  'replayed',
  'soldOut',
  'limitExceeded',
  'keyReused',
  'saleNotFound',
  'saleClosed',
  'notOpen',
  'busy',
] as const satisfies readonly (SaleAnswer['kind'] | 'replayed')[]

export interface MetricSources {
  readonly meter: StrategyMeter
  readonly inFlight: () => number
  readonly counters: () => Readonly<Record<string, number>>
  readonly stock: (sku: string) => Promise<number | null>
}

/** Problem documents sent, by their code. */
export type Refusals = Record<ProblemCode, number>

export class ServerMetrics {
  readonly refusals = zeros(Object.keys(PROBLEMS) as ProblemCode[])
  readonly #openSales = new OpenSales()
  readonly #sources: MetricSources
  readonly #stocks = new ScrapeQuestions()
  readonly #backlog = new ScrapeQuestions()
  readonly #process = new ProcessMetrics()
  readonly #results = zeros(CHECK_RESULTS)
  readonly #orderSeconds = new FixedHistogram(TIME_BOUNDS_SECONDS)

  constructor(sources: MetricSources) {
    this.#sources = sources
  }

  opened(sku: string, hours: SaleHours): void {
    this.#sources.meter.know(sku)
    this.#openSales.opened(sku, hours)
  }

  closed(sku: string): void {
    this.#openSales.closed(sku)
  }

  /** What came of a buy, whether or not its buyer is still there to be told. `beganAtMs`: of `performance.now()`. */
  buyEnded({ sku, quantity }: BuyRequest, result: SaleAnswer, beganAtMs: number): void {
    if (result.kind !== 'sold') this.#results[result.kind] += 1
    else if (result.replayed) this.#results.replayed += 1
    else {
      this.#results.sold += 1
      this.#orderSeconds.observe((performance.now() - beganAtMs) / 1000)
      this.#sources.meter.sold(sku, quantity)
    }
  }

  /** `asksStores`: also for what every instance would answer alike. Never rejects. */
  async families(asksStores: boolean): Promise<readonly MetricFamily[]> {
    const [processFamilies, stocks, backlog] = await Promise.all([
      this.#process.families(),
      this.#askForStocks(asksStores),
      this.#askForBacklog(asksStores),
    ])
    const { meter, inFlight } = this.#sources
    const ours: Readonly<Record<ServerMetricName, MetricFamily>> = {
      inventory_check_total: family('inventory_check_total', by('result', this.#results)),
      sale_funnel_units_total: family(
        'sale_funnel_units_total',
        meter
          .stages()
          .flatMap(([sku, stages]) => by('stage', stages).map(([stage, units]) => [{ sku, ...stage }, units] as const)),
      ),
      order_create_duration_seconds: histogramFamily('order_create_duration_seconds', [[{}, this.#orderSeconds]]),
      redis_decr_failed_total: family('redis_decr_failed_total', by('reason', meter.redisNotDeducted)),
      http_requests_refused_total: family('http_requests_refused_total', by('code', this.refusals)),
      http_requests_in_flight: family('http_requests_in_flight', [[{}, inFlight()]]),
      deduction_retries_total: family('deduction_retries_total', [[{}, meter.retries]]),
      lock_wait_duration_seconds: histogramFamily('lock_wait_duration_seconds', [[{}, meter.lockWaitSeconds]]),
      pool_wait_duration_seconds: histogramFamily('pool_wait_duration_seconds', by('store', meter.poolWaitSeconds)),
      write_batch_orders: histogramFamily('write_batch_orders', [[{}, meter.batchOrders]]),
      drain_backlog_orders: family(
        'drain_backlog_orders',
        [...backlog.values()].map((orders) => [{}, orders]),
      ),
      cache_reads_total: family('cache_reads_total', by('result', meter.cacheReads)),
      stock_units: family(
        'stock_units',
        [...stocks].map(([sku, units]) => [{ sku }, units]),
      ),
      strategy_work_total: family('strategy_work_total', by('kind', this.#work())),
    }
    return [...Object.values(ours), ...processFamilies]
  }

  /** The strategy's counters as far as they are any: it may be somebody's own. */
  #work(): Readonly<Record<string, number>> {
    try {
      const counters = Object.entries(this.#sources.counters()).filter(([, count]) => count >= 0 && count < Infinity)
      return Object.fromEntries(counters.slice(0, MOST_CODES))
    } catch {
      return {}
    }
  }

  #askForStocks(asksStores: boolean): Promise<ReadonlyMap<string, number>> {
    const skus = asksStores ? this.#openSales.at(Date.now()).slice(0, MOST_SKUS) : []
    return this.#stocks.answers(skus.map((sku) => [sku, () => this.#sources.stock(sku)]))
  }

  #askForBacklog(asksStores: boolean): Promise<ReadonlyMap<string, number>> {
    const backlog = this.#sources.meter.backlogSource
    const isAsked = backlog !== null && (asksStores || !backlog.isShared)
    return this.#backlog.answers(isAsked ? [['backlog', () => backlog.read()]] : [])
  }
}

function zeros<Name extends string>(names: readonly Name[]): Record<Name, number> {
  return Object.fromEntries(names.map((name) => [name, 0])) as Record<Name, number>
}

function by<Label extends string, Value>(
  label: Label,
  values: Readonly<Record<string, Value>>,
): (readonly [Readonly<Record<Label, string>>, Value])[] {
  return Object.entries(values).map(([name, value]) => [{ [label]: name } as Record<Label, string>, value])
}
