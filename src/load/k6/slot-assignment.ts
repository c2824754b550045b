/**
 * For which slot of its executor each iteration was begun. k6 doesn't say; but it goes through its slots in order, and at
 * each begins an iteration, or drops it where no VU is free. So the j-th iteration stands at slot j + d, with d, the
 * drops before it, never falling and never above what k6 counts in all. Within that, an iteration is given the latest
 * slot that isn't after its start: k6 begins an iteration at once, or not at all. Pure.
 */

export interface SlotAssignment {
  /** When the executor started, on the clock of the starts, ns; NaN where nothing was begun. */
  readonly startedAtNs: number
  /** Index of the slot of each iteration, rising. */
  readonly slotOf: Int32Array
}

/**
 * `beganAtNs`: starts of the iterations, in the order of their numbers; NaN where it isn't known. `slotsNs` since the
 * executor's start, rising, at least as many as iterations and drops together.
 */
export function assignSlots(beganAtNs: Float64Array, slotsNs: Float64Array, dropped: number): SlotAssignment {
  const startedAtNs = earliestStart(beganAtNs, slotsNs)
  const slotOf = new Int32Array(beganAtNs.length)
  const mostDrops = Math.min(dropped, slotsNs.length - beganAtNs.length)
  let drops = 0
  for (let iteration = 0; iteration < beganAtNs.length; iteration++) {
    const atNs = beganAtNs[iteration]! - startedAtNs
    while (drops < mostDrops && slotsNs[iteration + drops + 1]! <= atNs) drops++
    slotOf[iteration] = iteration + drops
  }
  return { startedAtNs, slotOf }
}

/** No iteration begins before its slot, and its slot is never before that of its number: the one least late tells. */
function earliestStart(beganAtNs: Float64Array, slotsNs: Float64Array): number {
  let earliest = Number.NaN
  for (let iteration = 0; iteration < beganAtNs.length; iteration++) {
    const startNs = beganAtNs[iteration]! - slotsNs[iteration]!
    if (!(startNs >= earliest)) earliest = Number.isNaN(startNs) ? earliest : startNs
  }
  return earliest
}
