/**
 * Makes the requests of a described protocol out of the rows of a plan. Pure: it sends nothing. Whatever can be known
 * before the first request, a value that no header may hold above all, is refused when it is made.
 */
import type { RequestTemplate, TextTemplate } from '../../core/buyer-protocol.ts'
import { HarnessError } from '../../core/errors.ts'
import { isLedByValue, requestTarget } from '../../core/request-target.ts'
import { requestUuid } from '../../core/request-uuid.ts'
import type { DescribedTarget } from '../load-engine.ts'
import { type CompiledText, compileText, type RequestValues } from './compiled-text.ts'
import { meaningOf } from './placeholders.ts'

export interface RequestWriterOptions {
  readonly described: Pick<DescribedTarget, 'protocol' | 'headers' | 'identities' | 'secrets'>
  /** Path of the base URL, without a trailing slash. */
  readonly basePath: string
  /** Of the base URL; absent: tickets that are absolute URLs are not taken. */
  readonly origin?: string
  /** By sale. */
  readonly skus: readonly string[]
  /** Request id of buy n is `requestIdPrefix + n`. */
  readonly requestIdPrefix: string
}

export interface WrittenRequest {
  readonly method: string
  /** With the path of the base URL, and the query. */
  readonly path: string
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | null
}

/** One row of a plan. */
export interface BuyRow {
  /** Index of its SKU. */
  readonly sale: number
  readonly user: number
  readonly buy: number
  readonly quantity: number
}

interface ReadRow extends Pick<BuyRow, 'sale' | 'user'> {
  /** Position in the history: what tells one read from another. */
  readonly row: number
}

export interface RequestWriter {
  buy(row: BuyRow): WrittenRequest
  /** Only where the protocol has a read. */
  read(row: ReadRow): WrittenRequest
  /** Only where the protocol has a poll. */
  poll(row: BuyRow, ticket: string): WrittenRequest
  /** The request id as the buy holds it: the UUID, where it is that alone. */
  sentRequestId(buy: number): string
}

interface CompiledRequest {
  readonly method: string
  readonly path: CompiledText
  readonly headers: readonly { readonly name: string; readonly value: CompiledText }[]
  /** All of them, where they are the same for all requests. */
  readonly constantHeaders: Readonly<Record<string, string>> | null
  readonly body: CompiledText | null
}

interface CompiledProtocol {
  readonly buy: CompiledRequest
  readonly read: CompiledRequest | null
  readonly poll: CompiledRequest | null
}

const USER_AGENT = { name: 'user-agent', value: ['doorbuster'] } as const
/** What no header may hold: a line break above all, which would begin another header. */
export const NOT_IN_HEADERS = /[^\t\x20-\x7e\x80-\xff]/
const NOT_IN_PATHS = /[^\x21-\x7e]/

/** Throws HarnessError USAGE, which holds no value, for a placeholder without one and for a value that can't be sent. */
export function createRequestWriter({
  described,
  basePath,
  origin = '',
  skus,
  requestIdPrefix,
}: RequestWriterOptions): RequestWriter {
  const { protocol } = described
  const bySale: (CompiledProtocol | undefined)[] = skus.map(() => undefined)
  const compiledFor = (sale: number): CompiledProtocol =>
    (bySale[sale] ??= compileProtocol(described, basePath, skus[sale]!))
  const namesByUuid = holds(protocol.buy, 'requestUuid') && !holds(protocol.buy, 'requestId')
  const valuesOf = ({ user, buy, quantity }: BuyRow, ticket: string): RequestValues =>
    new BuyValues(requestIdPrefix, user, buy, quantity, ticket)
  const isLedByTicket = protocol.poll !== null && isLedByValue(protocol.poll.request.path)
  const readsPrefix = `${requestIdPrefix}read-`
  if (skus.length > 0) compiledFor(0)
  return {
    buy: (row) => write(compiledFor(row.sale).buy, valuesOf(row, '')),
    read: ({ sale, user, row }) => write(compiledFor(sale).read!, new BuyValues(readsPrefix, user, row, 0, '')),
    poll: (row, ticket) => {
      const written = write(compiledFor(row.sale).poll!, valuesOf(row, ticket))
      return isLedByTicket ? { ...written, path: pathOfTicket(written.path, origin, basePath) } : written
    },
    sentRequestId: (buy) => (namesByUuid ? requestUuid(requestIdPrefix, buy) : requestIdPrefix + String(buy)),
  }
}

/** Whatever isn't asked for isn't made. */
class BuyValues implements RequestValues {
  readonly user: number
  readonly quantity: number
  readonly ticket: string
  readonly #prefix: string
  readonly #number: number

  constructor(prefix: string, user: number, number: number, quantity: number, ticket: string) {
    this.user = user
    this.quantity = quantity
    this.ticket = ticket
    this.#prefix = prefix
    this.#number = number
  }

  get requestId(): string {
    return this.#prefix + String(this.#number)
  }

  get requestUuid(): string {
    return requestUuid(this.#prefix, this.#number)
  }
}

function holds(request: RequestTemplate, name: string): boolean {
  return templatesOf(request).some((template) =>
    template.some((part) => typeof part !== 'string' && part.value === name),
  )
}

function templatesOf({ path, headers, body }: RequestTemplate): readonly TextTemplate[] {
  return [path, ...headers.map(({ value }) => value), body ?? []]
}

function compileProtocol(
  described: RequestWriterOptions['described'],
  basePath: string,
  sku: string,
): CompiledProtocol {
  const sources = { sku, identities: described.identities, secrets: described.secrets }
  const compile = (template: TextTemplate): CompiledText => compileText(template, (name) => meaningOf(name, sources))
  const compileRequest = (request: RequestTemplate): CompiledRequest => {
    const path = compile(isLedByValue(request.path) ? request.path : [basePath, ...request.path])
    if (path.constants.some((text) => NOT_IN_PATHS.test(text))) throw cannotStand(`a path of ${request.method}`)
    const headers = headersOf(request, described.headers).map(({ name, value }) => ({ name, value: compile(value) }))
    for (const { name, value } of headers) {
      if (value.constants.some((text) => NOT_IN_HEADERS.test(text))) throw cannotStand(`the header ${name}`)
    }
    const { method, body } = request
    return { method, path, headers, constantHeaders: constantsOf(headers), body: body === null ? null : compile(body) }
  }
  const { buy, read, poll } = described.protocol
  return {
    buy: compileRequest(buy),
    read: read === null ? null : compileRequest(read.request),
    poll: poll === null ? null : compileRequest(poll.request),
  }
}

/** Later ones win: ours, the target's, the request's own. */
export function headersOf(
  { headers }: RequestTemplate,
  ofTarget: RequestTemplate['headers'],
): RequestTemplate['headers'] {
  return [...new Map([USER_AGENT, ...ofTarget, ...headers].map((header) => [header.name, header])).values()]
}

function constantsOf(headers: CompiledRequest['headers']): Record<string, string> | null {
  const constants: Record<string, string> = {}
  for (const { name, value } of headers) {
    if (value.constant === null) return null
    constants[name] = value.constant
  }
  return constants
}

function write(
  { method, path, headers, constantHeaders, body }: CompiledRequest,
  values: RequestValues,
): WrittenRequest {
  return {
    method,
    path: path.fill(values),
    headers: constantHeaders ?? fillHeaders(headers, values),
    body: body === null ? null : body.fill(values),
  }
}

function fillHeaders(headers: CompiledRequest['headers'], values: RequestValues): Record<string, string> {
  const filled: Record<string, string> = {}
  for (const { name, value } of headers) filled[name] = value.fill(values)
  return filled
}

/** Tickets that lead elsewhere are no tickets to the classifier: none comes here. */
function pathOfTicket(ticket: string, origin: string, basePath: string): string {
  const path = requestTarget(ticket, { origin, basePath })
  if (path === null) throw new HarnessError('BUG', { message: 'a poll was to be sent to another origin' })
  return path
}

function cannotStand(place: string): HarnessError {
  return new HarnessError('USAGE', {
    message: `${place} would hold a character that can't stand there, such as a line break`,
    hint: 'Look at the text of the descriptor, the SKU and the environment variables that it is made of.',
  })
}
