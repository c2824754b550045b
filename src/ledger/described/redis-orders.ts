/** Orders in a Redis list, set, stream or hash, read in parts: no command holds the server for long. */
import { HarnessError } from '../../core/errors.ts'
import { parseExactJson } from '../../core/exact-json.ts'
import type { NamedValues, RedisSession, TargetAccess } from '../../core/target-access.ts'
import type { OrdersSource } from '../../core/target-descriptor.ts'
import type { OrderReader } from './order-reader.ts'

type RedisOrders = Extract<OrdersSource, { kind: 'redis' }>

const AT_ONCE = 5_000

/** A key that isn't there holds no orders. Throws HarnessError SERVICE_FAILED. */
export async function readRedisOrders(
  { url, key, structure }: RedisOrders,
  values: NamedValues,
  access: TargetAccess,
  reader: OrderReader,
): Promise<void> {
  const session = await access.redis(url)
  const name = access.fill(key, values)
  try {
    for await (const { item, own } of READERS[structure](session, name)) reader.addItem(item, own)
  } catch (error) {
    if (!(error instanceof HarnessError)) throw error
    throw new HarnessError(error.code, { message: `${structure} "${name}": ${error.message}`, hint: error.hint })
  } finally {
    await session[Symbol.asyncDispose]()
  }
}

interface FoundItem {
  readonly item: object
  /** Columns beside its members. */
  readonly own?: Readonly<Record<string, string>>
}

type Read = (session: RedisSession, key: string) => AsyncGenerator<FoundItem>

const READERS: Readonly<Record<RedisOrders['structure'], Read>> = {
  async *list(session, key) {
    for (let from = 0; ; from += AT_ONCE) {
      const members = (await session.call('LRANGE', key, String(from), String(from + AT_ONCE - 1))) as string[]
      for (const member of members) yield { item: itemOf(member) }
      if (members.length < AT_ONCE) return
    }
  },
  async *set(session, key) {
    // A scan may name a member twice.
    const seen = new Set<string>()
    for await (const page of scan(session, 'SSCAN', key)) {
      for (const member of page) {
        if (seen.has(member)) continue
        seen.add(member)
        yield { item: itemOf(member) }
      }
    }
  },
  async *hash(session, key) {
    const seen = new Set<string>()
    for await (const page of scan(session, 'HSCAN', key)) {
      for (let at = 0; at + 1 < page.length; at += 2) {
        const [field, value] = [page[at]!, page[at + 1]!]
        if (seen.has(field)) continue
        seen.add(field)
        yield { item: itemOf(value), own: { key: field, value } }
      }
    }
  },
  async *stream(session, key) {
    let after = '-'
    for (;;) {
      const entries = (await session.call('XRANGE', key, after, '+', 'COUNT', String(AT_ONCE))) as [string, string[]][]
      for (const [id, fields] of entries) yield { item: { id, ...membersOf(fields) } }
      if (entries.length < AT_ONCE) return
      after = `(${entries.at(-1)![0]}`
    }
  },
}

async function* scan(session: RedisSession, command: 'SSCAN' | 'HSCAN', key: string): AsyncGenerator<string[]> {
  let cursor = '0'
  do {
    const [next, page] = (await session.call(command, key, cursor, 'COUNT', String(AT_ONCE))) as [string, string[]]
    yield page
    cursor = next
  } while (cursor !== '0')
}

function membersOf(fields: readonly string[]): Record<string, string> {
  const members: Record<string, string> = {}
  for (let at = 0; at + 1 < fields.length; at += 2) members[fields[at]!] = fields[at + 1]!
  return members
}

/** The members of a JSON object; of any other text the only one is `value`. */
function itemOf(text: string): object {
  if (!text.startsWith('{')) return { value: text }
  try {
    return parseExactJson(text) as object
  } catch {
    return { value: text }
  }
}
