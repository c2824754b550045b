/** The small controls, in the order of the checks that convict them. */
import type { Strategy } from '../strategy.ts'
import { blindTimeout } from './blind-timeout.ts'
import { cachedReads } from './cached-reads.ts'
import { decrementFirst } from './decrement-first.ts'
import { doubleOrder } from './double-order.ts'
import { doubleRelease } from './double-release.ts'
import { early } from './early.ts'
import { earlyConfirm } from './early-confirm.ts'
import { fillBeforeWrite } from './fill-before-write.ts'
import { leakedUnit } from './leaked-unit.ts'
import { limitSnapshot } from './limit-snapshot.ts'
import { slidingCache } from './sliding-cache.ts'
import { soldOutFlag } from './sold-out-flag.ts'
import { typeError } from './type-error.ts'
import { unownedLock } from './unowned-lock.ts'

export const CONTROLS: readonly Strategy[] = [
  unownedLock,
  earlyConfirm,
  doubleOrder,
  blindTimeout,
  limitSnapshot,
  leakedUnit,
  doubleRelease,
  decrementFirst,
  soldOutFlag,
  typeError,
  early,
  cachedReads,
  slidingCache,
  fillBeforeWrite,
]
