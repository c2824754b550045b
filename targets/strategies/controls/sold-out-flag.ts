/**
 * `control-sold-out-flag`: remembers that it was sold out, to spare the database. But it was so for somebody who asked
 * for many; whoever asks for one of those that are left is told the same.
 */
import { PostgresPool } from '../../storage/postgres.ts'
import { answerFromEarlier } from '../../storage/sale-books.ts'
import { atomicUpdate } from '../atomic-update.ts'
import type { Strategy } from '../strategy.ts'
import { postgresOf } from '../stores.ts'
import { describeControl } from './control.ts'

const REMEMBERED_FOR_MS = 1_000

export const soldOutFlag: Strategy = {
  description: describeControl({
    name: 'control-sold-out-flag',
    summary: 'answers "sold out" from a cache that somebody filled who had asked for more than was left',
    convictedBy: 'justified-refusals',
    // There never were as many as one buyer in twenty asks for.
    shownBy: ['--stock', '900', '--set', 'buyers.quantity={1: 95, 1000: 5}', '--set', 'sale.perUserLimit=1000'],
  }),
  functions: atomicUpdate.functions,
  async start(context) {
    const sale = await atomicUpdate.start(context)
    const replays = new PostgresPool(postgresOf(context), 2)
    const soldOutUntilMs = new Map<string, number>()
    return {
      ...sale,
      async buy(request, attempt) {
        if (performance.now() < (soldOutUntilMs.get(request.sku) ?? 0)) {
          return (await answerFromEarlier(replays, request)) ?? { kind: 'soldOut' }
        }
        const result = await sale.buy(request, attempt)
        if (result.kind === 'soldOut') soldOutUntilMs.set(request.sku, performance.now() + REMEMBERED_FOR_MS)
        return result
      },
      async stop() {
        await Promise.all([sale.stop(), replays.stop()])
      },
    }
  },
}
