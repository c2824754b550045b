/**
 * The plan of a step: the moment, kind, buyer and quantity of every request, fixed before the run starts, so that the
 * load can be open (nobody waits for anybody) and the same again tomorrow.
 *
 * Moments, kinds, users and quantities are drawn from streams of random numbers of their own, and each step has its
 * own, so that changing one of them leaves the others as they were.
 */
import { KIND_CODES, NO_BUY } from '../core/history.ts'
import { createRandom, type Random } from '../core/random.ts'
import type { Buyers, Scenario, Step, StepPlan } from '../core/scenario.ts'
import { botsOfStep, plannedRetries, userDrawer } from './plan-buyers.ts'
import { planSales } from './plan-sales.ts'
import { plannedRequests } from './staircase.ts'
import { timetableOf } from './timetable.ts'

const STREAMS_PER_STEP = 4
const STREAM = { moments: 0, kinds: 1, users: 2, quantities: 3 } as const

const BUY = KIND_CODES.indexOf('buy')
const READ = KIND_CODES.indexOf('read')

interface Columns {
  readonly atNs: Float64Array
  readonly kind: Uint8Array
  readonly user: Uint32Array
  readonly buy: Uint32Array
  readonly quantity: Uint16Array
}

/** Pure: the same scenario and index give the same plan. `stepIndex` counts from 0. */
export function planStep(scenario: Scenario, stepIndex: number): StepPlan {
  const step = scenario.steps[stepIndex]
  if (!step) throw new RangeError(`there is no step ${stepIndex}: the scenario has ${scenario.steps.length}`)
  const stream = (purpose: number): Random => createRandom(scenario.seed, stepIndex * STREAMS_PER_STEP + purpose)

  const columns = planArrivals(step, scenario.buyers, stream(STREAM.moments), stream(STREAM.kinds))
  const { buyers } = scenario
  const users = { population: stream(STREAM.users), bots: botsOfStep(scenario, stepIndex) }
  const buys = planBuys(columns, buyers, userDrawer(buyers, users), stream(STREAM.quantities))
  return {
    stepIndex,
    step,
    length: columns.atNs.length,
    ...columns,
    ...buys,
    ...plannedRetries(scenario, stepIndex),
    ...planSales(scenario, stepIndex, columns),
  }
}

/** Moments and kinds: a double click is two rows at one moment with one buy. */
function planArrivals(step: Step, buyers: Buyers, moments: Random, kinds: Random): Columns {
  const { readChance, rowsPerEvent } = eventShares(buyers)
  const expected = (step.arrivalRatePerSec * step.durationMs) / 1_000
  const momentNs = timetableOf(step)
  const poisson = step.arrivals === 'poisson'
  const columns = emptyColumns(
    poisson ? roomForPoisson(step, rowsPerEvent) : plannedRequests(step.arrivalRatePerSec, step.durationMs),
  )
  const room = columns.atNs.length

  let row = 0
  let buy = 0
  let asked = 0
  while (row < room) {
    if (poisson) {
      asked += moments.exponential(rowsPerEvent)
      if (asked >= expected) break
    } else {
      asked = row
    }
    const atNs = momentNs(asked)
    const isRead = kinds.next() < readChance
    // Drawn for reads too, so that a change of one share leaves the draws of the other in step.
    const isDouble = kinds.next() < buyers.doubleClickShare && !isRead && row + 1 < room
    columns.atNs[row] = atNs
    columns.kind[row] = isRead ? READ : BUY
    columns.buy[row] = isRead ? NO_BUY : buy
    row++
    if (isDouble) {
      columns.atNs[row] = atNs
      columns.kind[row] = BUY
      columns.buy[row] = buy
      row++
    }
    if (!isRead) buy++
  }
  return cutTo(columns, row)
}

/**
 * An event is a read, a buy, or a double click. `readShare` is a share of the rows, and a double click is two rows:
 * with a the chance that an event is a read and d the share of double clicks among the buys,
 * a / (a + (1 - a)(1 + d)) = readShare.
 */
function eventShares({ readShare, doubleClickShare }: Buyers): { readChance: number; rowsPerEvent: number } {
  const readChance = (readShare * (1 + doubleClickShare)) / (1 + readShare * doubleClickShare)
  return { readChance, rowsPerEvent: readChance + (1 - readChance) * (1 + doubleClickShare) }
}

/** Rows for ten standard deviations above the mean: a Poisson stream exceeds it once in 10^23 plans, and ends there. */
function roomForPoisson(step: Step, rowsPerEvent: number): number {
  const rows = (step.arrivalRatePerSec * step.durationMs) / 1000
  return Math.ceil(rows + 10 * Math.sqrt(rows * rowsPerEvent) + 32)
}

/** Users and quantities of the distinct buys; fills the columns. */
function planBuys(
  { buy, user, quantity }: Columns,
  { population, quantities, bots }: Buyers,
  drawUser: () => number,
  draws: Random,
): Pick<StepPlan, 'distinctBuys' | 'unitsAskedFor' | 'distinctUsers'> {
  const drawQuantity = quantityDrawer(quantities, draws)
  const seen = new Uint8Array(Math.ceil((population + (bots?.users ?? 0)) / 8))
  let distinctBuys = 0
  let unitsAskedFor = 0
  let distinctUsers = 0
  for (let row = 0; row < buy.length; row++) {
    if (buy[row] === NO_BUY) continue
    if (row > 0 && buy[row] === buy[row - 1]) {
      user[row] = user[row - 1]!
      quantity[row] = quantity[row - 1]!
      continue
    }
    const drawn = drawUser()
    user[row] = drawn
    quantity[row] = drawQuantity()
    distinctBuys++
    unitsAskedFor += quantity[row]!
    const bit = 1 << (drawn & 7)
    if ((seen[drawn >>> 3]! & bit) === 0) {
      seen[drawn >>> 3]! |= bit
      distinctUsers++
    }
  }
  return { distinctBuys, unitsAskedFor, distinctUsers }
}

function quantityDrawer(quantities: Buyers['quantities'], draws: Random): () => number {
  const only = quantities[0]
  if (quantities.length === 1 && only) return () => only.quantity
  const total = quantities.reduce((sum, { weight }) => sum + weight, 0)
  let sum = 0
  const upTo = quantities.map(({ weight }) => (sum += weight) / total)
  return () => {
    const drawn = draws.next()
    const index = upTo.findIndex((bound) => drawn < bound)
    // Rounding can leave the last bound a hair below 1.
    return quantities.at(index)!.quantity
  }
}

function emptyColumns(length: number): Columns {
  return {
    atNs: new Float64Array(length),
    kind: new Uint8Array(length),
    user: new Uint32Array(length),
    buy: new Uint32Array(length),
    quantity: new Uint16Array(length),
  }
}

function cutTo(columns: Columns, length: number): Columns {
  if (length === columns.atNs.length) return columns
  return {
    atNs: columns.atNs.slice(0, length),
    kind: columns.kind.slice(0, length),
    user: columns.user.slice(0, length),
    buy: columns.buy.slice(0, length),
    quantity: columns.quantity.slice(0, length),
  }
}
