/** Buyers who speak the protocol that a target is described by. */
import { KIND_CODES } from '../../core/history.ts'
import type { AnswerSamples } from '../answer-samples.ts'
import type { AnsweredOutcome } from '../classify-response.ts'
import type { DescribedTarget } from '../load-engine.ts'
import {
  type AnswerHeaders,
  type BuyRow,
  type Classifier,
  createClassifier,
  createRequestWriter,
  NO_HEADERS,
  type Queued,
  type ReceivedAnswer,
  type RequestWriter,
} from '../protocol/index.ts'
import type { GeneralTransport } from '../transport/transport.ts'
import type { Conversation } from './conversation.ts'
import type { StepMemory } from './step-memory.ts'

const BUY = KIND_CODES.indexOf('buy')

interface DescribedConversationOptions {
  readonly described: DescribedTarget
  readonly memory: StepMemory
  readonly transport: GeneralTransport
  /** Path of the base URL, without a trailing slash. */
  readonly basePath: string
  /** Of the base URL. */
  readonly origin: string
  /** By sale. */
  readonly skus: readonly string[]
  readonly requestIdPrefix: string
  readonly samples: AnswerSamples
}

export function createDescribedConversation(options: DescribedConversationOptions): Conversation {
  return new DescribedConversation(options)
}

class DescribedConversation implements Conversation {
  readonly #memory: StepMemory
  readonly #transport: GeneralTransport
  readonly #writer: RequestWriter
  readonly #classifier: Classifier

  constructor(options: DescribedConversationOptions) {
    this.#memory = options.memory
    this.#transport = options.transport
    this.#writer = createRequestWriter(options)
    this.#classifier = createClassifier(options.described.protocol, (sample) => options.samples.keep(sample), options)
  }

  send(row: number, sentAtNs: number): void {
    const request = this.#isBuy(row)
      ? this.#writer.buy(this.#buyAt(row))
      : this.#writer.read({ sale: this.#saleAt(row), user: this.#memory.user[row]!, row })
    this.#transport.send(row, sentAtNs, request)
  }

  sendPoll(row: number, sentAtNs: number, ticket: string): void {
    this.#transport.send(row, sentAtNs, this.#writer.poll(this.#buyAt(row), ticket))
  }

  understand(
    row: number,
    pollTicket: string | null,
    status: number,
    bytes: Buffer,
    start: number,
    end: number,
    headers: AnswerHeaders | null,
  ): AnsweredOutcome | Queued {
    const answer: ReceivedAnswer = {
      status,
      headers: headers ?? NO_HEADERS,
      body: bytes.subarray(start, end),
      requestId: this.#isBuy(row) ? this.#writer.sentRequestId(this.#memory.buy[row]!) : '',
    }
    if (pollTicket !== null) return this.#classifier.poll(answer, pollTicket)
    return this.#isBuy(row) ? this.#classifier.buy(answer) : this.#classifier.read(answer)
  }

  #isBuy(row: number): boolean {
    return this.#memory.kind[row] === BUY
  }

  #saleAt(row: number): number {
    return this.#memory.saleIndex === null ? 0 : this.#memory.saleIndex[row]!
  }

  #buyAt(row: number): BuyRow {
    const { user, buy, quantity } = this.#memory
    return { sale: this.#saleAt(row), user: user[row]!, buy: buy[row]!, quantity: quantity[row]! }
  }
}
