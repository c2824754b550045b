/**
 * Operations from a Redis stream. An entry holds one field `op` with a whole line, or a field for each key of a line.
 * A connection that is lost is made again, and reading goes on behind the last entry.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { HarnessError } from '../core/errors.ts'
import { displayUrl } from '../target/index.ts'

export interface RedisStreamOptions {
  readonly url: string
  readonly key: string
  /** `0`: all that is there; `$`: what comes from now on; or the id of an entry: what follows it. */
  readonly from: string
  readonly signal: AbortSignal
  /** The connection was lost, or is there again: a sentence. */
  readonly onNote: (sentence: string) => void
}

const CONNECT_WITHIN_MS = 5_000
/** A batch is empty where no entry has come for so long, by the word of the server. */
export const EMPTY_BATCH_MS = 250
/** A read that blocks longer was lost on the way. */
const ANSWER_WITHIN_MS = EMPTY_BATCH_MS + 5_000
const AGAIN_AFTER_MS = 500
const ENTRIES_A_READ = 1_000

type Entry = readonly [id: string, fields: readonly string[]]

/** Batches, empty ones where nothing came. Ends when the signal is aborted. Throws HarnessError SERVICE_UNAVAILABLE when it can't be read at the beginning. */
export async function* linesOfRedisStream(options: RedisStreamOptions): AsyncGenerator<readonly string[]> {
  const { signal, onNote } = options
  let client: Redis | null = await connected(options)
  // Its method, since it must not see the abort before the read that it ends.
  const stop = (): void => client?.disconnect()
  signal.addEventListener('abort', stop, { once: true })
  try {
    let lastId = options.from === '$' ? await newestId(client, options) : options.from
    while (!signal.aborted) {
      try {
        client ??= await connected(options)
        const entries = await entriesAfter(client, options.key, lastId)
        lastId = entries.at(-1)?.[0] ?? lastId
        yield entries.map(([, fields]) => lineOf(fields))
      } catch (error) {
        if (signal.aborted) return
        if (isRefusal(error)) throw unavailable(options, error)
        if (client !== null) onNote(`lost ${displayUrl(options.url)} (${(error as Error).message}); trying again`)
        client?.disconnect()
        client = null
        await sleep(AGAIN_AFTER_MS, undefined, { signal }).catch(() => undefined)
      }
    }
  } finally {
    signal.removeEventListener('abort', stop)
    client?.disconnect()
  }
}

async function connected(options: RedisStreamOptions): Promise<Redis> {
  const client = new Redis(options.url, {
    lazyConnect: true,
    retryStrategy: null,
    maxRetriesPerRequest: 0,
    connectTimeout: CONNECT_WITHIN_MS,
    commandTimeout: ANSWER_WITHIN_MS,
  })
  let connectionError: Error | null = null
  client.on('error', (error: Error) => {
    connectionError ??= error
  })
  try {
    await client.connect()
    return client
  } catch (error) {
    client.disconnect()
    throw unavailable(options, connectionError ?? error)
  }
}

function unavailable({ url, key }: RedisStreamOptions, cause: unknown): HarnessError {
  return new HarnessError('SERVICE_UNAVAILABLE', {
    message: `cannot read the stream "${key}" of ${displayUrl(url)}: ${cause instanceof Error ? cause.message : String(cause)}`,
    hint: 'Is the URL right (--redis, or REDIS_URL), and is the key one of a stream?',
    cause,
  })
}

/** The server answered, and will answer the same again: a wrong key, a wrong id, no permission. */
function isRefusal(error: unknown): boolean {
  return (
    error instanceof Error && error.name === 'ReplyError' && !/^(LOADING|BUSY|READONLY|MASTERDOWN)/.test(error.message)
  )
}

async function newestId(client: Redis, options: RedisStreamOptions): Promise<string> {
  try {
    const [newest] = await client.xrevrange(options.key, '+', '-', 'COUNT', 1)
    return newest?.[0] ?? '0'
  } catch (error) {
    throw unavailable(options, error)
  }
}

async function entriesAfter(client: Redis, key: string, lastId: string): Promise<readonly Entry[]> {
  const read = await client.xread('COUNT', ENTRIES_A_READ, 'BLOCK', EMPTY_BATCH_MS, 'STREAMS', key, lastId)
  return read === null ? [] : read[0]![1]
}

const NUMBERS: ReadonlySet<string> = new Set([
  'quantity',
  'invokedAt',
  'completedAt',
  'value',
  'stock',
  'perUserLimit',
  'opensAt',
  'closesAt',
])

/** One line, however it was written. What is no operation is a line that says so. */
function lineOf(fields: readonly string[]): string {
  const [first, whole] = fields
  if (first === 'op' && whole!.startsWith('{')) return whole!.replaceAll(/[\r\n]+/g, ' ')
  const line: Record<string, unknown> = {}
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const [key, text] = [fields[i]!, fields[i + 1]!]
    line[key] = text === 'null' || (text === '' && NUMBERS.has(key)) ? null : NUMBERS.has(key) ? numberOr(text) : text
  }
  return JSON.stringify(line)
}

function numberOr(text: string): number | string {
  const number = Number(text)
  return Number.isFinite(number) ? number : text
}
