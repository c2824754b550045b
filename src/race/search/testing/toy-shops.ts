/** Shops of a toy world, each with one fault of order that is known, or with none. */
import { add, begin, lock, read, type ToyEnd, type ToyProgram, type ToyWorld, unlock, write } from './toy-world.ts'

/** Reads what is left, then writes one less: two buyers may read the same. */
export const checkThenAct: ToyProgram = function* () {
  const left = yield read('postgres', 'stock')
  if (left < 1) return 'soldOut'
  yield write('postgres', 'stock', left - 1)
  return 'sold'
}

/** The same, one buyer after the other. */
export const checkUnderLock: ToyProgram = function* () {
  yield begin('postgres')
  yield lock('postgres', 'row')
  const left = yield read('postgres', 'stock')
  if (left > 0) yield write('postgres', 'stock', left - 1)
  yield unlock('postgres', 'row')
  return left > 0 ? 'sold' : 'soldOut'
}

/** The same with a mutex in the memory of the server. */
export const checkUnderMutex: ToyProgram = function* (memory) {
  yield begin('redis')
  yield { until: () => memory.get('held') !== 1 }
  memory.set('held', 1)
  const left = yield read('postgres', 'stock')
  if (left > 0) yield write('postgres', 'stock', left - 1)
  memory.set('held', 0)
  return left > 0 ? 'sold' : 'soldOut'
}

/** Remembers in its memory that all is sold, before the order of whoever got the last unit is written. */
export const checkWithFlag: ToyProgram = function* (memory) {
  yield begin('postgres')
  yield read('postgres', 'limit')
  if (memory.get('full') === 1) return 'soldOut at once'
  const left = yield add('redis', 'stock', -1)
  if (left <= 0) memory.set('full', 1)
  if (left < 0) return 'soldOut'
  yield add('postgres', 'orders', 1)
  return 'sold'
}

/** The price is of whoever came in between, kept in memory: the statement is the same, and only its value is not. */
export const pricedByFirst: ToyProgram = function* (memory) {
  yield begin('postgres')
  memory.set('price', 1 + (memory.get('price') ?? 0))
  yield begin('redis')
  yield add('postgres', 'paid', memory.get('price') === 2 ? 5 : 1)
  return 'sold'
}

export function pricesAreOne({ stores }: ToyEnd): string[] {
  return stores.postgres.get('paid') === 10 ? ['price'] : []
}

/** Sells in one store and hands the order to a loop that writes it to the other one. */
export const sellAndQueue: ToyProgram = function* () {
  const left = yield add('redis', 'stock', -1)
  if (left < 0) return 'soldOut'
  yield add('redis', 'queue', 1)
  return 'sold'
}

/** Takes as many as it saw, one write later: what comes between is lost. */
export const drainCarelessly: ToyProgram = function* () {
  for (;;) {
    const waiting = yield { ...read('redis', 'queue'), looks: true }
    if (waiting === 0) continue
    yield add('postgres', 'orders', waiting)
    yield write('redis', 'queue', 0)
  }
}

export const drainCarefully: ToyProgram = function* () {
  for (;;) {
    const waiting = yield { ...read('redis', 'queue'), looks: true }
    if (waiting === 0) continue
    yield add('postgres', 'orders', waiting)
    yield add('redis', 'queue', -waiting)
  }
}

export const times = (count: number, program: ToyProgram): ToyProgram[] => Array.from({ length: count }, () => program)

export function shop(buyers: readonly ToyProgram[], stock: number, changed: Partial<ToyWorld> = {}): ToyWorld {
  return {
    buyers,
    stock: { postgres: { stock }, redis: { stock } },
    judge: (end) => (soldIn(end) > stock ? ['oversold'] : []),
    ...changed,
  }
}

/** Each unit that was sold must be an order. */
export function ordersAreKept(end: ToyEnd): string[] {
  return soldIn(end) === (end.stores.postgres.get('orders') ?? 0) ? [] : ['acknowledged-kept']
}

function soldIn({ answers }: ToyEnd): number {
  return [...answers.values()].filter((answer) => answer === 'sold').length
}
