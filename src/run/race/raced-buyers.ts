/**
 * The buyers of a raced service: each sends its request by the descriptor's protocol, and hears what became of it however
 * late, since its answer waits for whoever lets its store calls through.
 *
 * Who is told that the buy is queued asks after it when the sale settles, and not before: how often somebody asks is a
 * matter of time, and no order may depend on that.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { type RequestTemplate, STILL_QUEUED } from '../../core/buyer-protocol.ts'
import { HarnessError } from '../../core/errors.ts'
import { NO_ANSWER } from '../../core/failure-codes.ts'
import type { Outcome } from '../../core/operation.ts'
import { requestBaseOf } from '../../core/request-target.ts'
import type { NamedValues } from '../../core/target-access.ts'
import type { AnsweredOutcome } from '../../load/classify-response.ts'
import { type Classifier, createClassifier, type Queued, type ReceivedAnswer } from '../../load/protocol/index.ts'
import { sampleOf } from '../../target/index.ts'
import { answerWords } from '../answer-words.ts'
import { receivedAnswer, valuesOfBuy } from '../described-request.ts'
import type { DescribedParts } from '../described-target.ts'
import type { BuyersAnswer, RacedBuy } from './raced-target.ts'

/** An order of store calls is long over by then. */
export const ANSWER_WITHIN_MS = 600_000

/** What buyers of one sale were told so far, by the id of their request. */
export type Told = ReadonlyMap<string, Outcome['kind']>

interface Heard {
  readonly meaning: AnsweredOutcome | Queued
  readonly words: string
  readonly isAnswer: boolean
}

export class RacedBuyers {
  readonly #parts: Pick<DescribedParts, 'descriptor' | 'described' | 'access' | 'signal'>
  readonly #classifier: Classifier
  #sending = 0
  #answering = 0
  #told = new Map<string, Outcome['kind']>()
  #queue = new Queue()

  constructor(parts: Pick<DescribedParts, 'descriptor' | 'described' | 'access' | 'signal'>) {
    this.#parts = parts
    this.#classifier = createClassifier(parts.descriptor.protocol, undefined, requestBaseOf(parts.access.baseUrl))
  }

  /** Some request is not on its way yet: the target can't know of it. */
  get areSending(): boolean {
    return this.#sending > 0
  }

  /** Some answer has begun, and its end is still on its way: by Nagle's algorithm and a delayed ACK, for 40 ms. */
  get areAnswered(): boolean {
    return this.#answering > 0
  }

  get told(): Told {
    return this.#told
  }

  /** Another sale begins: who still waits in the queue of the one before hears nothing any more. */
  beginSale(): void {
    this.endSale()
    this.#queue = new Queue()
    this.#told = new Map()
  }

  endSale(): void {
    this.#queue.close()
  }

  /** From now on those in the queue ask. Resolves when each has heard, or has asked for so long. */
  async askQueue(deadlineMs: number): Promise<void> {
    await this.#queue.open(deadlineMs)
  }

  /** Throws HarnessError USAGE where the request can't be made: a broken run, and nothing that a buyer hears. */
  async buy({ sku, userNumber, requestId, onQueued }: RacedBuy): Promise<BuyersAnswer> {
    const { described, descriptor } = this.#parts
    const told = this.#told
    const values = valuesOfBuy(described.identities, { sku, user: rowOf(userNumber), ...numbered(requestId) })
    const first = await this.#ask(descriptor.protocol.buy, values, (answer) => this.#classifier.buy(answer))
    if (first.meaning.kind === 'queued') onQueued?.()
    const { meaning, words } =
      first.meaning.kind === 'queued' ? await this.#waitInQueue(values, first.meaning.ticket) : first
    const outcome = meaning.kind === 'queued' ? STILL_WAITING : meaning
    told.set(requestId, outcome.kind)
    return { outcome, words }
  }

  #waitInQueue(values: NamedValues, ticket: string): Promise<Heard> {
    return this.#queue.wait((deadlineMs) => this.#poll(values, ticket, deadlineMs))
  }

  /** One that isn't answered is sent again, as any buyer would. */
  async #poll(values: NamedValues, first: string, deadlineMs: number): Promise<Heard> {
    const poll = this.#parts.descriptor.protocol.poll!
    const deadline = performance.now() + Math.min(poll.deadlineMs, deadlineMs)
    for (let ticket = first; ; await delay(poll.everyMs)) {
      const heard = await this.#ask(poll.request, { ...values, ticket }, (answer) =>
        this.#classifier.poll(answer, ticket),
      )
      if (heard.isAnswer && heard.meaning.kind !== 'queued') return heard
      if (heard.meaning.kind === 'queued') ticket = heard.meaning.ticket
      if (performance.now() + poll.everyMs > deadline || this.#parts.signal.aborted) return STILL_IN_QUEUE
    }
  }

  async #ask(
    template: RequestTemplate,
    values: NamedValues,
    classify: (answer: ReceivedAnswer) => AnsweredOutcome | Queued,
  ): Promise<Heard> {
    const { access, signal } = this.#parts
    let isSent = false
    const onSent = (): void => {
      if (!isSent) this.#sending--
      isSent = true
    }
    let hasBegun = false
    const onAnswer = (): void => {
      if (!hasBegun) this.#answering++
      hasBegun = true
    }
    this.#sending++
    try {
      const answer = await access.send(template, values, { deadlineMs: ANSWER_WITHIN_MS, signal, onSent, onAnswer })
      const meaning = classify(receivedAnswer(answer, String(values['requestId'])))
      const isClear = meaning.kind !== 'refused' && meaning.kind !== 'unknown'
      const sample = isClear ? '' : `: ${sampleOf(answer, access.redact)}`
      return { meaning, words: access.redact(answerWords(meaning)) + sample, isAnswer: true }
    } catch (error) {
      if (!(error instanceof HarnessError) || error.exitReason === 'usage') throw error
      // What was never written to a connection sold nothing.
      const meaning = isSent ? MAYBE_SOLD : NEVER_SENT
      return { meaning, words: `${answerWords(null)}: ${error.message}`, isAnswer: false }
    } finally {
      onSent()
      if (hasBegun) this.#answering--
    }
  }
}

const STILL_WAITING: AnsweredOutcome = { kind: 'unknown', code: STILL_QUEUED }
const STILL_IN_QUEUE: Heard = { meaning: STILL_WAITING, words: 'still queued', isAnswer: false }
const MAYBE_SOLD: AnsweredOutcome = { kind: 'unknown', code: NO_ANSWER }
const NEVER_SENT: AnsweredOutcome = { kind: 'refused', code: 'CONNECT_FAILED' }

/** Of a pool of buyers the row. */
export function rowOf(userNumber: number): number {
  return userNumber - 1
}

/** `race-3-1` is buy 1 of those that begin with `race-3-`: so it has a UUID by which the auditor knows it again. */
export function numbered(requestId: string): { readonly requestIdPrefix: string; readonly buy: number } {
  const [, requestIdPrefix, buy] = /^(.*?)(0|[1-9]\d{0,8})$/s.exec(requestId) ?? []
  if (requestIdPrefix === undefined) throw new RangeError(`${requestId} does not end with the number of a buy`)
  return { requestIdPrefix, buy: Number(buy) }
}

/** Those who wait until they may ask. */
class Queue {
  /** For how long each asks, ms; 0: not at all. */
  readonly #opened: Promise<number>
  #open: (askForMs: number) => void = () => undefined
  readonly #waiting = new Set<Promise<Heard>>()

  constructor() {
    this.#opened = new Promise((resolve) => {
      this.#open = resolve
    })
  }

  wait(ask: (deadlineMs: number) => Promise<Heard>): Promise<Heard> {
    const heard = this.#opened.then((deadlineMs) => (deadlineMs === 0 ? STILL_IN_QUEUE : ask(deadlineMs)))
    this.#waiting.add(heard)
    return heard
  }

  async open(deadlineMs: number): Promise<void> {
    this.#open(deadlineMs)
    await Promise.allSettled(this.#waiting)
  }

  close(): void {
    this.#open(0)
  }
}
