/** What a gate of so many visits would see, told before it begins. */
import type { GateVisit, VisibleEffect } from '../core/gate-record.ts'

/** From visits of one arm, in the order in which they were made, for a gate that has so many visits an arm in each round. */
export function smallestVisibleEffect(calibration: readonly GateVisit[], visitsAnArm: number): VisibleEffect[] {
  throw new RangeError(`${calibration.length} ${visitsAnArm}`)
}
