/**
 * A shop of a few lines in place of a server with stores: programs of buyers and of background work, two stores that are maps,
 * locks in them, and a memory that nobody sees. Runs one order at a time, as the gates would, and is the same every time
 * unless a program is not.
 */
import type { StoreName } from '../../../core/catalogue.ts'
import type { Choice, Executed, ExecutedStep, Execute } from '../../choice.ts'

export interface ToyCall {
  readonly store: StoreName
  readonly access: Choice['access']
  readonly statement: string
  /** Its values; absent: it has none. */
  readonly words?: readonly string[]
  /** What comes back. */
  run(values: Map<string, number>): number
  /** Waits until nobody else holds it; its holder is the actor, who may take it once more. */
  readonly takes?: string
  readonly frees?: string
  /** Looks for work: not offered again where it found the same, until somebody else has done something. */
  readonly looks?: boolean
}

interface ToyWait {
  /** It goes on within the server as soon as this holds. */
  readonly until: () => boolean
}

/** Yields calls and gets what came back; returns what the buyer is told. */
export type ToyProgram = (memory: Map<string, number>) => Generator<ToyCall | ToyWait, string, number>

export interface ToyEnd {
  /** By actor. */
  readonly answers: ReadonlyMap<string, string>
  readonly stores: Readonly<Record<StoreName, ReadonlyMap<string, number>>>
  /** Pairs of actors: the first was answered before the second came. */
  readonly precedences: readonly (readonly [string, string])[]
}

export interface ToyWorld {
  readonly buyers: readonly ToyProgram[]
  /** There from the beginning, and without an end. */
  readonly background?: ToyProgram
  readonly stock?: Readonly<Partial<Record<StoreName, Readonly<Record<string, number>>>>>
  /** Stores that all actors talk to by one connection. */
  readonly shared?: readonly StoreName[]
  /** Whether the coming of a buyer and each reply are events of their own. */
  readonly splits?: boolean
  /** Names of checks that fail; without it nothing is wrong. */
  judge?(end: ToyEnd): string[]
}

export const read = (store: StoreName, name: string): ToyCall => ({
  store,
  access: 'read',
  statement: `GET ${name}`,
  run: (values) => values.get(name) ?? 0,
})

export const write = (store: StoreName, name: string, value: number): ToyCall => ({
  store,
  access: 'write',
  statement: `SET ${name}`,
  words: [String(value)],
  run: (values) => values.set(name, value).get(name)!,
})

export const add = (store: StoreName, name: string, amount: number): ToyCall => ({
  store,
  access: 'write',
  statement: `ADD ${name}`,
  words: [String(amount)],
  run: (values) => values.set(name, (values.get(name) ?? 0) + amount).get(name)!,
})

export const begin = (store: StoreName): ToyCall => ({ store, access: 'nothing', statement: 'BEGIN', run: () => 0 })

export const lock = (store: StoreName, name: string): ToyCall => ({
  store,
  access: 'write',
  statement: `LOCK ${name}`,
  run: () => 0,
  takes: name,
})

export const unlock = (store: StoreName, name: string): ToyCall => ({
  store,
  access: 'write',
  statement: `UNLOCK ${name}`,
  run: () => 0,
  frees: name,
})

/** Each call is one that others can tell, and none depends on what came back. */
export const calls = (count: number, store: StoreName = 'postgres'): ToyProgram =>
  function* () {
    for (let left = count; left > 0; left--) yield add(store, 'count', 1)
    return 'done'
  }

export function toyExecute(world: ToyWorld): Execute {
  return async (choose) => {
    const run = new ToyRun(world)
    let before: ExecutedStep | null = null
    for (let enabled = run.enabled(); enabled.length > 0; enabled = run.enabled()) {
      const event = choose(enabled, before)
      if (event === null) return run.executed(null)
      before = run.take(event, enabled)
    }
    return run.executed(world.judge?.(run.end()) ?? [])
  }
}

/** A loop that never comes to rest is a mistake of the test. */
const MOST_STEPS = 200

interface Actor {
  readonly name: string
  readonly program: ToyProgram
  going: ReturnType<ToyProgram> | null
  /** Events so far. */
  events: number
  /** Stands at the gate. */
  call: ToyCall | null
  /** What came back, where that is handed on by an event of its own. */
  kept: { readonly call: ToyCall; readonly result: number } | null
  /** Was let through, and waits for a lock. */
  waitsFor: ToyCall | null
  waitsInside: ToyWait | null
  answer: string | null
  /** What the last look found, while nobody else has done anything since. */
  found: number | null
  cameAt: number
  answeredAt: number
}

class ToyRun {
  readonly #world: ToyWorld
  readonly #actors: Actor[]
  readonly #steps: ExecutedStep[] = []
  readonly #stores = { postgres: new Map<string, number>(), redis: new Map<string, number>() }
  readonly #memory = new Map<string, number>()
  readonly #holders = new Map<string, Actor>()
  /** Who waits for a lock, in the order in which they came. */
  readonly #waiting: Actor[] = []
  /** By store, calls in the order in which they were sent, where they go by one connection. */
  readonly #lines = new Map<StoreName, Actor[]>()
  readonly #sharedSeen = new Set<StoreName>()
  #waitedInside = false
  #sent: StoreName[] = []
  #answers: string[] = []

  constructor(world: ToyWorld) {
    this.#world = world
    this.#actors = world.buyers.map((program, index) => actorOf(`buyer ${index + 1}`, program))
    for (const store of world.shared ?? []) this.#lines.set(store, [])
    for (const store of ['postgres', 'redis'] as const) {
      for (const [name, value] of Object.entries(world.stock?.[store] ?? {})) this.#stores[store].set(name, value)
    }
    if (world.background !== undefined) {
      const background = actorOf('background', world.background)
      this.#actors.push(background)
      this.#come(background)
    }
  }

  enabled(): Choice[] {
    return this.#actors.flatMap((actor): Choice[] => {
      const { name, events, going, call, kept } = actor
      const inServer = { actor: name, store: 'server', access: 'write', words: [] } as const
      if (going === null) {
        if (this.#splits) return [{ ...inServer, event: `${name} #0`, statement: 'comes', comes: true }]
        return [{ ...inServer, event: `${name} #1`, store: null, statement: '', comes: true }]
      }
      if (kept !== null) {
        return [{ ...inServer, event: `${name} #${events} reply`, statement: `reply to ${kept.call.statement}` }]
      }
      if (call === null || !this.#isFirst(actor, call) || this.#looksInVain(actor, call)) return []
      return [{ event: `${name} #${events + 1}`, actor: name, ...shown(call) }]
    })
  }

  take(event: string, enabled: readonly Choice[]): ExecutedStep {
    if (this.#steps.length === MOST_STEPS) throw new Error('this world does not come to an end')
    const actor = this.#actors.find(({ name }) => event.startsWith(`${name} #`))!
    const choice = enabled.find((one) => one.event === event)!
    this.#sent = []
    this.#answers = []
    for (const other of this.#actors) if (other !== actor) other.found = null
    const step = { enabled, chosen: this.#make(actor, choice), answers: this.#answers, sent: this.#sent }
    this.#steps.push(step)
    return step
  }

  /** Returns what it turned out to be. */
  #make(actor: Actor, choice: Choice): Choice {
    const { kept } = actor
    if (kept !== null) {
      actor.kept = null
      this.#goOn(actor, kept.result)
      return choice
    }
    const isComing = actor.going === null
    if (isComing) this.#come(actor)
    if (isComing && this.#splits) return choice
    const { call } = actor
    actor.events++
    if (call === null || !this.#isFirst(actor, call)) return choice
    this.#letThrough(actor, call)
    return { ...choice, ...shown(call) }
  }

  get #splits(): boolean {
    return this.#world.splits === true
  }

  executed(failed: readonly string[] | null): Executed {
    return {
      steps: this.#steps,
      failed,
      end: failed === null ? '' : this.#wordsOfEnd(),
      waitedInside: this.#waitedInside,
      noAnswer: null,
      sells: true,
      sharedConnections: [...this.#sharedSeen],
    }
  }

  end(): ToyEnd {
    const buyers = this.#actors.slice(0, this.#world.buyers.length)
    return {
      answers: new Map(buyers.map(({ name, answer }) => [name, answer ?? 'nothing'])),
      stores: this.#stores,
      precedences: buyers.flatMap((one) =>
        buyers.filter((other) => one.answeredAt < other.cameAt).map((other) => [one.name, other.name] as const),
      ),
    }
  }

  #wordsOfEnd(): string {
    const { answers, stores } = this.end()
    const inOrder = (values: ReadonlyMap<string, unknown>): string =>
      [...values]
        .map(([name, value]) => `${name}: ${String(value)}`)
        .sort()
        .join(', ')
    return [answers, stores.postgres, stores.redis].map(inOrder).join('; ')
  }

  #isFirst(actor: Actor, { store }: ToyCall): boolean {
    return (this.#lines.get(store)?.[0] ?? actor) === actor
  }

  /** Where others stand behind it, it has to look again for them to go on. */
  #looksInVain({ found }: Actor, { looks, store }: ToyCall): boolean {
    return looks === true && found !== null && (this.#lines.get(store)?.length ?? 1) === 1
  }

  #come(actor: Actor): void {
    actor.cameAt = this.#steps.length
    actor.going = actor.program(this.#memory)
    this.#goOn(actor, 0)
  }

  #letThrough(actor: Actor, call: ToyCall): void {
    actor.call = null
    this.#lines.get(call.store)?.shift()
    const holder = call.takes === undefined ? undefined : this.#holders.get(call.takes)
    if (holder !== undefined && holder !== actor) {
      actor.waitsFor = call
      this.#waiting.push(actor)
    } else {
      this.#run(actor, call)
    }
  }

  /** Hands what came back to the server, and a lock that was freed to whoever waits for it. */
  #run(actor: Actor, call: ToyCall): void {
    if (call.takes !== undefined) this.#holders.set(call.takes, actor)
    const result = call.run(this.#stores[call.store])
    actor.found = call.looks === true ? result : null
    if (this.#splits) actor.kept = { call, result }
    else this.#goOn(actor, result)
    if (call.frees === undefined || this.#holders.get(call.frees) !== actor) return
    this.#holders.delete(call.frees)
    const at = this.#waiting.findIndex(({ waitsFor }) => waitsFor?.takes === call.frees)
    const [next] = at < 0 ? [] : this.#waiting.splice(at, 1)
    const waited = next?.waitsFor
    if (next === undefined || waited === null || waited === undefined) return
    next.waitsFor = null
    this.#run(next, waited)
  }

  /** The server runs until the actor's next call, wait or answer. */
  #goOn(actor: Actor, value: number): void {
    const { done, value: next } = actor.going!.next(value)
    if (done === true) this.#answer(actor, next)
    else if ('until' in next) actor.waitsInside = next
    else this.#send(actor, next)
    this.#wake()
    this.#waitedInside ||= actor.waitsInside !== null
  }

  #answer(actor: Actor, words: string): void {
    actor.answer = words
    actor.answeredAt = this.#steps.length
    this.#answers.push(`${actor.name}: ${words}`)
  }

  #send(actor: Actor, call: ToyCall): void {
    actor.call = call
    this.#sent.push(call.store)
    const line = this.#lines.get(call.store)
    if (line === undefined) return
    line.push(actor)
    if (line.length > 1) this.#sharedSeen.add(call.store)
  }

  #wake(): void {
    const awake = this.#actors.find(({ waitsInside }) => waitsInside?.until() === true)
    if (awake === undefined) return
    awake.waitsInside = null
    this.#goOn(awake, 0)
  }
}

function actorOf(name: string, program: ToyProgram): Actor {
  return {
    name,
    program,
    going: null,
    events: 0,
    call: null,
    kept: null,
    waitsFor: null,
    waitsInside: null,
    answer: null,
    found: null,
    cameAt: Number.POSITIVE_INFINITY,
    answeredAt: Number.POSITIVE_INFINITY,
  }
}

function shown({ store, access, statement, words = [] }: ToyCall): Omit<Choice, 'event' | 'actor'> {
  return { store, access, statement, words }
}
