/** A Redis of the user's own. */
import { Redis } from 'ioredis'
import type { RedisSession } from '../../core/target-access.ts'
import { displayUrl } from './display-url.ts'
import { storeFailed } from './failure.ts'
import type { OwnRedis } from './own-redis.ts'

const CONNECT_TIMEOUT_MS = 10_000
const COMMAND_TIMEOUT_MS = 60_000

interface RedisAccess {
  readonly url: string
  readonly redact: (text: string) => string
  /** Is told what the session asks. */
  readonly own: OwnRedis
}

export async function openRedis({ url, redact, own }: RedisAccess): Promise<RedisSession> {
  const where = displayUrl(url)
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: CONNECT_TIMEOUT_MS,
    commandTimeout: COMMAND_TIMEOUT_MS,
    maxRetriesPerRequest: 0,
    retryStrategy: null,
  })
  let connectionError: Error | null = null
  redis.on('error', (error: Error) => {
    connectionError ??= error
  })
  const guarded = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work()
    } catch (cause) {
      // A command that fails with its connection only says that it closed.
      throw storeFailed(where, connectionError ?? cause, redact)
    }
  }
  try {
    await guarded(() => redis.connect())
  } catch (error) {
    redis.disconnect()
    throw error
  }
  return {
    call: async (command, ...parameters) => {
      const reply = await guarded(() => redis.call(command, [...parameters]))
      own.answered(url, command, parameters)
      return reply
    },
    [Symbol.asyncDispose]: async () => {
      own.closes(url, redis.stream)
      redis.disconnect()
    },
  }
}
