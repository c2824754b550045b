/** Whether a ledger has come to rest, where nobody says so: when several looks at it, one after another, see the same. */
import { setTimeout as delay } from 'node:timers/promises'
import type { Baseline } from '../ledger/index.ts'

const BETWEEN_LOOKS_MS = 500
/** 3 s: a worker that pauses for a second between two batches is not done. */
const EQUAL_LOOKS = 7

/** False past the deadline. */
export async function standsStill(
  look: () => Promise<readonly Baseline[]>,
  deadlineMs: number,
  signal: AbortSignal,
  betweenLooksMs = BETWEEN_LOOKS_MS,
): Promise<boolean> {
  const deadline = performance.now() + deadlineMs
  let before = seen(await look())
  let equal = 1
  while (performance.now() + betweenLooksMs < deadline && !signal.aborted) {
    await delay(betweenLooksMs)
    const now = seen(await look())
    equal = now === before ? equal + 1 : 1
    if (equal === EQUAL_LOOKS) return true
    before = now
  }
  return false
}

function seen(ledgers: readonly Baseline[]): string {
  return JSON.stringify(ledgers.map(({ orderIds, remaining }) => [orderIds.size, remaining]))
}
