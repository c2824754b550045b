/**
 * Lets buyers in when the sale is open, by this server's clock, for every strategy alike. Who comes before is told so
 * before the strategy hears of it. Once the closing has passed, the sale is closed for the strategy too, before the next
 * buyer is let in: so that nobody new buys, and a retry of a buy that has its order is still answered with it.
 */
import type { HoursBook, SaleHours } from '../storage/hours-book.ts'
import type { Attempt, BuyRequest, BuyResult, StartedStrategy } from '../strategies/strategy.ts'

export type { SaleHours } from '../storage/hours-book.ts'

export type SaleAnswer = BuyResult | { readonly kind: 'notOpen' }

const NOT_OPEN: SaleAnswer = { kind: 'notOpen' }

export interface OpeningHoursOptions {
  readonly book: HoursBook
  readonly strategy: Pick<StartedStrategy, 'buy' | 'close'>
  /** ms since 1970. */
  readonly now?: () => number
  /** A control: whoever comes before the opening is let in. */
  readonly sellsEarly?: boolean
}

export class OpeningHours {
  readonly #book: HoursBook
  readonly #strategy: Pick<StartedStrategy, 'buy' | 'close'>
  readonly #now: () => number
  readonly #sellsEarly: boolean
  /** Of sales that this instance has met. */
  readonly #known = new Map<string, SaleHours>()
  /** Closings that have passed, each seen to once. */
  readonly #closed = new Map<string, Promise<unknown>>()

  constructor({ book, strategy, now, sellsEarly }: OpeningHoursOptions) {
    this.#book = book
    this.#strategy = strategy
    this.#now = now ?? Date.now
    this.#sellsEarly = sellsEarly ?? false
  }

  /** Before the sale can be bought from. False: the name is taken by a sale with other hours. */
  async enter(sku: string, hours: SaleHours): Promise<boolean> {
    const entered = await this.#book.enter(sku, hours)
    return entered.opensAtMs === hours.opensAtMs && entered.closesAtMs === hours.closesAtMs
  }

  learn(sku: string, hours: SaleHours): void {
    this.#known.set(sku, hours)
  }

  buy(request: BuyRequest, attempt: Attempt): Promise<SaleAnswer> {
    const hours = this.#known.get(request.sku)
    if (hours === undefined) return this.#meet(request, attempt)
    const { opensAtMs, closesAtMs } = hours
    if (opensAtMs === null && closesAtMs === null) return this.#strategy.buy(request, attempt)
    return this.#buyWithin(hours, request, attempt)
  }

  /** A sale that was opened before this instance began, or that there isn't. */
  async #meet(request: BuyRequest, attempt: Attempt): Promise<SaleAnswer> {
    const hours = await this.#book.read(request.sku)
    if (hours === null) return this.#strategy.buy(request, attempt)
    this.learn(request.sku, hours)
    return this.buy(request, attempt)
  }

  async #buyWithin({ opensAtMs, closesAtMs }: SaleHours, request: BuyRequest, attempt: Attempt): Promise<SaleAnswer> {
    const nowMs = this.#now()
    if (opensAtMs !== null && nowMs < opensAtMs && !this.#sellsEarly) return NOT_OPEN
    if (closesAtMs === null || nowMs < closesAtMs) return this.#strategy.buy(request, attempt)
    await this.#close(request.sku)
    const answer = await this.#strategy.buy(request, attempt)
    return answer.kind === 'saleClosed' ? NOT_OPEN : answer
  }

  #close(sku: string): Promise<unknown> {
    let closing = this.#closed.get(sku)
    if (closing === undefined) {
      closing = this.#strategy.close(sku)
      this.#closed.set(sku, closing)
      // A store that failed is asked again by the next buyer.
      closing.catch(() => this.#closed.delete(sku))
    }
    return closing
  }
}
