/**
 * For which slot of its executor each iteration was begun. k6 doesn't say; but it goes through its slots in order, and at
 * each begins an iteration, or drops it where no VU is free. So the j-th iteration stands at slot j + d, with d, the
 * drops before it, never falling and never above what k6 counts in all. Within that, an iteration is given the latest
 * slot with which neither it nor any after it would have begun before its slot: k6 begins an iteration at once, or not at
 * all. (Its number comes first, then the moment that it tells: one that was held up between the two, while those after it
 * went on, was late and stands for no drop.) Pure.
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
  const most = mostDropsBefore(beganAtNs, slotsNs, startedAtNs, Math.min(dropped, slotsNs.length - beganAtNs.length))
  let drops = 0
  for (let iteration = 0; iteration < beganAtNs.length; iteration++) {
    if (!Number.isNaN(beganAtNs[iteration]!)) drops = most[iteration]!
    slotOf[iteration] = iteration + drops
  }
  return { startedAtNs, slotOf }
}

/** Drops before each iteration at most, so that no start is before its slot; never falling. */
function mostDropsBefore(
  beganAtNs: Float64Array,
  slotsNs: Float64Array,
  startedAtNs: number,
  dropped: number,
): Int32Array {
  const most = new Int32Array(beganAtNs.length)
  let least = dropped
  for (let iteration = beganAtNs.length - 1; iteration >= 0; iteration--) {
    const atNs = beganAtNs[iteration]! - startedAtNs
    while (least > 0 && slotsNs[iteration + least]! > atNs) least--
    most[iteration] = least
  }
  return most
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
