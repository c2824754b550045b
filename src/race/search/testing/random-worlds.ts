/** Toy worlds by a seed: a few short programs over two variables of each store, with reads, writes, locks and a loop. */
import type { StoreName } from '../../../core/catalogue.ts'
import { createRandom, type Random } from '../../../core/random.ts'
import {
  add,
  begin,
  lock,
  read,
  type ToyCall,
  type ToyEnd,
  type ToyProgram,
  type ToyWorld,
  unlock,
  write,
} from './toy-world.ts'

/** One call, by what came back from the one before. */
type Instruction = (register: number) => ToyCall

const STORES: readonly StoreName[] = ['postgres', 'redis']

/** Of few calls where there are three buyers, or a loop that may look at any time: a few hundred orders are enough. */
const SIZES: readonly Size[] = [
  { buyers: 2, mostCalls: 4, locks: true, loops: false },
  { buyers: 3, mostCalls: 2, locks: true, loops: false },
  { buyers: 2, mostCalls: 2, locks: true, loops: true },
]

interface Size {
  readonly buyers: number
  readonly mostCalls: number
  /** Whether some programs hold a lock while they do it, which is two calls more. */
  readonly locks: boolean
  readonly loops: boolean
}

/** With an event for each coming and each reply there are soon thousands of orders. */
const SPLIT_SIZES: readonly Size[] = [
  { buyers: 2, mostCalls: 2, locks: false, loops: false },
  { buyers: 2, mostCalls: 1, locks: true, loops: false },
  { buyers: 3, mostCalls: 1, locks: false, loops: false },
]

/** One in which programs also know of each other by the memory of the server, and every event there stands by itself. */
export function randomSplitWorld(seed: number): ToyWorld {
  const world = worldBy(createRandom(seed), SPLIT_SIZES)
  return { ...world, buyers: world.buyers.map(remembering), splits: true }
}

/** Counts who comes and what comes back in the memory, and goes by what it finds there. */
function remembering(program: ToyProgram): ToyProgram {
  return function* (memory) {
    const note = (amount: number): number => memory.set('seen', (memory.get('seen') ?? 0) * 3 + amount).get('seen')!
    note(1)
    const going = program(memory)
    let next = going.next(0)
    while (next.done !== true) {
      const back = yield next.value
      next = going.next(note(back + 1) % 5)
    }
    return `${next.value} after ${memory.get('seen')}`
  }
}

export function randomWorld(seed: number): ToyWorld {
  return worldBy(createRandom(seed), SIZES)
}

function worldBy(random: Random, sizes: readonly Size[]): ToyWorld {
  const { buyers, mostCalls, locks, loops } = sizes[random.below(sizes.length)]!
  const salt = random.below(1_000)
  return {
    buyers: Array.from({ length: buyers }, () => randomProgram(random, mostCalls, locks)),
    ...(loops ? { background: randomLoop(random) } : {}),
    shared: STORES.filter(() => random.below(3) === 0),
    judge: (end) => judgeByChance(end, salt),
  }
}

function randomProgram(random: Random, mostCalls: number, mayLock: boolean): ToyProgram {
  const instructions = Array.from({ length: mostCalls - random.below(2) }, () => randomInstruction(random))
  const locks = random.below(4) === 0 && mayLock
  const skipsBy = random.below(4)
  return function* () {
    let register = 0
    if (locks) yield lock('postgres', 'row')
    for (const [index, instruction] of instructions.entries()) {
      // Whether a call is made at all may depend on what came back before.
      if (skipsBy === 1 && index > 0 && register % 2 === 1) continue
      register = yield instruction(register)
    }
    if (locks) yield unlock('postgres', 'row')
    return String(register)
  }
}

function randomInstruction(random: Random): Instruction {
  const store = STORES[random.below(2)]!
  const name = random.below(3) === 0 ? 'b' : 'a'
  const amount = 1 + random.below(2)
  switch (random.below(5)) {
    case 0:
      return () => begin(store)
    case 1:
    case 2:
      return () => read(store, name)
    case 3:
      return (register) => write(store, name, register + amount)
    default:
      return () => add(store, name, amount)
  }
}

/** Moves what it finds to the other store, once. */
function randomLoop(random: Random): ToyProgram {
  const [from, to] = random.below(2) === 0 ? (['postgres', 'redis'] as const) : (['redis', 'postgres'] as const)
  return function* () {
    let moved = 0
    for (;;) {
      const found = yield { ...read(from, 'a'), looks: true }
      if (found === moved) continue
      yield add(to, 'b', found - moved)
      moved = found
    }
  }
}

/** One check of what the end is, and one of who came after whose answer: any order that can be noticed may be wrong. */
function judgeByChance({ answers, stores, precedences }: ToyEnd, salt: number): string[] {
  const values = [...answers.values(), ...STORES.flatMap((store) => [...stores[store]].map(String).sort())]
  const late = precedences.map(([one, other]) => `${one} ${answers.get(one)} ${other} ${answers.get(other)}`)
  return [
    ...(hashOf(values.join(), salt) % 3 === 0 ? ['end'] : []),
    ...(late.some((words) => hashOf(words, salt) % 3 === 0) ? ['late'] : []),
  ]
}

function hashOf(words: string, salt: number): number {
  return Buffer.from(words).reduce((hash, byte) => (Math.imul(hash, 31) + byte) >>> 0, salt + 17)
}
