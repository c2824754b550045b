/** What a Redis counted, without what the harness asked of it by connections of its own. Pure. */
import type { OwnRedisWork } from '../../core/own-redis-work.ts'
import type { RedisCounts } from './redis-counts.ts'

/** Both since they count: only differences of two such readings mean anything. */
export function withoutOwn(counts: RedisCounts, own: OwnRedisWork): RedisCounts {
  const commands = new Map(counts.commands)
  for (const [call, times] of own.calls) {
    const name = commands.has(call) ? call : call.split('|', 1)[0]!
    const counted = commands.get(name)
    if (counted !== undefined) commands.set(name, counted - times)
  }
  return {
    ...counts,
    commands,
    receivedBytes: counts.receivedBytes - own.receivedBytes,
    sentBytes: counts.sentBytes - own.sentBytes,
  }
}
