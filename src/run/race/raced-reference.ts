/** The reference server as it is raced: its stores by way of the gates, its pauses over at once. */
import { randomBytes } from 'node:crypto'
import { Agent, request } from 'node:http'
import type { Redis } from 'ioredis'
import type { Client } from 'pg'
import type { StoreName } from '../../core/catalogue.ts'
import type { LedgerSnapshot } from '../../core/ledger.ts'
import type { RunTarget } from '../../core/run-record.ts'
import { type BuyRequestBody, IDEMPOTENCY_KEY_HEADER, ROUTES } from '../../core/wire.ts'
import { createLedgerClient, createLedgerRedis, readLedger } from '../../ledger/index.ts'
import { classifyResponse } from '../../load/classify-response.ts'
import type { SaleUnderJudgement } from '../../oracle/index.ts'
import type { ServiceSettings, StartedServices } from '../../services/service.ts'
import { type StrategyChoice, strategyTargetOf } from '../reference-target.ts'
import { type StartedTarget, startTarget } from '../target-process.ts'
import { outcomeWords } from '../../report/outcome-words.ts'
import type { BuyersAnswer, RacedBuy, RacedSale, RacedTarget } from './raced-target.ts'

/** Each is a turn of the server's event loop at least. What it does of itself is over before as many, but for chains of turns. */
const LOOKS = 2
const NOBODY_ANSWERED = { outcome: { kind: 'unknown', code: 'NO_ANSWER' }, words: 'no answer' } as const

export interface RacedReferenceOptions {
  readonly runId: string
  readonly choice: StrategyChoice
  readonly settings: ServiceSettings
  /** With the stores' own URLs. */
  readonly services: StartedServices
  /** The same, with URLs that lead through the gates. */
  readonly gated: StartedServices
}

/** Throws HarnessError. */
export async function startRacedReference(options: RacedReferenceOptions): Promise<RacedTarget> {
  const target = new RacedReference(options)
  try {
    await target.openLedger()
    await target.restart()
    return target
  } catch (error) {
    await target[Symbol.asyncDispose]()
    throw error
  }
}

interface LedgerPlaces {
  readonly postgres: { readonly url: string; readonly schema: string; readonly kept: Client } | null
  readonly redis: { readonly url: string; readonly keyPrefix: string; readonly kept: Redis } | null
}

class RacedReference implements RacedTarget {
  readonly record: RunTarget
  readonly #options: RacedReferenceOptions
  readonly #adminToken = randomBytes(24).toString('base64url')
  /** A connection that is kept, so that a look is one round trip. */
  #agent = new Agent({ keepAlive: true })
  #server: StartedTarget | null = null
  /** Requests that are not written yet: the server can't know of them, and may look idle. */
  #unsent = 0
  #places: LedgerPlaces = { postgres: null, redis: null }

  constructor(options: RacedReferenceOptions) {
    this.#options = options
    this.record = strategyTargetOf(options.choice)
  }

  get url(): string {
    return this.#started.url
  }

  /** Orders are read so often that connections for it are kept. */
  async openLedger(): Promise<void> {
    const { postgres, redis } = this.#options.services
    if (postgres !== null) {
      const kept = createLedgerClient(postgres.url)
      this.#places = { ...this.#places, postgres: { ...postgres, kept } }
      await kept.connect()
    }
    if (redis !== null) {
      const kept = createLedgerRedis(redis.url)
      this.#places = { ...this.#places, redis: { ...redis, kept } }
      await kept.connect()
    }
  }

  async restart(): Promise<void> {
    const { runId, choice, settings, gated } = this.#options
    const { strategy, strategyModule } = choice
    this.#server = await startTarget({
      runId,
      services: gated,
      settings,
      instances: 1,
      lostReplyShare: 0,
      forRace: true,
      metrics: false,
      adminToken: this.#adminToken,
      strategy: strategyModule === undefined ? { name: strategy.name } : { module: strategyModule },
    })
  }

  async kill(): Promise<void> {
    const { pid, ended } = this.#started
    process.kill(-pid, 'SIGKILL')
    await ended
    this.#agent.destroy()
    this.#agent = new Agent({ keepAlive: true })
  }

  async openSale(order: number, stock: number, perUserLimit: number | null): Promise<RacedSale> {
    const sku = `${this.#options.runId}-${order}`
    await this.#started.admin.openSale(sku, { stock, perUserLimit })
    return { sku, initialStock: stock, requestIdPrefix: `${sku}-` }
  }

  async buy({ sku, userNumber, requestId }: RacedBuy): Promise<BuyersAnswer> {
    const body: BuyRequestBody = { userId: this.userIdOf(userNumber), quantity: 1 }
    const answer = await this.#send('POST', ROUTES.orders(sku), JSON.stringify(body), {
      'content-type': 'application/json',
      [IDEMPOTENCY_KEY_HEADER]: requestId,
    }).catch(() => null)
    if (answer === null) return NOBODY_ANSWERED
    const outcome = classifyResponse('buy', answer.status, answer.body, 0, answer.body.length)
    return { outcome, words: outcomeWords(outcome, (text) => text) }
  }

  userIdOf(userNumber: number): string {
    return `u${userNumber}`
  }

  async isIdle(): Promise<boolean> {
    if (this.#unsent > 0) return false
    for (let looks = 0; looks < LOOKS; looks++) {
      // A server that is gone does nothing any more.
      await this.#send('GET', ROUTES.health, null, {}).catch(() => null)
    }
    return true
  }

  endedWithin(deadlineMs: number): Promise<boolean> {
    return this.#started.endedWithin(deadlineMs)
  }

  settle(_sku: string, deadlineMs: number): Promise<boolean> {
    return this.#started.admin.settle(deadlineMs)
  }

  async readLedger(sku: string, settled: boolean): Promise<LedgerSnapshot> {
    const { books } = this.#options.choice.strategy
    const shownAfterSettling = await this.#started.admin.shownStock(sku)
    return await readLedger({ ...this.#places, books, sku, stepIndex: 0, settled, shownAfterSettling })
  }

  async readStock(sku: string): Promise<Partial<Record<StoreName, number | null>>> {
    const { books } = this.#options.choice.strategy
    const stock: Partial<Record<StoreName, number | null>> = {}
    for (const place of [books.stock, books.copy ?? []].flat()) {
      const asked = { ...this.#places, books: { ...books, stock: place, stream: null }, sku, stepIndex: 0 }
      const { remainingStock } = await readLedger({ ...asked, settled: false, shownAfterSettling: null })
      stock[place.store] = remainingStock
    }
    return stock
  }

  async closeSale(sku: string): Promise<void> {
    await this.#started.admin.closeSale(sku)
  }

  saleTerms(sku: string, initialStock: number, perUserLimit: number | null): SaleUnderJudgement {
    const { promise } = this.record
    const hours = { opensAtNs: null, closesAtNs: null, errorMs: 0 }
    return { stepIndex: 0, sku, initialStock, perUserLimit, hours, promise, timeoutMs: 600_000, clockErrorMs: 0 }
  }

  lastWords(): string {
    return this.#server?.lastWords() ?? ''
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#agent.destroy()
    this.#places.redis?.kept.disconnect()
    await this.#places.postgres?.kept.end().catch(() => undefined)
    await this.#server?.[Symbol.asyncDispose]()
  }

  get #started(): StartedTarget {
    if (this.#server === null) throw new Error('the server was not started')
    return this.#server
  }

  /** Rejects when no whole answer came. */
  #send(method: string, path: string, body: string | null, headers: Readonly<Record<string, string>>): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const sent = request(this.#started.url + path, { method, agent: this.#agent, headers }, (response) => {
        const parts: Buffer[] = []
        response.on('data', (part: Buffer) => parts.push(part))
        response.on('error', reject)
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(parts) }))
        response.on('aborted', () => reject(new Error('the answer was cut short')))
      })
      this.#unsent += 1
      const isOut = once(() => {
        this.#unsent -= 1
      })
      sent.on('error', reject).on('close', isOut).on('finish', isOut)
      sent.end(body ?? undefined)
    })
  }
}

function once(act: () => void): () => void {
  let isDone = false
  return () => {
    if (!isDone) act()
    isDone = true
  }
}

interface Answer {
  readonly status: number
  readonly body: Buffer
}
