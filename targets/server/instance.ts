/**
 * One instance: a strategy, its HTTP face, and the calls that the coordinator makes to it.
 */
import type { FastifyInstance } from 'fastify'
import { createHoursBook, type HoursBook } from '../storage/hours-book.ts'
import { isStoreFailure } from '../storage/store-failure.ts'
import { SILENT_METER } from '../strategies/meter.ts'
import { AS_LONG_AS_IT_SAYS, OVER_AT_ONCE } from '../strategies/pause.ts'
import type { StartedStrategy } from '../strategies/strategy.ts'
import { Admission } from './admission.ts'
import { createApp } from './app.ts'
import { sayFew } from './complaints.ts'
import type { Administration } from './coordinator.ts'
import { type Burden, burdened, takeUp } from './handicap.ts'
import { CallFailure, type InstanceCallName, type InstanceCalls, type InstanceHandle } from './instance-calls.ts'
import { ServerMetrics } from './metrics.ts'
import { LostReplies } from './lost-replies.ts'
import { OpeningHours } from './opening-hours.ts'
import type { ServerOptions } from './options.ts'
import { StrategyMeter } from './strategy-meter.ts'
import { createUsageMeter } from './usage.ts'

/** What is still in flight at a stop gets so long, ms. */
const STOP_DEADLINE_MS = 2_000

type Performers = {
  [Name in InstanceCallName]: (call: InstanceCalls[Name]['call']) => Promise<InstanceCalls[Name]['answer']>
}

export class Instance implements InstanceHandle {
  readonly #strategy: StartedStrategy
  readonly #book: HoursBook
  readonly #hours: OpeningHours
  readonly #burden: Burden | null
  readonly #admission: Admission
  readonly #lostReplies: LostReplies
  readonly #metrics: ServerMetrics | null
  readonly #performers: Performers
  #app: FastifyInstance | null = null

  private constructor(strategy: StartedStrategy, book: HoursBook, options: ServerOptions, meter: StrategyMeter | null) {
    this.#strategy = strategy
    this.#book = book
    const sellsEarly = options.strategy.sellsEarly ?? false
    const { handicap, stores } = options
    this.#burden = handicap === null ? null : takeUp(handicap, stores.postgres)
    const bearing = this.#burden === null ? strategy : burdened(strategy, this.#burden)
    this.#hours = new OpeningHours({ book, sellsEarly, strategy: meter === null ? bearing : counted(bearing, meter) })
    this.#admission = new Admission(options, sayFew())
    this.#lostReplies = new LostReplies(options.lostReplyShare)
    this.#metrics = meter === null ? null : this.#createMetrics(meter)
    this.#performers = this.#createPerformers()
  }

  static async start(options: ServerOptions): Promise<Instance> {
    const { strategy, stores, instances } = options
    const meter = options.metrics ? new StrategyMeter() : null
    const started = await strategy.start({
      stores,
      instances,
      meter: meter ?? SILENT_METER,
      span: options.forRace ? OVER_AT_ONCE : AS_LONG_AS_IT_SAYS,
    })
    return new Instance(started, await createHoursBook(stores), options, meter)
  }

  /** Takes requests from now on. Resolves to the URL. */
  async listen(options: ServerOptions, administration: Administration): Promise<string> {
    this.#app = await createApp({
      strategy: this.#strategy,
      sale: this.#hours,
      admission: this.#admission,
      administration,
      metrics: this.#metrics,
      lostReplies: this.#lostReplies,
      adminToken: options.adminToken,
    })
    return this.#app.listen({ host: options.host, port: options.port, backlog: options.maxInFlight })
  }

  async ask<Name extends InstanceCallName>(
    name: Name,
    call: InstanceCalls[Name]['call'],
  ): Promise<InstanceCalls[Name]['answer']> {
    try {
      return await this.#performers[name](call)
    } catch (error) {
      throw callFailure(error)
    }
  }

  /** Lets those inside come to an end, turns others away, closes. */
  async stop(): Promise<void> {
    this.#admission.close()
    const closed = this.#app?.close()
    await within(STOP_DEADLINE_MS, this.#admission.empty()).catch(() => {})
    await Promise.all([closed, this.#strategy.stop(), this.#book.stop(), this.#burden?.stop()])
  }

  #counters(): Readonly<Record<string, number>> {
    return { ...this.#strategy.counters(), ...this.#lostReplies.counters() }
  }

  #createMetrics(meter: StrategyMeter): ServerMetrics {
    return new ServerMetrics({
      meter,
      inFlight: () => this.#admission.inFlight,
      counters: () => this.#counters(),
      stock: (sku) => this.#strategy.stock(sku),
    })
  }

  #createPerformers(): Performers {
    const strategy = this.#strategy
    const usage = createUsageMeter(() => this.#counters())
    return {
      open: async ({ terms, hours }) => ((await this.#hours.enter(terms.sku, hours)) ? strategy.open(terms) : 'exists'),
      learn: async ({ sku, hours }) => {
        this.#hours.learn(sku, hours)
        this.#metrics?.opened(sku, hours)
        await strategy.learn(sku)
        return null
      },
      close: ({ sku }) => {
        this.#metrics?.closed(sku)
        return strategy.close(sku)
      },
      quiesce: async ({ deadlineMs }) => {
        await within(deadlineMs, this.#admission.empty())
        return null
      },
      settle: async ({ deadlineMs }) => {
        await strategy.settle(AbortSignal.timeout(Math.ceil(deadlineMs)))
        return null
      },
      usage: async () => usage(),
      metrics: async ({ asksStores }) => (await this.#metrics?.families(asksStores)) ?? [],
    }
  }
}

/** Counts what is asked of the strategy. */
function counted(
  strategy: Pick<StartedStrategy, 'buy' | 'close'>,
  meter: StrategyMeter,
): Pick<StartedStrategy, 'buy' | 'close'> {
  return {
    buy(request, attempt) {
      meter.checked(request.sku, request.quantity)
      return strategy.buy(request, attempt)
    },
    close: (sku) => strategy.close(sku),
  }
}

class DeadlineError extends Error {}

async function within<Value>(deadlineMs: number, work: Promise<Value>): Promise<Value> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new DeadlineError(`not within ${Math.round(deadlineMs)} ms`)), deadlineMs)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

function callFailure(error: unknown): CallFailure {
  const detail = error instanceof Error ? error.message : String(error)
  if (isStoreFailure(error)) return new CallFailure({ code: 'DEPENDENCY_DOWN', effect: error.effect, detail })
  const isLate = error instanceof DeadlineError || (error instanceof Error && /^(Abort|Timeout)Error$/.test(error.name))
  return new CallFailure({ code: isLate ? 'TIMEOUT' : 'INTERNAL', effect: 'unknown', detail })
}
