/** Buyers who speak the reference contract: the fast way, with nothing between a row and its bytes that isn't needed. */
import { KIND_CODES, userIdOf } from '../../core/history.ts'
import { ROUTES } from '../../core/wire.ts'
import type { AnswerSamples } from '../answer-samples.ts'
import { type AnsweredOutcome, classifyResponse, NOT_UNDERSTOOD } from '../classify-response.ts'
import type { ContractTransport, SalePaths } from '../transport/transport.ts'
import type { Conversation } from './conversation.ts'
import type { StepMemory } from './step-memory.ts'

const BUY = KIND_CODES.indexOf('buy')
const SAMPLE_BYTES = 200

interface ContractConversationOptions {
  readonly memory: StepMemory
  readonly transport: ContractTransport
  /** Path of the base URL, without a trailing slash. */
  readonly basePath: string
  /** By sale. */
  readonly skus: readonly string[]
  readonly requestIdPrefix: string
  readonly samples: AnswerSamples
}

export function createContractConversation(options: ContractConversationOptions): Conversation {
  const { basePath, skus, transport } = options
  const pathsOf = (sku: string): SalePaths => ({
    ordersPath: basePath + ROUTES.orders(sku),
    salePath: basePath + ROUTES.sale(sku),
  })
  transport.prepare(skus.map(pathsOf))
  return new ContractConversation(options)
}

class ContractConversation implements Conversation {
  readonly #memory: StepMemory
  readonly #transport: ContractTransport
  readonly #requestIdPrefix: string
  readonly #samples: AnswerSamples

  constructor({ memory, transport, requestIdPrefix, samples }: ContractConversationOptions) {
    this.#memory = memory
    this.#transport = transport
    this.#requestIdPrefix = requestIdPrefix
    this.#samples = samples
  }

  send(row: number, sentAtNs: number): void {
    const memory = this.#memory
    const sale = memory.saleIndex === null ? 0 : memory.saleIndex[row]!
    if (memory.kind[row] === BUY) {
      const body = `{"userId":"${userIdOf(memory.user[row]!)}","quantity":${memory.quantity[row]!}}`
      this.#transport.sendBuy(row, sentAtNs, sale, this.#requestIdPrefix + memory.buy[row]!, body)
    } else {
      this.#transport.sendRead(row, sentAtNs, sale)
    }
  }

  understand(
    row: number,
    _pollTicket: string | null,
    status: number,
    bytes: Buffer,
    start: number,
    end: number,
  ): AnsweredOutcome {
    const kind = this.#memory.kind[row] === BUY ? 'buy' : 'read'
    const outcome = classifyResponse(kind, status, bytes, start, end)
    if (outcome.kind === 'unknown' && outcome.code === NOT_UNDERSTOOD) {
      this.#samples.keep(`${status} ${bytes.toString('latin1', start, Math.min(end, start + SAMPLE_BYTES))}`)
    }
    return outcome
  }

  sendPoll(): never {
    throw new Error('the reference contract queues nobody')
  }
}
