/** Which worker sends what: a function of the plan alone, so that a seed gives the same deal every time. Pure. */
import { NO_BUY } from '../../core/history.ts'

/**
 * Deals the rows of a plan in turn; the halves of a double click go to one worker, which sends them together.
 * `buy` is the plan's column. Returns the rows of each worker, in order of time, on shared memory.
 */
export function dealRows(buy: Uint32Array, length: number, workers: number): Uint32Array[] {
  const dealt: number[][] = Array.from({ length: workers }, () => [])
  const workerOfBuy = new Map<number, number>()
  let turn = 0
  for (let row = 0; row < length; row++) {
    const number = buy[row]!
    let worker = number === NO_BUY ? undefined : workerOfBuy.get(number)
    if (worker === undefined) {
      worker = turn
      turn = (turn + 1) % workers
      if (number !== NO_BUY && hasTwin(buy, length, row)) workerOfBuy.set(number, worker)
    }
    dealt[worker]!.push(row)
  }
  return dealt.map(toShared)
}

/** A twin stands within a few rows: both are due at one moment. */
function hasTwin(buy: Uint32Array, length: number, row: number): boolean {
  for (let other = row + 1; other < Math.min(length, row + 8); other++) if (buy[other] === buy[row]) return true
  return false
}

function toShared(rows: readonly number[]): Uint32Array {
  const shared = new Uint32Array(new SharedArrayBuffer(rows.length * 4))
  shared.set(rows)
  return shared
}
