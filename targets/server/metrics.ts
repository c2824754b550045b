/**
 * The server's own metrics. A request only counts integers and fills one histogram; all else is read when Prometheus
 * asks.
 */
import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { Admission } from './admission.ts'
import type { SaleAnswer } from './opening-hours.ts'

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

type CheckResult = (typeof CHECK_RESULTS)[number]

const ORDER_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.042, 0.1, 0.25, 0.5, 0.8]

export class ServerMetrics {
  readonly #registry = new Registry()
  readonly #results = Object.fromEntries(CHECK_RESULTS.map((name) => [name, 0])) as Record<CheckResult, number>
  readonly #orderSeconds: Histogram

  constructor(admission: Admission, strategyCounters: () => Readonly<Record<string, number>>) {
    const register = (metric: Counter | Gauge): void => this.#registry.registerMetric(metric)
    const results = this.#results
    register(
      new Counter({
        name: 'inventory_check_total',
        help: 'Buys by what came of them',
        labelNames: ['result'],
        registers: [],
        collect() {
          setAll(this, 'result', results)
        },
      }),
    )
    register(
      new Counter({
        name: 'http_requests_failed_total',
        help: 'Requests turned away for want of room or time, or because a store failed',
        labelNames: ['reason'],
        registers: [],
        collect() {
          setAll(this, 'reason', { ...admission.figures })
        },
      }),
    )
    register(
      new Counter({
        name: 'strategy_work_total',
        help: "The strategy's own counters",
        labelNames: ['kind'],
        registers: [],
        collect() {
          setAll(this, 'kind', strategyCounters())
        },
      }),
    )
    register(
      new Gauge({
        name: 'http_requests_in_flight',
        help: 'Requests inside, answered or not',
        registers: [],
        collect() {
          this.set(admission.inFlight)
        },
      }),
    )
    this.#orderSeconds = new Histogram({
      name: 'order_create_duration_seconds',
      help: 'From the parsed request to the new order',
      buckets: ORDER_SECONDS,
      registers: [this.#registry],
    })
  }

  count(result: SaleAnswer, beganAtMs: number): void {
    if (result.kind !== 'sold') this.#results[result.kind] += 1
    else if (result.replayed) this.#results.replayed += 1
    else {
      this.#results.sold += 1
      this.#orderSeconds.observe((performance.now() - beganAtMs) / 1000)
    }
  }

  async json(): Promise<readonly object[]> {
    return this.#registry.getMetricsAsJSON()
  }
}

function setAll(counter: Counter, label: string, values: Readonly<Record<string, number>>): void {
  counter.reset()
  for (const [value, count] of Object.entries(values)) counter.inc({ [label]: value }, count)
}
