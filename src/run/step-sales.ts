/** The sales of one step on the target: each SKU is opened, asked after and closed by itself, a few at a time. */
import type { PlannedSale } from '../core/scenario.ts'
import type { OpenSaleBody } from '../core/wire.ts'
import type { TargetAdmin } from './target-admin.ts'

/** Enough to hide the round trips, and no load on the target. */
const AT_ONCE = 8

/** Returns when every instance sells all of them. */
export async function openEach(
  admin: TargetAdmin,
  sales: readonly PlannedSale[],
  terms: Omit<OpenSaleBody, 'stock'>,
): Promise<void> {
  await fewAtATime(sales, ({ sku, initialStock }) => admin.openSale(sku, { ...terms, stock: initialStock }))
}

export async function closeEach(admin: TargetAdmin, sales: readonly PlannedSale[]): Promise<void> {
  await fewAtATime(sales, ({ sku }) => admin.closeSale(sku))
}

/** Units left as the target shows them, in the order of the sales; null where it doesn't answer. */
export async function shownStocks(admin: TargetAdmin, sales: readonly PlannedSale[]): Promise<(number | null)[]> {
  return await fewAtATime(sales, ({ sku }) => admin.shownStock(sku))
}

/** Results in the order of the items. The first failure is thrown when all that had begun has ended. */
async function fewAtATime<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = []
  const queue = items.entries()
  const workers = Array.from({ length: Math.min(AT_ONCE, items.length) }, async () => {
    for (const [index, item] of queue) results[index] = await work(item)
  })
  for (const outcome of await Promise.allSettled(workers)) {
    if (outcome.status === 'rejected') throw outcome.reason
  }
  return results
}
