/**
 * What an answer says about the sale. Definite only where the answer says so: a 5xx that doesn't state `effect: none`,
 * a success without its order, a body that can't be read are `unknown`, since they may have sold.
 * Pure: bytes in, outcome out; whoever calls it stamps the time.
 */
import type { Outcome } from '../core/operation.ts'
import { FlatJson, type FlatValue } from './flat-json.ts'

export type AnsweredOutcome = Exclude<Outcome, { readonly kind: 'dropped' }>

/** Why an answer is `unknown` although it came: it isn't what the contract says. */
export const NOT_UNDERSTOOD = 'NOT_UNDERSTOOD'

const MIN_STOCK = -(2 ** 31)
const MAX_STOCK = 2 ** 31 - 1
const CODE_PATTERN = /^[A-Za-z0-9_.:-]{1,64}$/
/** Bytes of an order id as the history keeps it. */
const MAX_ORDER_ID_BYTES = 255

const SOLD_OUT: AnsweredOutcome = { kind: 'soldOut' }
const LIMIT_REACHED: AnsweredOutcome = { kind: 'limitReached' }

const strictUtf8 = new TextDecoder('utf-8', { fatal: true })
const flatJson = new FlatJson()

/** `bytes` from `start` to `end` is the body, without transfer coding. */
export function classifyResponse(
  kind: 'buy' | 'read',
  status: number,
  bytes: Buffer,
  start: number,
  end: number,
): AnsweredOutcome {
  if (status < 200 || status > 599) return unknown(NOT_UNDERSTOOD)
  if (status < 300)
    return kind === 'buy' ? classifyOrder(status, bytes, start, end) : classifyStock(status, bytes, start, end)
  // A redirect isn't followed, and may stand for a request that was carried out.
  if (status < 400) return unknown(`HTTP_${status}`)
  return classifyProblem(kind, status, bytes, start, end)
}

function classifyOrder(status: number, bytes: Buffer, start: number, end: number): AnsweredOutcome {
  if (status !== 200 && status !== 201) return unknown(NOT_UNDERSTOOD)
  const orderId = readMember(bytes, start, end, 'orderId')
  return typeof orderId === 'string' && isOrderId(orderId) ? { kind: 'sold', orderId } : unknown(NOT_UNDERSTOOD)
}

function isOrderId(text: string): boolean {
  return text.length > 0 && text.length <= MAX_ORDER_ID_BYTES && Buffer.byteLength(text) <= MAX_ORDER_ID_BYTES
}

function classifyStock(status: number, bytes: Buffer, start: number, end: number): AnsweredOutcome {
  const stock = status === 200 ? readMember(bytes, start, end, 'stock') : undefined
  if (typeof stock !== 'number' || !Number.isInteger(stock) || stock < MIN_STOCK || stock > MAX_STOCK) {
    return unknown(NOT_UNDERSTOOD)
  }
  return { kind: 'shown', stock }
}

/** A 4xx says that the request was not carried out, unless it says otherwise itself; a 5xx only if it says so. */
function classifyProblem(
  kind: 'buy' | 'read',
  status: number,
  bytes: Buffer,
  start: number,
  end: number,
): AnsweredOutcome {
  const read = memberReader(bytes, start, end)
  const code = read('code')
  const effect = read('effect')
  const name = typeof code === 'string' && CODE_PATTERN.test(code) ? code : `HTTP_${status}`
  if (status < 500 ? effect === 'unknown' : effect !== 'none') return unknown(name)
  if (kind === 'buy' && status === 409 && name === 'SOLD_OUT') return SOLD_OUT
  if (kind === 'buy' && status === 409 && name === 'LIMIT_EXCEEDED') return LIMIT_REACHED
  return { kind: 'refused', code: name }
}

function unknown(code: string): AnsweredOutcome {
  return { kind: 'unknown', code }
}

function readMember(bytes: Buffer, start: number, end: number, key: string): unknown {
  return memberReader(bytes, start, end)(key)
}

const readFlat = (key: string): FlatValue | undefined => flatJson.get(key)
const readNothing = (): undefined => undefined

/** Members of the JSON object that the bytes hold; of anything else, none. */
function memberReader(bytes: Buffer, start: number, end: number): (key: string) => unknown {
  if (flatJson.scan(bytes, start, end)) return readFlat
  const parsed = parseJson(bytes.subarray(start, end))
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return readNothing
  return (key) => (Object.hasOwn(parsed, key) ? (parsed as Record<string, unknown>)[key] : undefined)
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(strictUtf8.decode(bytes)) as unknown
  } catch {
    return undefined
  }
}
