/** A strategy that answers what a test tells it to, for tests of the HTTP face alone. No store is behind it. */
import type { StartedStrategy } from '../../strategies/strategy.ts'

export type Script = Pick<StartedStrategy, 'buy' | 'stock' | 'probe'>

export function scriptedStrategy(script: Partial<Script> = {}): Script {
  return {
    buy: async () => ({ kind: 'sold', orderId: 'order-1', replayed: false }),
    stock: async () => 7,
    probe: async () => {},
    ...script,
  }
}
