/**
 * A service of the user's own as a target: started, opened, settled, audited and ended as its descriptor says. Where
 * nothing opens a sale, all steps are one, and what stood in its ledger before is left out.
 */
import { HarnessError } from '../core/errors.ts'
import type { LedgerSnapshot } from '../core/ledger.ts'
import type { ServiceTarget } from '../core/run-record.ts'
import type { ProbedWork } from '../core/work-record.ts'
import type { PlannedSale, SaleTerms, Scenario, StepPlan } from '../core/scenario.ts'
import { formatCount, formatQuantity } from '../core/units.ts'
import type { TargetDescriptor } from '../core/target-descriptor.ts'
import { type Baseline, readBaseline, readDescribedLedger } from '../ledger/index.ts'
import type { DescribedTarget, StartedLoadEngine } from '../load/load-engine.ts'
import { readsOnlyPlan } from '../load/open-loop/index.ts'
import {
  type ActionValues,
  type OpenedAccess,
  readResources,
  runActions,
  settle,
  type StartedService,
} from '../target/index.ts'
import { readForeignCounts } from '../services/index.ts'
import { DescribedProbe, storesOfLedger, whyNotProbed } from './described-probe.ts'
import type { UseReading } from './resource-use.ts'
import type { OpenSales, SaleTarget, WarmUpContext } from './sale-target.ts'
import { fitToPool, refuseUnfit, tooFewSkus } from './scenario-fit.ts'
import { shownStock } from './shown-stock.ts'
import { standsStill } from './stands-still.ts'
import { stockAtOpening } from './stock-at-opening.ts'
import { notProbed, PROBED_REQUESTS, PROBED_SKU, probeWork } from './work-probe.ts'
import type { WorkReading } from './work-use.ts'

const WARM_UP_READS_PER_SEC = 500
const PROBE_SETTLE_MS = 10_000

export interface DescribedParts {
  readonly descriptor: TargetDescriptor
  readonly runId: string
  readonly access: OpenedAccess
  readonly service: StartedService
  readonly described: DescribedTarget
  /** null: no cap. */
  readonly maxRatePerSec: number | null
  readonly signal: AbortSignal
}

type SalesOfStep = Pick<StepPlan, 'sales' | 'stepIndex'>
type LimitTerms = Pick<SaleTerms, 'perUserLimit'>

export class DescribedService implements SaleTarget {
  readonly described: DescribedTarget
  readonly record: ServiceTarget
  readonly parts: DescribedParts
  /** What stood in the ledger before the first arrival, by SKU. */
  readonly #baselines = new Map<string, Baseline>()
  /** What was opened, or found open, and not closed yet. */
  readonly #toClose: (PlannedSale & { readonly perUserLimit: number | null })[] = []
  #notes: string[] = []

  constructor(parts: DescribedParts) {
    this.parts = parts
    this.described = parts.described
    this.record = recordOf(parts)
  }

  get url(): string {
    return this.parts.access.baseUrl
  }

  get #isOneSale(): boolean {
    return !this.record.salePerStep
  }

  /** As many buyers as the pool has. Throws HarnessError USAGE for what a described target can't be asked. */
  fit(scenario: Scenario): Scenario {
    refuseUnfit(this.parts.descriptor, scenario)
    const { identities } = this.described
    const fitting = fitToPool(scenario, identities)
    const [planned, population] = [scenario, fitting].map(({ buyers }) => buyers.population)
    if (population! < planned!) {
      const size = formatQuantity(identities.pool!.length, 'buyer')
      this.#notes.push(
        `the pool has ${size}: buyers.population is ${formatCount(population!)}, not ${formatCount(planned!)}`,
      )
    }
    return fitting
  }

  adapt<Plan extends Pick<StepPlan, 'sales'>>(plan: Plan): Plan {
    const { open, initialStock } = this.parts.descriptor
    const ownStock = open === null ? null : initialStock
    const adapted = (sale: PlannedSale, index: number): PlannedSale => ({
      ...sale,
      sku: this.#skuOf(sale, index, plan),
      initialStock: ownStock ?? sale.initialStock,
    })
    return { ...plan, sales: plan.sales.map(adapted) }
  }

  #skuOf({ sku }: PlannedSale, index: number, { sales }: Pick<StepPlan, 'sales'>): string {
    const { skus } = this.parts.descriptor
    // One sale has one name in all steps.
    if (skus === null) return this.#isOneSale ? sku.replace(/^step-\d+/, 'sale') : sku
    const named = skus[index]
    if (named !== undefined) return named
    throw tooFewSkus(sales.length, skus.length)
  }

  /** By reads, which leave nothing behind in somebody's shop. */
  async warmUp(engine: StartedLoadEngine, { runId, signal }: WarmUpContext): Promise<void> {
    const { warmUpMs, protocol } = this.parts.descriptor
    if (warmUpMs === 0 || protocol.read === null) return
    const plan = this.adapt(readsOnlyPlan('step-1', warmUpMs, this.#warmUpRate()))
    await engine.warmUp(plan, { requestIdPrefix: `${runId}-warm-up-`, signal })
  }

  #warmUpRate(): number {
    return Math.min(WARM_UP_READS_PER_SEC, this.parts.maxRatePerSec ?? Number.POSITIVE_INFINITY)
  }

  async openSales({ sales, stepIndex }: SalesOfStep, { perUserLimit }: LimitTerms): Promise<OpenSales> {
    const initialStocks: number[] = []
    const earlierOrders: number[] = []
    for (const sale of sales) {
      await this.#act('open', sale.sku, sale.initialStock, perUserLimit)
      this.#toClose.push({ ...sale, perUserLimit })
      const baseline = await this.#baselineOf(sale.sku)
      const initial = stockAtOpening(this.parts.descriptor, sale, baseline?.remaining ?? null)
      initialStocks.push(initial)
      earlierOrders.push(baseline?.orderIds.size ?? 0)
      if (this.#isOneSale && stepIndex === 0 && initial <= 0) throw nothingToSell(sale.sku, initial)
    }
    return {
      initialStocks,
      earlierOrders,
      notBeforeNs: null,
      hours: null,
      measureAgain: async () => ({ hours: null, clock: null }),
    }
  }

  /** Of a sale that goes on, as it was before its first step. */
  async #baselineOf(sku: string): Promise<Baseline | null> {
    const { descriptor, access, runId } = this.parts
    if (descriptor.ledger === null) return null
    const known = this.#baselines.get(sku)
    if (known !== undefined && this.#isOneSale) return known
    const baseline = await readBaseline({ ledger: descriptor.ledger, access, sku, runId })
    this.#baselines.set(sku, baseline)
    return baseline
  }

  /** Where the descriptor doesn't say how to tell: when the ledger stands still. */
  async settle(plan: Pick<StepPlan, 'sales'>, terms: LimitTerms, deadlineMs: number): Promise<boolean> {
    const pending = await this.#pendingAfter(plan, terms, deadlineMs)
    if (pending !== null) this.#notes.push(pending)
    return pending === null
  }

  /** What is still pending, in a sentence; null: nothing. */
  async #pendingAfter(
    { sales }: Pick<StepPlan, 'sales'>,
    { perUserLimit }: LimitTerms,
    deadlineMs: number,
  ): Promise<string | null> {
    const { descriptor, access, runId, signal } = this.parts
    const { ledger } = descriptor
    if (descriptor.settle.length === 0) {
      if (ledger === null) return null
      const skus = sales.map(({ sku }) => sku)
      const isStill = await standsStill(
        () => Promise.all(skus.map((sku) => readBaseline({ ledger, access, sku, runId }))),
        deadlineMs,
        signal,
      )
      return isStill ? null : 'its ledger did not stand still'
    }
    for (const { sku, initialStock } of sales) {
      const values = this.#valuesOf(sku, initialStock, perUserLimit)
      const settled = await settle(descriptor.settle, values, { access, signal })
      if (!settled.settled) return settled.why
    }
    return null
  }

  async readLedgers(plan: SalesOfStep, settled: boolean, requestIdPrefix: string): Promise<LedgerSnapshot[] | null> {
    const { descriptor, access, runId } = this.parts
    const { ledger } = descriptor
    if (ledger === null) return null
    const ledgers: LedgerSnapshot[] = []
    for (const { sku } of plan.sales) {
      const shownAfterSettling = await shownStock(descriptor.protocol, access, sku)
      ledgers.push(
        await readDescribedLedger({
          ledger,
          access,
          sku,
          runId,
          stepIndex: plan.stepIndex,
          settled,
          shownAfterSettling,
          exclude: this.#baselines.get(sku)?.orderIds ?? new Set(),
          identities: this.described.identities,
          requestIdPrefix,
        }),
      )
    }
    return ledgers
  }

  async closeSales(): Promise<void> {
    if (!this.#isOneSale) await this.endSales()
  }

  /** Each is tried once, whatever becomes of another. */
  async endSales(): Promise<void> {
    const sales = new Map(this.#toClose.splice(0).map((sale) => [sale.sku, sale]))
    let failure: HarnessError | null = null
    for (const { sku, initialStock, perUserLimit } of sales.values()) {
      try {
        await this.#act('close', sku, initialStock, perUserLimit)
      } catch (error) {
        if (!(error instanceof HarnessError)) throw error
        failure ??= error
      }
    }
    if (failure !== null) throw failure
  }

  async #act(key: 'open' | 'close', sku: string, stock: number, limit: number | null): Promise<void> {
    const { descriptor, access, signal } = this.parts
    // What was opened is closed after an interruption, too.
    const context = key === 'close' ? { access, key } : { access, key, signal }
    await runActions(descriptor[key] ?? [], this.#valuesOf(sku, stock, limit), context)
  }

  #valuesOf(sku: string, stock: number, limit: number | null): ActionValues {
    return { sku, stock, limit, runId: this.parts.runId }
  }

  async probeWork({ terms, signal }: WarmUpContext): Promise<ProbedWork[]> {
    const why = whyNotProbed(this.parts)
    if (why !== null) return notProbed(why)
    const { perUserLimit } = terms
    const initialStock = PROBED_REQUESTS + 1
    const sales = [{ sku: PROBED_SKU, unitsAskedFor: initialStock, initialStock }]
    const probe = new DescribedProbe(this.parts)
    return await probeWork({
      open: (stock) => this.#act('open', PROBED_SKU, stock, perUserLimit),
      close: () => this.#act('close', PROBED_SKU, initialStock, perUserLimit),
      settle: () => this.#pendingAfter({ sales }, terms, PROBE_SETTLE_MS),
      send: (kind, index) => probe.send(kind, index),
      readWork: () => this.readWork(),
      signal,
    })
  }

  /** Its own counters are its own. */
  async readWork(): Promise<WorkReading> {
    const { descriptor, access } = this.parts
    const stores = await readForeignCounts(storesOfLedger(descriptor.ledger, access), access.ownRedisWork)
    const masked = <Counts>(read: Counts | string): Counts | string =>
      typeof read === 'string' ? access.redact(read) : read
    return { counters: {}, stores: { ...stores, postgres: masked(stores.postgres), redis: masked(stores.redis) } }
  }

  async readUse(): Promise<UseReading> {
    const { descriptor, access, service } = this.parts
    const { figures, notes } = await readResources(descriptor.resources, access)
    this.#notes.push(...notes)
    const target = service.resources()
    return { resources: { ...figures, ...(target && { target }) } }
  }

  /** What can't be read is told of when the step's own reading fails. */
  async lookAtUse(): Promise<UseReading['resources']> {
    const { descriptor, access, service } = this.parts
    const { figures } = await readResources(descriptor.resources, access)
    const target = service.resources()
    return { ...figures, ...(target && { target }) }
  }

  takeNotes(): string[] {
    const notes = [...new Set(this.#notes)]
    this.#notes = []
    return notes
  }

  lastWords(): string {
    return this.parts.service.lastWords()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { service, access } = this.parts
    try {
      await service[Symbol.asyncDispose]()
    } finally {
      await access[Symbol.asyncDispose]()
    }
  }
}

function nothingToSell(sku: string, stock: number): HarnessError {
  return new HarnessError('TARGET_FAILED', {
    message: `${sku} has no units to sell: its stock is ${formatCount(stock)}`,
    hint: 'Fill it up before the run, or say under `open` how the run does.',
  })
}

function recordOf({ descriptor, access }: DescribedParts): ServiceTarget {
  const { name, description, promise, soldMeans, shared, open, tells, perUserLimit } = descriptor
  const limit = perUserLimit ?? (tells.limit ? null : 'untold')
  return {
    kind: 'service',
    name,
    summary: description,
    url: access.redact(access.baseUrl),
    promise,
    soldMeans,
    shared,
    ...(limit !== null && { perUserLimit: limit }),
    salePerStep: open !== null,
  }
}
