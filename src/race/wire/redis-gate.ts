/** A gate before a Redis: RESP2 and RESP3, plain. */
import type { StoreGate } from '../store-call.ts'
import { type GateOptions, openGate } from './open-gate.ts'
import { RedisScripts } from './redis-scripts.ts'
import { RedisTalk } from './redis-talk.ts'

/** Listens when it resolves. Rejects if no port can be had; that no store is there is seen by the servers that come. */
export async function openRedisGate(options: GateOptions): Promise<StoreGate> {
  const scripts = new RedisScripts()
  return await openGate('redis', options, (ends) => new RedisTalk(ends, scripts))
}
