/**
 * The probe's requests to a described target, and whether they can be sent at all: where its descriptor opens a sale of
 * its own under any name, and each buy is answered at once.
 */
import type { BuyerIdentities } from '../core/buyer-protocol.ts'
import { HarnessError } from '../core/errors.ts'
import { requestBaseOf } from '../core/request-target.ts'
import type { TargetAccess } from '../core/target-access.ts'
import type { LedgerDescription, TargetDescriptor } from '../core/target-descriptor.ts'
import type { RequestKind } from '../core/work-record.ts'
import { type Classifier, createClassifier } from '../load/protocol/index.ts'
import type { ForeignStores } from '../services/index.ts'
import { receivedAnswer, requestIdOf, valuesOfBuy } from './described-request.ts'
import { PROBED_REQUESTS, PROBED_SKU } from './work-probe.ts'

/** Each sold and each late request has a buyer of its own, and so has what leads in. */
const BUYERS = 2 * (PROBED_REQUESTS + 1)

/** What of a described target it takes to probe it. */
interface ProbedParts {
  readonly descriptor: TargetDescriptor
  readonly described: { readonly identities: BuyerIdentities }
  /** null: no cap. */
  readonly maxRatePerSec: number | null
  readonly access: Pick<TargetAccess, 'baseUrl' | 'send'>
  readonly runId: string
}

/** A sentence's end; null: it can be probed. */
export function whyNotProbed({
  descriptor,
  described,
  maxRatePerSec,
}: Omit<ProbedParts, 'access' | 'runId'>): string | null {
  const { open, skus, initialStock, tells, shared, protocol } = descriptor
  if (open === null) return 'its descriptor opens no sale'
  if (skus !== null) return 'its SKUs are those of the steps'
  if (initialStock !== null || !tells.stock) return 'its stock is not what it is told'
  if (shared) return 'others buy from it'
  if (protocol.poll !== null) return 'its buyers wait in a queue'
  if (protocol.read === null) return 'its descriptor has no read'
  if (maxRatePerSec !== null) return 'its rate is capped'
  const { pool } = described.identities
  if (pool !== null && pool.length < BUYERS) return `its pool has fewer than ${BUYERS} buyers`
  return null
}

/** Those that its ledger stands in. */
export function storesOfLedger(ledger: LedgerDescription | null, access: Pick<TargetAccess, 'fill'>): ForeignStores {
  const sources = ledger === null ? [] : [ledger.orders, ledger.remaining]
  const sql = sources.find((source) => source?.kind === 'sql' && source.store.engine === 'postgres')
  const redis = sources.find((source) => source?.kind === 'redis')
  return {
    postgres: sql?.kind === 'sql' ? access.fill(sql.store.url, {}) : null,
    redis: redis?.kind === 'redis' ? access.fill(redis.url, {}) : null,
  }
}

export class DescribedProbe {
  readonly #parts: Pick<ProbedParts, 'descriptor' | 'described' | 'access'>
  readonly #classifier: Classifier
  readonly #requestIdPrefix: string

  constructor(parts: ProbedParts) {
    this.#parts = parts
    const { descriptor, access, runId } = parts
    this.#classifier = createClassifier(descriptor.protocol, undefined, requestBaseOf(access.baseUrl))
    this.#requestIdPrefix = `${runId}-probe-`
  }

  /** Whether it was answered as its kind is; false also when it was not answered. */
  async send(kind: RequestKind, index: number): Promise<boolean> {
    const { access, descriptor } = this.#parts
    const { buy, read } = descriptor.protocol
    const number = kind === 'soldOut' ? PROBED_REQUESTS + 1 + index : index
    const one = { sku: PROBED_SKU, user: number, requestIdPrefix: this.#requestIdPrefix, buy: number }
    const values = valuesOfBuy(this.#parts.described.identities, one)
    try {
      const answer = await access.send(kind === 'read' ? read!.request : buy, values)
      const given = receivedAnswer(answer, requestIdOf(one))
      const meaning = kind === 'read' ? this.#classifier.read(given) : this.#classifier.buy(given)
      return meaning.kind === MEANING[kind]
    } catch (error) {
      if (error instanceof HarnessError) return false
      throw error
    }
  }
}

/** A replay is answered like the order itself. */
const MEANING = { sold: 'sold', soldOut: 'soldOut', replayed: 'sold', read: 'shown' } as const
