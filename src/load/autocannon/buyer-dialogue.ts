/**
 * What buyers say to the target and what its answers mean: the one place where this engine knows a protocol, the
 * reference contract's or one that a target is described by. It sends nothing.
 */
import { DEFAULT_IDENTITIES, STILL_QUEUED } from '../../core/buyer-protocol.ts'
import { KIND_CODES } from '../../core/history.ts'
import { REFERENCE_PROTOCOL } from '../../core/reference-protocol.ts'
import type { AnswerSamples } from '../answer-samples.ts'
import { type AnsweredOutcome, classifyResponse, NOT_UNDERSTOOD } from '../classify-response.ts'
import type { DescribedTarget } from '../load-engine.ts'
import type { StepMemory } from '../open-loop/step-memory.ts'
import {
  type AnswerHeaders,
  createClassifier,
  createRequestWriter,
  type RequestWriter,
  type WrittenRequest,
} from '../protocol/index.ts'

export interface BuyerDialogue {
  /** The request of this row. */
  request(row: number): WrittenRequest
  /** `body`: without transfer coding, looked at during the call only. */
  understand(row: number, answer: BuyerAnswer): AnsweredOutcome
}

export interface BuyerAnswer {
  readonly status: number
  readonly headers: AnswerHeaders
  readonly body: Buffer
}

export interface DialogueOptions {
  readonly memory: StepMemory
  /** null: by the reference contract. */
  readonly described: DescribedTarget | null
  /** Path of the base URL, without a trailing slash. */
  readonly basePath: string
  /** By sale. */
  readonly skus: readonly string[]
  readonly requestIdPrefix: string
  readonly samples: AnswerSamples
}

const SAMPLE_BYTES = 200
const BUY = KIND_CODES.indexOf('buy')
const CONTRACT = { protocol: REFERENCE_PROTOCOL, headers: [], identities: DEFAULT_IDENTITIES, secrets: {} }

export function createDialogue(options: DialogueOptions): BuyerDialogue {
  const { memory, described } = options
  const writer = createRequestWriter({ ...options, described: described ?? CONTRACT })
  return {
    request(row) {
      const { user, buy, quantity, saleIndex } = memory
      const sale = saleIndex === null ? 0 : saleIndex[row]!
      if (memory.kind[row] !== BUY) return writer.read({ sale, user: user[row]!, row })
      return writer.buy({ sale, user: user[row]!, buy: buy[row]!, quantity: quantity[row]! })
    },
    understand: described === null ? byContract(options) : byRules(options, described, writer),
  }
}

function byContract({ memory, samples }: DialogueOptions): BuyerDialogue['understand'] {
  return (row, { status, body }) => {
    const outcome = classifyResponse(memory.kind[row] === BUY ? 'buy' : 'read', status, body, 0, body.length)
    if (outcome.kind === 'unknown' && outcome.code === NOT_UNDERSTOOD) {
      samples.keep(`${status} ${body.toString('latin1', 0, SAMPLE_BYTES)}`)
    }
    return outcome
  }
}

function byRules(
  { memory, samples }: DialogueOptions,
  { protocol }: DescribedTarget,
  writer: RequestWriter,
): BuyerDialogue['understand'] {
  const classifier = createClassifier(protocol, (sample) => samples.keep(sample))
  return (row, answer) => {
    if (memory.kind[row] !== BUY) return classifier.read({ ...answer, requestId: '' })
    const outcome = classifier.buy({ ...answer, requestId: writer.sentRequestId(memory.buy[row]!) })
    // Nobody asks after it here: a protocol with polls is refused.
    return outcome.kind === 'queued' ? { kind: 'unknown', code: STILL_QUEUED } : outcome
  }
}
