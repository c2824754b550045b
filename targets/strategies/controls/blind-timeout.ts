/**
 * `control-blind-timeout`: gives a sale up after a moment and says that nothing was sold, but doesn't stop it: the
 * statement is on its way, and commits.
 */
import { atomicUpdate } from '../atomic-update.ts'
import { pause } from '../pause.ts'
import type { BuyResult, Strategy } from '../strategy.ts'
import { describeControl } from './control.ts'

/** Most commits are faster, some are not. */
const GIVEN_UP_AFTER_MS = 1
const SETTLE_POLL_MS = 20
const BUSY: BuyResult = { kind: 'busy' }

export const blindTimeout: Strategy = {
  description: describeControl({
    name: 'control-blind-timeout',
    summary: 'says "busy, nothing was sold" of a slow sale that it does not stop',
    convictedBy: 'nothing-invented',
  }),
  functions: atomicUpdate.functions,
  async start(context) {
    const sale = await atomicUpdate.start(context)
    const running = new Set<Promise<BuyResult>>()
    const funnel = context.meter.funnel()
    return {
      ...sale,
      buy(request, attempt) {
        const sold = sale.buy(request, attempt).finally(() => running.delete(sold))
        void sold.then(
          (result) => {
            if (result.kind !== 'sold' || result.replayed) return
            funnel.deducted(request.sku, request.quantity)
            funnel.ordered(request.sku, request.quantity)
          },
          () => {},
        )
        running.add(sold)
        return Promise.race([sold, pause(context.span(GIVEN_UP_AFTER_MS)).then(() => BUSY)])
      },
      async settle(signal) {
        while (running.size > 0) await pause(context.span(SETTLE_POLL_MS), signal)
      },
    }
  },
}
