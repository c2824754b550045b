/** Whether a ledger has come to rest, where nobody says so: two looks at it, some time apart, that see the same. */
import { setTimeout as delay } from 'node:timers/promises'
import type { Baseline } from '../ledger/index.ts'

const BETWEEN_LOOKS_MS = 500

/** False past the deadline. */
export async function standsStill(
  look: () => Promise<readonly Baseline[]>,
  deadlineMs: number,
  signal: AbortSignal,
): Promise<boolean> {
  const deadline = performance.now() + deadlineMs
  let before = seen(await look())
  while (performance.now() + BETWEEN_LOOKS_MS < deadline && !signal.aborted) {
    await delay(BETWEEN_LOOKS_MS)
    const now = seen(await look())
    if (now === before) return true
    before = now
  }
  return false
}

function seen(ledgers: readonly Baseline[]): string {
  return JSON.stringify(ledgers.map(({ orderIds, remaining }) => [orderIds.size, remaining]))
}
