/**
 * Opens the sales of a step, one a SKU: stock, limit, and, where the scenario gives it hours, when it opens and closes, by
 * the target's clock, so that the opening comes when the plan says. The hours are known again on the run's clock, with
 * the error with which the two could be compared.
 */
import type { ClockFigures, SaleHoursRecord } from '../core/run-record.ts'
import type { PlannedSale, SaleTerms } from '../core/scenario.ts'
import { openEach } from './step-sales.ts'
import type { TargetAdmin } from './target-admin.ts'
import { clockFigures, type ClockBounds, eitherOf, errorMsOf, middleOf, readTargetClock } from './target-clock.ts'

/** Between the opening calls and the first request, where the opening has to come at a moment that was said before. */
const LEAD_MS = 1_000
const LEAD_MS_PER_SALE = 20

export interface OpenedSales {
  /** The load is not to begin before, ns since the origin; null: whenever it is ready. */
  readonly notBeforeNs: number | null
  /** As known now; null: always open. */
  readonly hours: SaleHoursRecord | null
  /** After the step: the hours with the error that holds for all of it, and what was measured of the target's clock. */
  measureAgain(): Promise<{ readonly hours: SaleHoursRecord | null; readonly clock: ClockFigures | null }>
}

export async function openSales(
  admin: TargetAdmin,
  sales: readonly PlannedSale[],
  { perUserLimit, opensAfterMs, closesAfterMs }: SaleTerms,
  now: () => number,
): Promise<OpenedSales> {
  if (opensAfterMs === null && closesAfterMs === null) {
    await openEach(admin, sales, { perUserLimit })
    return { notBeforeNs: null, hours: null, measureAgain: async () => ({ hours: null, clock: null }) }
  }
  const before = await readTargetClock(() => admin.clockMs(), now)
  const notBeforeNs = now() + (LEAD_MS + LEAD_MS_PER_SALE * sales.length) * 1e6
  const opensAtMs = momentAfter(before, notBeforeNs, opensAfterMs)
  const closesAtMs = momentAfter(before, notBeforeNs, closesAfterMs)
  await openEach(admin, sales, { perUserLimit, opensAt: isoOrNull(opensAtMs), closesAt: isoOrNull(closesAtMs) })
  return {
    notBeforeNs,
    hours: hoursBy(before, opensAtMs, closesAtMs),
    async measureAgain() {
      // A target that answers no more leaves what was known.
      const after = await readTargetClock(() => admin.clockMs(), now).catch(() => before)
      const clock = eitherOf([before, after])
      return { hours: hoursBy(clock, opensAtMs, closesAtMs), clock: clockFigures(clock, Date.now(), now()) }
    },
  }
}

/** On the target's clock, ms since 1970; whole, since that is what it is told. */
function momentAfter(clock: ClockBounds, startNs: number, afterMs: number | null): number | null {
  return afterMs === null ? null : Math.round(middleOf(clock) + startNs / 1e6 + afterMs)
}

function isoOrNull(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString()
}

function hoursBy(clock: ClockBounds, opensAtMs: number | null, closesAtMs: number | null): SaleHoursRecord {
  const onRunClock = (ms: number | null): number | null => (ms === null ? null : (ms - middleOf(clock)) * 1e6)
  return { opensAtNs: onRunClock(opensAtMs), closesAtNs: onRunClock(closesAtMs), errorMs: errorMsOf(clock) }
}
