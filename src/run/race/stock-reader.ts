/**
 * Units left as the store itself has them, read past the gates after each step of an order: where the descriptor's ledger
 * says by SQL or by a Redis command where they stand. What would have to be asked of the service is not asked: in the midst
 * of an order its store calls stand at the gates.
 */
import type { StoreName } from '../../core/catalogue.ts'
import { HarnessError } from '../../core/errors.ts'
import type { SqlSession } from '../../core/target-access.ts'
import type { NumberSource } from '../../core/target-descriptor.ts'
import { readRemaining } from '../../ledger/index.ts'
import type { DescribedParts } from '../described-target.ts'

export class StockReader implements AsyncDisposable {
  readonly #parts: Pick<DescribedParts, 'descriptor' | 'access' | 'runId'>
  /** Kept, since a connection costs more than the question. It is in no transaction, so that each answer is of its moment. */
  #session: SqlSession | null = null

  constructor(parts: Pick<DescribedParts, 'descriptor' | 'access' | 'runId'>) {
    this.#parts = parts
  }

  /** Empty where it can't be asked, or wasn't answered with a number. */
  async read(sku: string): Promise<Partial<Record<StoreName, number>>> {
    const { descriptor, access, runId } = this.#parts
    const source = descriptor.ledger?.remaining ?? null
    const store = storeOf(source)
    if (source === null || store === null) return {}
    try {
      if (source.kind === 'sql') this.#session ??= await access.sql(source.store, 'write')
      return { [store]: await readRemaining(source, { sku, runId }, access, this.#session) }
    } catch (error) {
      if (!(error instanceof HarnessError)) throw error
      await this[Symbol.asyncDispose]()
      return {}
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const session = this.#session
    this.#session = null
    await session?.[Symbol.asyncDispose]()
  }
}

/** null: it stands in none of those that can be raced. */
function storeOf(source: NumberSource | null): StoreName | null {
  if (source?.kind === 'redis') return 'redis'
  return source?.kind === 'sql' && source.store.engine === 'postgres' ? 'postgres' : null
}
