/** Which limit per user a sale is judged by, and what of it can't be. Pure. */
import type { RunTarget } from '../core/run-record.ts'
import type { SaleTerms } from '../core/scenario.ts'
import { formatQuantity } from '../core/units.ts'
import type { SaleUnderJudgement } from '../oracle/index.ts'

const UNTOLD =
  'the target was not told of the limit: use {{limit}} in `open`, or say `promise: {perUserLimit: N}` in the descriptor'

type LimitTerms = Pick<SaleUnderJudgement, 'perUserLimit' | 'perUserLimitKnown' | 'limitRefusalsExcused'>

/** By its own promise, or by what it was told; what buyers had before the run counts to a limit, and nobody knows it. */
export function limitTerms(
  sale: Pick<SaleTerms, 'perUserLimit'>,
  target: RunTarget,
  earlierOrders: number,
): LimitTerms {
  const promised = target.kind === 'service' ? target.perUserLimit : undefined
  if (promised === 'untold') return { perUserLimit: null, perUserLimitKnown: false, limitRefusalsExcused: UNTOLD }
  const perUserLimit = promised ?? sale.perUserLimit
  if (earlierOrders === 0) return { perUserLimit }
  const held = `the ledger held ${formatQuantity(earlierOrders, 'order')} before the run, which count to it`
  return { perUserLimit, limitRefusalsExcused: held }
}
