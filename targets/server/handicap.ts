/**
 * What each order is burdened with on purpose (src/core/handicap.ts), between the server and its strategy: so a comparison
 * of two servers can be seen to notice it. The strategy knows nothing of it.
 */
import type { Handicap } from '../../src/core/handicap.ts'
import { PostgresPool, type PostgresSettings } from '../storage/postgres.ts'
import { readStock } from '../storage/sale-books.ts'
import type { BuyRequest, StartedStrategy } from '../strategies/strategy.ts'

export interface Burden {
  /** Before each order. */
  bear(request: BuyRequest): Promise<unknown> | null
  stop(): Promise<void>
}

/** As many as strategies read with. */
const CONNECTIONS = 2

/** `postgres` must be there for a statement; options.ts has seen to it. */
export function takeUp(handicap: Handicap, postgres: PostgresSettings | null): Burden {
  switch (handicap.kind) {
    case 'cpu': {
      const burden = new CpuBurden(handicap.share)
      return {
        bear: () => {
          burden.bear()
          return null
        },
        stop: async () => {},
      }
    }
    case 'statement': {
      const pool = new PostgresPool(postgres!, CONNECTIONS)
      return { bear: ({ sku }) => readStock(pool, sku), stop: () => pool.stop() }
    }
  }
}

/** The same strategy, whose orders bear it. */
export function burdened(
  strategy: Pick<StartedStrategy, 'buy' | 'close'>,
  burden: Burden,
): Pick<StartedStrategy, 'buy' | 'close'> {
  return {
    async buy(request, attempt) {
      await burden.bear(request)
      return strategy.buy(request, attempt)
    },
    close: (sku) => strategy.close(sku),
  }
}

/** Orders over which a cost is taken: enough for a share of them to be more than the clock's grain. */
const WINDOW_ORDERS = 50
/** Weight of the newest window. The first are the dearest, before the compiler has seen to them. */
const NEWEST = 0.2

/** Burns a share of what an order has cost this process so far, all that it does for it and beside it. */
export class CpuBurden {
  readonly #share: number
  readonly #cpuMicros: () => number
  #orders = 0
  #windowBeganMicros: number
  #burntMicros = 0
  /** null: nothing is known yet, and nothing is burnt. */
  #costMicros: number | null = null
  /** To be burnt; below zero when the last burning took too long. */
  #dueMicros = 0

  /** `cpuMicros`: CPU time of this process so far. */
  constructor(share: number, cpuMicros: () => number = cpuOfProcess) {
    this.#share = share
    this.#cpuMicros = cpuMicros
    this.#windowBeganMicros = cpuMicros()
  }

  /** At each order. */
  bear(): void {
    this.#orders += 1
    if (this.#orders === WINDOW_ORDERS) this.#closeWindow()
    if (this.#costMicros !== null) this.#burn(this.#share * this.#costMicros)
  }

  #closeWindow(): void {
    const now = this.#cpuMicros()
    const cost = (now - this.#windowBeganMicros - this.#burntMicros) / this.#orders
    this.#costMicros = this.#costMicros === null ? cost : this.#costMicros + NEWEST * (cost - this.#costMicros)
    this.#orders = 0
    this.#burntMicros = 0
    this.#windowBeganMicros = now
  }

  #burn(micros: number): void {
    this.#dueMicros += micros
    const began = this.#cpuMicros()
    let burnt = 0
    while (burnt < this.#dueMicros) burnt = this.#cpuMicros() - began
    this.#dueMicros -= burnt
    this.#burntMicros += burnt
  }
}

function cpuOfProcess(): number {
  const { user, system } = process.cpuUsage()
  return user + system
}
