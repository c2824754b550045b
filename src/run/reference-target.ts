/** The reference server as a target: it opens, settles and closes sales by the contract, and its stores are the run's own. */
import type { StrategyDescription } from '../core/catalogue.ts'
import type { LedgerSnapshot } from '../core/ledger.ts'
import type { StrategyTarget } from '../core/run-record.ts'
import type { SaleTerms, Scenario, StepPlan } from '../core/scenario.ts'
import { readLedgers } from '../ledger/index.ts'
import type { StartedLoadEngine } from '../load/load-engine.ts'
import type { ProbedWork } from '../core/work-record.ts'
import { readStoreCounts } from '../services/index.ts'
import type { StartedServices } from '../services/service.ts'
import { openSales } from './opening.ts'
import { sendProbe } from './reference-buyer.ts'
import { lookAtUse, readUse, type UseReading } from './resource-use.ts'
import type { OpenSales, SaleTarget, WarmUpContext } from './sale-target.ts'
import { closeEach, shownStocks } from './step-sales.ts'
import type { StartedTarget } from './target-process.ts'
import { PROBED_SKU, probeWork } from './work-probe.ts'
import { NOT_SETTLED, type WorkReading } from './work-use.ts'

const WARM_UP_SETTLE_MS = 10_000

export interface StrategyChoice {
  readonly kind: 'strategy'
  readonly strategy: StrategyDescription
  /** Path of the module that holds the strategy, for one that the server doesn't bring. */
  readonly strategyModule?: string | undefined
  /** Share of order requests whose connection is cut in place of the answer, 0..1; none where it isn't given. */
  readonly lostReplyShare?: number | undefined
  /** What the server does more than the strategy asks of it (src/core/handicap.ts), to see that it is noticed. */
  readonly handicap?: string | undefined
  /** Server processes on one port. */
  readonly instances: number
}

export class ReferenceTarget implements SaleTarget {
  readonly described = null
  readonly record: StrategyTarget
  readonly #choice: StrategyChoice
  readonly #server: StartedTarget
  readonly #services: StartedServices

  constructor(choice: StrategyChoice, server: StartedTarget, services: StartedServices) {
    this.#choice = choice
    this.#server = server
    this.#services = services
    this.record = strategyTargetOf(choice)
  }

  get url(): string {
    return this.#server.url
  }

  fit(scenario: Scenario): Scenario {
    return scenario
  }

  adapt(plan: StepPlan): StepPlan {
    return plan
  }

  /** On the terms of the scenario, so that what they ask of the target is hot as well. */
  async warmUp(engine: StartedLoadEngine, { runId, terms, signal }: WarmUpContext): Promise<void> {
    const { admin } = this.#server
    for (const plan of engine.warmUps) {
      const { sku, initialStock } = plan.sales[0]!
      await admin.openSale(sku, { stock: initialStock, perUserLimit: terms.perUserLimit })
      await engine.warmUp(plan, { requestIdPrefix: `${runId}-${sku}-`, signal })
      await admin.settle(WARM_UP_SETTLE_MS)
      await admin.closeSale(sku)
    }
  }

  async openSales({ sales }: StepPlan, terms: SaleTerms, now: () => number): Promise<OpenSales> {
    const opened = await openSales(this.#server.admin, sales, terms, now)
    return { ...opened, initialStocks: sales.map(({ initialStock }) => initialStock) }
  }

  settle(_plan: StepPlan, _terms: SaleTerms, deadlineMs: number): Promise<boolean> {
    return this.#server.admin.settle(deadlineMs)
  }

  async readLedgers({ sales, stepIndex }: StepPlan, settled: boolean): Promise<LedgerSnapshot[]> {
    const { postgres, redis } = this.#services
    return await readLedgers({
      postgres,
      redis,
      books: this.#choice.strategy.books,
      skus: sales.map(({ sku }) => sku),
      stepIndex,
      settled,
      shownAfterSettling: await shownStocks(this.#server.admin, sales),
    })
  }

  /** Each step has sales of its own. */
  async endSales(): Promise<void> {}

  async closeSales({ sales }: StepPlan): Promise<void> {
    await closeEach(this.#server.admin, sales)
  }

  async probeWork({ terms, signal }: WarmUpContext): Promise<ProbedWork[]> {
    const { url, admin } = this.#server
    return await probeWork({
      open: (stock) => admin.openSale(PROBED_SKU, { stock, perUserLimit: terms.perUserLimit }),
      close: () => admin.closeSale(PROBED_SKU),
      settle: async () => ((await admin.settle(WARM_UP_SETTLE_MS)) ? null : NOT_SETTLED),
      send: (kind, index) => sendProbe(url, kind, index),
      readWork: () => this.readWork(),
      signal,
    })
  }

  async readWork(): Promise<WorkReading> {
    const [stats, stores] = await Promise.all([this.#server.admin.stats(), readStoreCounts(this.#services)])
    return { counters: stats?.work ?? null, stores }
  }

  readUse(): Promise<UseReading> {
    return readUse(this.#server, this.#services)
  }

  lookAtUse(): Promise<UseReading['resources']> {
    return lookAtUse(this.#server, this.#services)
  }

  takeNotes(): string[] {
    return []
  }

  lastWords(): string {
    return this.#server.lastWords()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server[Symbol.asyncDispose]()
  }
}

/** As the record of a run names it. */
export function strategyTargetOf({
  strategy,
  strategyModule,
  lostReplyShare = 0,
  handicap,
  instances,
}: StrategyChoice): StrategyTarget {
  return {
    kind: 'strategy',
    strategy: strategy.name,
    summary: strategy.summary,
    control: strategy.control,
    instances,
    promise: strategy.promise,
    durableWhen: strategy.durableWhen,
    ...(strategyModule !== undefined && { module: strategyModule }),
    ...(lostReplyShare > 0 && { lostReplyShare }),
    ...(handicap !== undefined && { handicap }),
  }
}
