/**
 * What an answer means for the sale by the rules of a described protocol: the first rule that holds counts. What none
 * fits is `unknown`, and a sample of it is handed out, so that a wrong rule is noticed at once. Pure: it knows no clock,
 * and looks at nothing but the answer.
 */
import {
  type BuyerProtocol,
  type CodeOfAnswer,
  NO_RULE,
  type OutcomeRule,
  type ReadProtocol,
  type RuledOutcome,
  STILL_QUEUED,
} from '../../core/buyer-protocol.ts'
import { isLedByValue, type RequestBase, requestTarget } from '../../core/request-target.ts'
import { type AnsweredOutcome, NOT_UNDERSTOOD } from '../classify-response.ts'
import { compileLocator, type Locate, ReadAnswer, textOf } from './located-value.ts'
import { compileCondition, isWithin } from './outcome-rules.ts'
import type { ReceivedAnswer } from './received-answer.ts'

/** Decided later: to be asked after with this ticket, which is empty where the protocol needs none. */
export interface Queued {
  readonly kind: 'queued'
  readonly ticket: string
}

export interface Classifier {
  buy(answer: ReceivedAnswer): AnsweredOutcome | Queued
  read(answer: ReceivedAnswer): AnsweredOutcome
  /** `ticket`: the one that was asked with; it stays where the answer has no other. */
  poll(answer: ReceivedAnswer, ticket: string): AnsweredOutcome | Queued
}

/** Takes a line for people about an answer that was not understood. It may hold anything that the target wrote. */
export type KeepSample = (sample: string) => void

const CODE_PATTERN = /^[A-Za-z0-9_.:-]{1,64}$/
/** Of an order id, as the history keeps it. */
const MAX_ORDER_ID_BYTES = 255
/** What can stand in a path and in a header, so that no answer writes lines of its own into a request. */
const TICKET_PATTERN = /^[\x20-\x7e\xa0-\xff]{1,2048}$/
const WHOLE_NUMBER = /^-?\d{1,10}$/
const MIN_STOCK = -(2 ** 31)
const MAX_STOCK = 2 ** 31 - 1
/** In place of bytes that are no UTF-8. */
const REPLACED = '\ufffd'
/** Whoever shows it shortens it. */
const SAMPLE_CHARACTERS = 4_096

/** null: the rule holds, and what it says is there isn't. */
type Conclude = (answer: ReadAnswer, lastTicket: string) => AnsweredOutcome | Queued | null

interface CompiledRule {
  readonly label: string
  readonly holds: (answer: ReadAnswer) => boolean
  readonly conclude: Conclude
}

const NO_ORIGIN: RequestBase = { origin: '', basePath: '' }

/**
 * `base`: of the target, to whose origin a ticket must lead that is itself a path.
 * Throws SyntaxError for a pattern that is none: descriptors are checked when they are read.
 */
export function createClassifier(
  protocol: BuyerProtocol,
  keepSample: KeepSample = () => {},
  base: RequestBase = NO_ORIGIN,
): Classifier {
  const canAsk = compileTicketTest(protocol, base)
  const rulesOf = (outcomes: readonly OutcomeRule[]): readonly CompiledRule[] =>
    outcomes.map(({ label, then, ...condition }) => ({
      label,
      holds: compileCondition(condition),
      conclude: compileConclusion(then, canAsk),
    }))
  const buyRules = rulesOf(protocol.outcomes)
  const pollRules = rulesOf(protocol.poll?.outcomes ?? [])
  return {
    buy: (answer) => classify({ to: 'a buy', rules: buyRules, keepSample }, answer, ''),
    read: protocol.read === null ? () => unknown(NO_RULE) : compileRead(protocol.read, keepSample),
    poll: (answer, ticket) => classify({ to: 'a poll', rules: pollRules, keepSample }, answer, ticket),
  }
}

interface Rules {
  readonly to: 'a buy' | 'a poll'
  readonly rules: readonly CompiledRule[]
  readonly keepSample: KeepSample
}

function classify(
  { to, rules, keepSample }: Rules,
  received: ReceivedAnswer,
  lastTicket: string,
): AnsweredOutcome | Queued {
  const answer = new ReadAnswer(received)
  const rule = rules.find(({ holds }) => holds(answer))
  if (rule === undefined) {
    keepSample(sampleOf(`no rule fits the answer to ${to}`, received))
    return unknown(NO_RULE)
  }
  const outcome = rule.conclude(answer, lastTicket)
  if (outcome !== null) return outcome
  keepSample(sampleOf(`what ${rule.label} looks for is not there`, received))
  return unknown(NOT_UNDERSTOOD)
}

/** Whether a poll with this ticket can be sent; null: buyers can't ask at all. */
function compileTicketTest({ poll }: BuyerProtocol, base: RequestBase): ((ticket: string) => boolean) | null {
  if (poll === null) return null
  if (!isLedByValue(poll.request.path)) return (ticket) => TICKET_PATTERN.test(ticket)
  return (ticket) => TICKET_PATTERN.test(ticket) && requestTarget(ticket, base) !== null
}

function compileConclusion(then: RuledOutcome, canAsk: ((ticket: string) => boolean) | null): Conclude {
  switch (then.kind) {
    case 'sold': {
      if (then.orderId === null) return () => ({ kind: 'sold', orderId: null })
      const locate = compileLocator(then.orderId)
      const isGuessed = then.orderId.in === 'body' ? (text: string): boolean => text.includes(REPLACED) : () => false
      return (answer) => {
        const orderId = orderIdOf(locate(answer))
        return orderId === null || isGuessed(orderId) ? null : { kind: 'sold', orderId }
      }
    }
    case 'soldOut':
    case 'limitReached': {
      const outcome: AnsweredOutcome = { kind: then.kind }
      return () => outcome
    }
    case 'refused':
    case 'unknown': {
      const { kind } = then
      const codeOf = compileCode(then.code)
      return (answer) => ({ kind, code: codeOf(answer) })
    }
    case 'queued': {
      if (canAsk === null) return () => unknown(STILL_QUEUED)
      const { ticket } = then
      if (ticket === null) return (_answer, lastTicket) => ({ kind: 'queued', ticket: lastTicket })
      const locate = compileLocator(ticket)
      return (answer) => {
        const text = textOf(locate(answer))
        return text !== null && canAsk(text) ? { kind: 'queued', ticket: text } : null
      }
    }
  }
}

/** A text of 1 to 255 bytes, or an integer. */
function orderIdOf(value: unknown): string | null {
  const text = typeof value === 'number' && !Number.isInteger(value) ? null : textOf(value)
  if (text === null || text.length === 0) return null
  return text.length <= MAX_ORDER_ID_BYTES && Buffer.byteLength(text) <= MAX_ORDER_ID_BYTES ? text : null
}

function compileCode(code: CodeOfAnswer): (answer: ReadAnswer) => string {
  if (code === 'HTTP_STATUS') return ({ received }) => statusCode(received)
  if ('fixed' in code) return () => code.fixed
  const locate: Locate = compileLocator(code.at)
  return (answer) => {
    const text = textOf(locate(answer))
    return text !== null && CODE_PATTERN.test(text) ? text : statusCode(answer.received)
  }
}

/** A read sells nothing: an answer without the stock is only an error, as definite as its status. */
function compileRead(read: ReadProtocol, keepSample: KeepSample): Classifier['read'] {
  const locate = compileLocator(read.stock)
  return (received) => {
    if (!isWithin(read.status, received.status)) {
      if (received.status >= 400 && received.status < 500) return { kind: 'refused', code: statusCode(received) }
      if (received.status >= 300 && received.status < 600) return unknown(statusCode(received))
      keepSample(sampleOf('no stock is looked for in such an answer to a read', received))
      return unknown(NO_RULE)
    }
    const value = locate(new ReadAnswer(received))
    const stock = stockOf(value)
    if (stock !== null) return { kind: 'shown', stock }
    keepSample(sampleOf('no stock in the answer to a read', received))
    return unknown(value === undefined ? NO_RULE : NOT_UNDERSTOOD)
  }
}

function stockOf(value: unknown): number | null {
  const stock = typeof value === 'string' && WHOLE_NUMBER.test(value.trim()) ? Number(value) : value
  if (typeof stock !== 'number' || !Number.isInteger(stock)) return null
  return stock >= MIN_STOCK && stock <= MAX_STOCK ? stock : null
}

function unknown(code: string): AnsweredOutcome {
  return { kind: 'unknown', code }
}

function statusCode({ status }: ReceivedAnswer): string {
  return `HTTP_${status}`
}

function sampleOf(why: string, { status, body }: ReceivedAnswer): string {
  const text = typeof body === 'string' ? body : body.toString('utf8', 0, Math.min(body.length, SAMPLE_CHARACTERS))
  return `${why}: ${status} ${text.slice(0, SAMPLE_CHARACTERS)}`
}
