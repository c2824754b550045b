/** A gate before a Postgres: frontend/backend protocol 3, plain. */
import type { StoreGate } from '../store-call.ts'
import { type GateOptions, openGate } from './open-gate.ts'
import { PostgresTalk } from './postgres-talk.ts'

/** Listens when it resolves. Rejects if no port can be had; that no store is there is seen by the servers that come. */
export async function openPostgresGate(options: GateOptions): Promise<StoreGate> {
  return await openGate('postgres', options, (ends) => new PostgresTalk(ends))
}
