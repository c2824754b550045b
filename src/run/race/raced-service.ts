/**
 * A service of the user's own under a race: opened, bought from, settled and audited as its descriptor says, like in a run,
 * but with one sale for each order, and killed and started again where a race asks for it.
 *
 * What the descriptor does by SQL, by Redis commands or by commands of a shell goes past the gates. What it does over HTTP,
 * the service answers by its stores: such store calls pass the gates, also those of a ledger that is read over HTTP.
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { StoreName } from '../../core/catalogue.ts'
import { HarnessError } from '../../core/errors.ts'
import { userIdOf } from '../../core/history.ts'
import type { LedgerSnapshot } from '../../core/ledger.ts'
import type { ServiceTarget } from '../../core/run-record.ts'
import { readBaseline } from '../../ledger/index.ts'
import type { SaleUnderJudgement } from '../../oracle/index.ts'
import type { ProcessWatch } from '../../race/stillness/index.ts'
import type { DescribedParts, DescribedService } from '../described-target.ts'
import { limitTerms } from '../limit-terms.ts'
import { ANSWER_WITHIN_MS, RacedBuyers, rowOf, type Told } from './raced-buyers.ts'
import type { BuyersAnswer, RacedBuy, RacedSale, RacedTarget } from './raced-target.ts'
import type { RestartableService } from './restartable-service.ts'
import { StockReader } from './stock-reader.ts'

/** For the end of a process. */
const LOOK_AGAIN_MS = 5

export interface RacedServiceParts {
  /** Holds `service` as its own. */
  readonly sales: DescribedService
  readonly service: RestartableService
  readonly watch: ProcessWatch
}

/** The one sale that is open. */
interface OpenSale {
  readonly sku: string
  readonly initialStock: number
  readonly perUserLimit: number | null
  /** Orders that stood in its ledger before. */
  readonly earlierOrders: number
}

export class RacedService implements RacedTarget {
  readonly record: ServiceTarget
  readonly #sales: DescribedService
  readonly #service: RestartableService
  readonly #watch: ProcessWatch
  readonly #buyers: RacedBuyers
  readonly #stock: StockReader
  #open: OpenSale | null = null

  constructor({ sales, service, watch }: RacedServiceParts) {
    this.record = sales.record
    this.#sales = sales
    this.#service = service
    this.#watch = watch
    this.#buyers = new RacedBuyers(sales.parts)
    this.#stock = new StockReader(sales.parts)
  }

  get #parts(): DescribedParts {
    return this.#sales.parts
  }

  get url(): string {
    return this.#sales.url
  }

  /** Throws HarnessError TARGET_FAILED; the units are those of the descriptor, where it says so. */
  async openSale(order: number, stock: number, perUserLimit: number | null): Promise<RacedSale> {
    const named = { sku: `${this.#parts.runId}-${order}`, unitsAskedFor: stock, initialStock: stock }
    const plan = this.#sales.adapt({ stepIndex: 0, sales: [named] })
    const { initialStocks, earlierOrders } = await this.#sales.openSales(plan, { perUserLimit })
    const { sku } = plan.sales[0]!
    const initialStock = initialStocks[0]!
    this.#open = { sku, initialStock, perUserLimit, earlierOrders: earlierOrders?.[0] ?? 0 }
    this.#buyers.beginSale()
    return { sku, initialStock, requestIdPrefix: `${named.sku}-` }
  }

  buy(request: RacedBuy): Promise<BuyersAnswer> {
    return this.#buyers.buy(request)
  }

  userIdOf(userNumber: number): string {
    return userIdOf(rowOf(userNumber))
  }

  async isIdle(): Promise<boolean> {
    // A request that leaves while the server is looked at may find it asleep still.
    const areAllSent = !this.#buyers.areSending
    return (await this.#watch.isIdle()) && areAllSent && !this.#buyers.areAnswered
  }

  /**
   * Where the end of timers is waited for, whoever waited has sent the next call before anybody else goes on. With a
   * connection to each buyer that call is held; on one that is shared it stands before the calls of the others, and orders
   * in which they go on meanwhile are never tried.
   */
  refuseShared(stores: readonly StoreName[]): void {
    const { name, race } = this.#parts.descriptor
    if (stores.length === 0 || race === null || race.quietMs === 0) return
    throw new HarnessError('TARGET_FAILED', {
      message: `${name} can't be raced with race.quiet: buyers share a connection to ${stores.join(' and ')}, and what one does while another waits inside is never tried`,
      hint: 'Let it take a connection for each request, from a pool say; or leave `quiet` out, and take what waits inside away.',
    })
  }

  async endedWithin(deadlineMs: number): Promise<boolean> {
    const until = performance.now() + deadlineMs
    while (!this.#service.hasEnded()) {
      if (performance.now() >= until) return false
      await delay(LOOK_AGAIN_MS)
    }
    return true
  }

  /**
   * Those in its queue ask first. A descriptor that doesn't say how to tell when all is settled is taken to be when its
   * ledger holds what buyers were told, and else when the ledger has stood still for some seconds, as in a run.
   */
  async settle(sku: string, deadlineMs: number): Promise<boolean> {
    await this.#buyers.askQueue(deadlineMs)
    const sale = this.#saleOf(sku)
    if (this.#parts.descriptor.settle.length === 0 && (await this.#holdsWhatWasTold(sale))) return true
    return await this.#sales.settle(planOf(sale), sale, deadlineMs)
  }

  /** Nothing that is on its way can be missing then. */
  async #holdsWhatWasTold({ sku, initialStock, earlierOrders }: OpenSale): Promise<boolean> {
    const { descriptor, access, runId } = this.#parts
    const sold = soldUnits(this.#buyers.told)
    if (descriptor.ledger === null || sold === null) return false
    const { orderIds, remaining } = await readBaseline({ ledger: descriptor.ledger, access, sku, runId })
    return orderIds.size - earlierOrders === sold && (remaining === null || remaining === initialStock - sold)
  }

  async readLedger(sku: string, settled: boolean, requestIdPrefix: string): Promise<LedgerSnapshot | null> {
    const ledgers = await this.#sales.readLedgers(planOf(this.#saleOf(sku)), settled, requestIdPrefix)
    return ledgers?.[0] ?? null
  }

  readStock(sku: string): Promise<Partial<Record<StoreName, number | null>>> {
    return this.#stock.read(sku)
  }

  async closeSale(sku: string): Promise<void> {
    this.#saleOf(sku)
    this.#buyers.endSale()
    await this.#sales.closeSales()
  }

  kill(): Promise<void> {
    return this.#service.kill()
  }

  /** Throws HarnessError TARGET_FAILED or TARGET_TIMEOUT when it does not come up again. */
  restart(): Promise<void> {
    return this.#service.restart()
  }

  saleTerms(sku: string, initialStock: number, perUserLimit: number | null): SaleUnderJudgement {
    const { earlierOrders } = this.#saleOf(sku)
    return {
      stepIndex: 0,
      sku,
      initialStock,
      ...limitTerms({ perUserLimit }, this.record, earlierOrders),
      promise: this.record.promise,
      timeoutMs: ANSWER_WITHIN_MS,
      clockErrorMs: 0,
    }
  }

  lastWords(): string {
    return this.#sales.lastWords()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#buyers.endSale()
    try {
      await this.#stock[Symbol.asyncDispose]()
    } finally {
      await this.#sales[Symbol.asyncDispose]()
    }
  }

  #saleOf(sku: string): OpenSale {
    if (this.#open?.sku === sku) return this.#open
    throw new HarnessError('BUG', { message: `the sale of ${sku} is not the one that was opened last` })
  }
}

function planOf({ sku, initialStock }: OpenSale) {
  return { stepIndex: 0, sales: [{ sku, unitsAskedFor: initialStock, initialStock }] }
}

/** Each buys one; null: somebody was told nothing that is sure. */
function soldUnits(told: Told): number | null {
  const kinds = [...told.values()]
  return kinds.includes('unknown') ? null : kinds.filter((kind) => kind === 'sold').length
}
