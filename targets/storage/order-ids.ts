/**
 * Order ids: short, unique over all instances and restarts, and rising within one process, so that the order index
 * grows at its end.
 */
import { randomBytes } from 'node:crypto'

export function createOrderIds(): () => string {
  const origin = randomBytes(8).toString('base64url')
  let count = 0
  return () => {
    count += 1
    return `${origin}-${count.toString(36)}`
  }
}
