/** What a described target shows a buyer who looks at the stock, asked once and outside the load. */
import type { BuyerProtocol } from '../core/buyer-protocol.ts'
import { HarnessError } from '../core/errors.ts'
import { locate } from '../core/locate.ts'
import type { TargetAccess } from '../core/target-access.ts'

/** null: it has no such request, gives no answer, or one that shows none. */
export async function shownStock(protocol: BuyerProtocol, access: TargetAccess, sku: string): Promise<number | null> {
  const { read } = protocol
  if (read === null) return null
  try {
    const answer = await access.send(read.request, { sku })
    const isShown = read.status.some(({ from, to }) => answer.status >= from && answer.status <= to)
    const shown = isShown ? Number(locate(read.stock, answer) ?? Number.NaN) : Number.NaN
    return Number.isInteger(shown) ? shown : null
  } catch (error) {
    if (error instanceof HarnessError) return null
    throw error
  }
}
