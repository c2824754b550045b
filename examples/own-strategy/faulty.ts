/**
 * The same with a mistake that a quick test doesn't find: whoever asks again is told "sold", with an order id that is
 * made up on the spot. `doorbuster conformance ./faulty.ts` convicts it.
 */
import { type BuyResult, createOrderIds, type Strategy } from 'doorbuster/strategy'
import { strategy as right } from './one-statement.ts'

export const strategy: Strategy = {
  ...right,
  description: { ...right.description, name: 'faulty', summary: 'answers a retry with an order id of its own' },
  async start(context) {
    const sale = await right.start(context)
    const nextOrderId = createOrderIds()
    return {
      ...sale,
      async buy(request, attempt): Promise<BuyResult> {
        const result = await sale.buy(request, attempt)
        return result.kind === 'sold' && result.replayed ? { ...result, orderId: nextOrderId() } : result
      },
    }
  },
}
