/** Orders from an endpoint of the service: JSON, page by page, or NDJSON in one answer. Bounded in pages and bytes. */
import { HarnessError } from '../../core/errors.ts'
import { valueAtPointer } from '../../core/locate.ts'
import type { NamedValues, TargetAccess } from '../../core/target-access.ts'
import type { OrdersSource } from '../../core/target-descriptor.ts'
import { linesIn, parsed } from './items.ts'
import type { OrderReader } from './order-reader.ts'

type HttpOrders = Extract<OrdersSource, { kind: 'http' }>

const MOST_PAGES = 10_000
const MOST_BYTES_A_PAGE = 128 * 1024 * 1024
const PAGE_WITHIN_MS = 60_000
const QUOTED_CHARACTERS = 200

/** Throws HarnessError SERVICE_FAILED, TARGET_UNREACHABLE or TARGET_FAILED. */
export async function readHttpOrders(
  source: HttpOrders,
  values: NamedValues,
  access: TargetAccess,
  reader: OrderReader,
): Promise<void> {
  const options = { deadlineMs: PAGE_WITHIN_MS, maxBytes: MOST_BYTES_A_PAGE }
  const visited = new Set<string>()
  let next: string | null = null
  do {
    const answer = await access.send(source.request, values, next === null ? options : { ...options, url: next })
    const what = access.redact(`${source.request.method} ${answer.url}`)
    if (answer.status < 200 || answer.status > 299) {
      const words = access.redact(answer.body.slice(0, QUOTED_CHARACTERS).replaceAll(/\s+/g, ' '))
      throw failed(`${what} was answered with ${`${answer.status} ${words}`.trimEnd()}`)
    }
    visited.add(answer.url)
    if (source.format === 'ndjson') {
      for (const item of linesIn(answer.body)) reader.addItem(item)
      return
    }
    const document = parsed(answer.body, `the answer to ${what}`)
    for (const item of listIn(document, source.items, what)) reader.addItem(item)
    next = source.nextPage === null ? null : nextUrl(valueAtPointer(document, source.nextPage), answer.url, what)
    if (next !== null && visited.has(next)) throw failed(`${what} names a page as the next one that was read already`)
    if (visited.size === MOST_PAGES && next !== null) throw failed(`there are more than ${MOST_PAGES} pages`)
  } while (next !== null)
}

function listIn(document: unknown, pointer: string, what: string): readonly unknown[] {
  const list = valueAtPointer(document, pointer)
  if (Array.isArray(list)) return list
  const where = pointer === '' ? 'is' : `has at ${pointer}`
  const keys = typeof document === 'object' && document !== null ? Object.keys(document).slice(0, 20) : []
  const there =
    keys.length === 0 || Array.isArray(document) ? '' : `; its members are ${keys.map((key) => `"${key}"`).join(', ')}`
  throw failed(`the answer to ${what} ${where} no list${there}`)
}

/** Absent, null and empty: that was the last page. Throws where it leads to another host, or is no text. */
function nextUrl(next: unknown, from: string, what: string): string | null {
  if (next === undefined || next === null || next === '' || next === false) return null
  if (typeof next !== 'string' || !URL.canParse(next, from)) throw failed(`the next page that ${what} names is no URL`)
  const url = new URL(next, from)
  if (url.origin !== new URL(from).origin) {
    throw failed(`the next page that ${what} names is on ${url.host}: other hosts are not read`)
  }
  return url.href
}

function failed(message: string): HarnessError {
  return new HarnessError('SERVICE_FAILED', { message })
}
