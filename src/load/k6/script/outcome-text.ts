/**
 * The part of a k6 script that tells what an answer means for the sale: the rules of a protocol as data, and a small
 * evaluator of them. Plain JavaScript, as text. It says what src/load/classify-response.ts says of the reference
 * contract's answers: a test holds the two together.
 */
import { type BuyerProtocol, NO_RULE, type OutcomeRule, type RuledOutcome } from '../../../core/buyer-protocol.ts'
import { NOT_UNDERSTOOD } from '../../classify-response.ts'

/** The rules as the script holds them. */
export function rulesText(rules: readonly OutcomeRule[]): string {
  return `[\n${rules.map(({ label: _ofMessages, ...rule }) => `  ${JSON.stringify(rule)},\n`).join('')}]`
}

/** What the reference contract says of a read that shows no stock: as of a buy, but that nothing is sold out for it. */
export function readRefusals({ outcomes }: BuyerProtocol): readonly OutcomeRule[] {
  const isRefusal = ({ kind }: RuledOutcome): boolean => kind === 'refused' || kind === 'unknown'
  return outcomes.filter(({ then }) => isRefusal(then))
}

export interface EvaluatorWords {
  /** Code of an answer that no rule fits. */
  readonly noRule: string
  /** Whether a number may stand where an order id or a code is looked for. */
  readonly takesNumbers: boolean
}

/** The reference contract is stricter: what it doesn't foresee isn't understood. */
export const REFERENCE_WORDS: EvaluatorWords = { noRule: NOT_UNDERSTOOD, takesNumbers: false }
export const DESCRIBED_WORDS: EvaluatorWords = { noRule: NO_RULE, takesNumbers: true }

/** Needs `READ_REFUSALS` and `isTicket`; `READ` where buyers read. */
export function evaluatorText({ noRule, takesNumbers }: EvaluatorWords): string {
  return `/** What k6 says of a request that has no answer; of those that never left, it is sure that nothing was sold. */
function failureOf(res) {
  const error = res.error_code
  if (!error || (error >= 1400 && error < 1600)) return null
  if (error === 1050) return { kind: 'unknown', code: 'TIMEOUT' }
  if (error === 1701) return { kind: 'unknown', code: '${NOT_UNDERSTOOD}' }
  if (res.status > 0) return { kind: 'unknown', code: 'CUT_SHORT' }
  if (error === 1212) return { kind: 'refused', code: 'CONNECT_REFUSED' }
  if (error === 1211) return { kind: 'refused', code: 'CONNECT_TIMEOUT' }
  if (NEVER_LEFT.includes(error)) return { kind: 'refused', code: 'CONNECT_FAILED' }
  return { kind: 'unknown', code: 'RESET' }
}

// Names that aren't found, addresses that are blocked, dials that fail, certificates that nobody trusts.
const NEVER_LEFT = [1020, 1100, 1101, 1110, 1111, 1210, 1213, 1310, 1311]

/** The body as JSON; undefined for anything else. U+FFFD stands where k6 met bytes that are no UTF-8. */
function documentOf(answer) {
  if (answer.isParsed) return answer.document
  answer.isParsed = true
  try {
    if (!answer.body.includes('\\ufffd')) answer.document = JSON.parse(answer.body.replace(/^\\ufeff/, ''))
  } catch (_noJson) {
    answer.document = undefined
  }
  return answer.document
}

const keys = {}
/** RFC 6901. */
function keysOf(pointer) {
  const unescaped = (written) => written.replace(/~1/g, '/').replace(/~0/g, '~')
  return (keys[pointer] ||= pointer.split('/').slice(1).map(unescaped))
}

function pointedAt(document, pointer) {
  let value = document
  for (const key of keysOf(pointer)) {
    if (typeof value !== 'object' || value === null || !Object.prototype.hasOwnProperty.call(value, key)) return undefined
    if (Array.isArray(value) && !/^(0|[1-9]\\d*)$/.test(key)) return undefined
    value = value[key]
  }
  return value
}

function headerOf(res, name) {
  const found = Object.keys(res.headers).find((one) => one.toLowerCase() === name)
  return found === undefined ? undefined : res.headers[found]
}

function valueAt(answer, at) {
  switch (at.in) {
    case 'json':
      return pointedAt(documentOf(answer), at.pointer)
    case 'header':
      return headerOf(answer.res, at.name)
    case 'cookie': {
      const cookies = answer.res.cookies[at.name]
      return cookies === undefined ? undefined : cookies[0].value
    }
    case 'body': {
      const found = patternOf(at.pattern).exec(answer.body.slice(0, 65536))
      return found === null ? undefined : found.length > 1 ? found[1] : found[0]
    }
    case 'requestId':
      return answer.requestId
  }
}

const patterns = {}
function patternOf(pattern) {
  return (patterns[pattern] ||= new RegExp(pattern, 'u'))
}

function satisfies(value, test) {
  if ('exists' in test) return (value !== undefined) === test.exists
  if (value === undefined) return false
  if ('oneOf' in test) return test.oneOf.includes(value)
  return (typeof value !== 'object' || value === null) && patternOf(test.matches).test(String(value).slice(0, 65536))
}

function isWithin(ranges, status) {
  if (ranges === null) return true
  for (let i = 0; i < ranges.length; i++) if (status >= ranges[i].from && status <= ranges[i].to) return true
  return false
}

function fits(rule, answer) {
  if (!isWithin(rule.status, answer.status)) return false
  for (let i = 0; i < rule.where.length; i++) {
    if (!satisfies(valueAt(answer, rule.where[i].at), rule.where[i].is)) return false
  }
  return true
}

/** A text, or undefined. */
function textOf(value) {
  if (typeof value === 'string') return value
  return ${takesNumbers ? "typeof value === 'number' && Number.isInteger(value) ? String(value) : undefined" : 'undefined'}
}

/** An order id has 1 to 255 bytes. */
function orderIdOf(value) {
  const text = textOf(value)
  if (text === undefined || text.length === 0 || text.includes('\\ufffd')) return undefined
  // A unit of a text takes three bytes at most: most ids need no counting.
  return text.length <= 85 || (text.length <= 255 && utf8Length(text) <= 255) ? text : undefined
}

function utf8Length(text) {
  let bytes = 0
  for (const character of text) {
    const point = character.codePointAt(0)
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4
  }
  return bytes
}

function codeOf(code, answer) {
  if (code !== 'HTTP_STATUS' && 'fixed' in code) return code.fixed
  const text = code === 'HTTP_STATUS' ? undefined : textOf(valueAt(answer, code.at))
  return text !== undefined && /^[A-Za-z0-9_.:-]{1,64}$/.test(text) ? text : 'HTTP_' + answer.status
}

/** The first rule that holds counts. */
function ruled(rules, answer) {
  const rule = rules.find((one) => fits(one, answer))
  if (rule === undefined) return { kind: 'unknown', code: '${noRule}' }
  const { then } = rule
  switch (then.kind) {
    case 'sold': {
      if (then.orderId === null) return { kind: 'sold', orderId: null }
      const orderId = orderIdOf(valueAt(answer, then.orderId))
      return orderId === undefined ? { kind: 'unknown', code: '${NOT_UNDERSTOOD}' } : { kind: 'sold', orderId }
    }
    case 'queued': {
      if (then.ticket === null) return { kind: 'queued', ticket: undefined }
      const ticket = textOf(valueAt(answer, then.ticket))
      return isTicket(ticket) ? { kind: 'queued', ticket } : { kind: 'unknown', code: '${NOT_UNDERSTOOD}' }
    }
    case 'refused':
    case 'unknown':
      return { kind: then.kind, code: codeOf(then.code, answer) }
    default:
      return { kind: then.kind }
  }
}

function answerOf(res, requestId) {
  const { body, status } = res
  return { res, status, requestId, body: typeof body === 'string' ? body : '', isParsed: false, document: undefined }
}

function outcomeOfBuy(rules, res, requestId) {
  return failureOf(res) || ruled(rules, answerOf(res, requestId))
}

function outcomeOfRead(res) {
  const failure = failureOf(res)
  if (failure !== null) return failure
  const answer = answerOf(res, '')
  if (!isWithin(READ.status, res.status)) {
    if (READ_REFUSALS !== null) return ruled(READ_REFUSALS, answer)
    if (res.status >= 400 && res.status < 500) return { kind: 'refused', code: 'HTTP_' + res.status }
    return { kind: 'unknown', code: res.status >= 300 ? 'HTTP_' + res.status : '${noRule}' }
  }
  const value = valueAt(answer, READ.stock)
  const stock = ${takesNumbers ? "typeof value === 'string' && /^-?\\d{1,10}$/.test(value.trim()) ? Number(value) : value" : 'value'}
  const isStock = Number.isInteger(stock) && stock >= -2147483648 && stock <= 2147483647
  if (isStock) return { kind: 'shown', stock }
  return { kind: 'unknown', code: value === undefined ? '${noRule}' : '${NOT_UNDERSTOOD}' }
}`
}
