/** Names a run to the target and its stores. */
import { randomBytes } from 'node:crypto'

/** Short, since every request id begins with it; unique among the runs that one store may see. */
export function newRunId(): string {
  return `r${Date.now().toString(36)}${randomBytes(2).toString('hex')}`
}
