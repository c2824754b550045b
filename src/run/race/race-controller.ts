/**
 * Lets one thing go at a time, waits until all is still, and says of what newly stands before a gate whose doing it is: it was
 * caused by what was let go. So calls belong to buyers, or to work in the background, without any help from the server.
 *
 * Still is when the server has nothing to do, and each call that was let through has come back or is known to wait in its store
 * for another one. Several replies that came back at once (a commit lets all go on who waited for its lock) are handed on one
 * after the other, with a stillness between, so that what follows from each can be told apart.
 */
import { setImmediate as endOfTurn, setTimeout as delay } from 'node:timers/promises'
import type { StoreName } from '../../core/catalogue.ts'
import { HarnessError } from '../../core/errors.ts'
import { BACKGROUND } from '../../race/choice.ts'
import type { StoreCall, StoreReply } from '../../race/store-call.ts'
import type { GatedStores, HeldCall } from './gated-stores.ts'

const STILL_WITHIN_MS = 15_000
/** One takes connections, one reads what came by them; whoever hears of an answer may do so some turns later. */
const TURNS_TO_READ = 6
/** With a server that can't be asked whether it is idle yet. */
const QUIET_MS = 3
/** Until work that only time brings about is looked for again, ms. */
const LOOK_AGAIN_MS = 2

/** Opening, settling, closing: no part of an order. */
const HARNESS = 'harness'

/** A call that stands before a gate, and whose it is. */
export interface NamedCall {
  readonly call: StoreCall
  readonly actor: string
  /** `<actor> #<n>`: the n-th call of the actor in this order. */
  readonly event: string
}

/** What came of letting a call go. */
export interface LetGo {
  /** null: it waits in its store. */
  readonly reply: StoreReply | null
  /** Calls of others that had waited, and came back. */
  readonly released: readonly { readonly named: NamedCall; readonly reply: StoreReply }[]
}

/** Who is inside the server, as the order that is on knows. */
export interface Crowd {
  /** Buyers who came and were not answered, in the order in which they came. */
  inside(): readonly string[]
  /** By what a call shows whose it is: a text that only calls of this actor hold; the actors it may be of. */
  markedBy(call: StoreCall): readonly string[]
}

const NOBODY: Crowd = { inside: () => [], markedBy: () => [] }

export class RaceController {
  readonly #stores: GatedStores
  #isIdle: (() => Promise<boolean>) | null = null
  #crowd: Crowd = NOBODY
  readonly #named = new Map<StoreCall, NamedCall>()
  readonly #counts = new Map<string, number>()
  readonly #sent = new Set<StoreName>()
  readonly #shared = new Set<StoreName>()
  /** Of each actor: calls that found nothing, or only looked, since something was changed that they might find. */
  readonly #fruitless = new Map<string, Map<string, StoreCall>>()
  /** Connections on which something was changed since the last end of a transaction. */
  readonly #changing = new Set<number>()
  readonly #signal: AbortSignal

  constructor(stores: GatedStores, signal: AbortSignal) {
    this.#stores = stores
    this.#signal = signal
  }

  /** From now on stillness is asked of the server. */
  attend(isIdle: () => Promise<boolean>): void {
    this.#isIdle = isIdle
  }

  /** A new order: counts from the beginning. What stands before the gates then is the background's. */
  begin(crowd: Crowd): void {
    this.#crowd = crowd
    this.#counts.clear()
    this.#fruitless.clear()
    this.#shared.clear()
    const standing = [...this.#named.values()]
    this.#named.clear()
    for (const { call } of standing) this.#name(call, BACKGROUND)
    this.#sent.clear()
  }

  /** The order is over; whatever comes is nobody's. */
  end(): void {
    this.#crowd = NOBODY
  }

  /** The server is gone, with all that it had sent. */
  forgetAll(): void {
    this.#stores.cutAll()
    this.#named.clear()
    this.#fruitless.clear()
    this.#isIdle = null
  }

  /** What can be let go now, by actor and number: not what looks again for what it has just not found. */
  offered(): readonly NamedCall[] {
    return this.#standing().filter(({ actor, call }) => !this.#isFruitless(actor, call))
  }

  /** Stores at whose gates calls came to stand since this was asked last. */
  takeSent(): readonly StoreName[] {
    const sent = [...this.#sent]
    this.#sent.clear()
    return sent
  }

  /** Stores of which calls of different actors stood on one connection at once, in this order. */
  get sharedConnections(): readonly StoreName[] {
    return [...this.#shared]
  }

  /** Whether the buyer has a call under way, or before a gate. */
  isSeen(actor: string): boolean {
    return [...this.#named.values()].some((named) => named.actor === actor)
  }

  /** After something was sent to the server: what it did is the doing of `cause`. */
  async settleDown(cause: string): Promise<void> {
    await this.#still()
    this.#attribute(cause)
    await this.#handOnAll()
  }

  /** After something was sent to the server, of which replies stay where they are. */
  async settleOnly(cause: string): Promise<void> {
    await this.#still()
    this.#attribute(cause)
  }

  /** Whose reply is here, and can be handed on. */
  get kept(): readonly NamedCall[] {
    return this.#stores.held
      .filter((held) => this.#stores.canBeHandedOn(held))
      .flatMap(({ call }) => this.#named.get(call) ?? [])
      .toSorted(byActor)
  }

  /** Hands a reply that is here on to the server, and nothing else. Returns it. */
  async handOn(named: NamedCall): Promise<StoreReply> {
    const { reply } = this.#stores.held.find(({ call }) => call === named.call)!
    this.#named.delete(named.call)
    this.#stores.handOn(named.call)
    await this.settleOnly(named.actor)
    return reply!
  }

  /** Lets a call go through and its reply to the server, and waits until all is still. */
  async letGo(named: NamedCall): Promise<LetGo> {
    await this.#throughTheStore(named.call)
    const back = await this.#handOnAll()
    const own = back.find((one) => one.named === named) ?? null
    if (own === null) this.#wasDone(named, null)
    for (const one of back) this.#wasDone(one.named, one.reply)
    return { reply: own?.reply ?? null, released: back.filter((one) => one.named !== named) }
  }

  /** Lets a call through, and keeps its reply. Returns the reply; null: it waits. */
  async letThroughOnly(named: NamedCall): Promise<StoreReply | null> {
    await this.#throughTheStore(named.call)
    const reply = this.#stores.held.find(({ call }) => call === named.call)?.reply ?? null
    this.#wasDone(named, reply)
    return reply
  }

  /** Breaks the connection of a call whose reply is kept. */
  async cut({ call, actor }: NamedCall): Promise<void> {
    this.#stores.cut(call)
    this.#named.delete(call)
    await this.settleDown(actor)
  }

  /** Lets everything go in the order in which it comes, until the work is done. */
  async letAllUntil<Result>(work: Promise<Result>, cause: string = HARNESS): Promise<Result> {
    const state = { isDone: false }
    const done = work.finally(() => {
      state.isDone = true
    })
    done.catch(() => {})
    await this.settleDown(cause)
    while (!state.isDone) {
      this.#signal.throwIfAborted()
      const next = this.offered()[0] ?? (await this.#afterAWhile(() => state.isDone))
      if (next === undefined) await this.settleDown(cause)
      else await this.letGo(next)
    }
    await this.settleDown(cause)
    return await done
  }

  /** Lets the background go until it looks only for what isn't there; at most so many calls. */
  async letBackgroundRest(most: number): Promise<void> {
    for (let calls = 0; calls < most; calls++) {
      const [next] = this.offered()
      if (next === undefined) return
      await this.letGo(next)
    }
  }

  /** Calls that stand before a gate, whether they are offered or not. */
  get standing(): ReadonlySet<StoreCall> {
    return new Set(this.#standing().map(({ call }) => call))
  }

  /** Whether some call was let through and has not come back: it waits in its store. */
  get areWaiting(): boolean {
    return this.#stores.held.some(({ stage }) => stage === 'in-store')
  }

  /** Nothing is offered, and somebody waits: for time to pass, or for a look at what was not there. Returns what to let go. */
  async #afterAWhile(isDone: () => boolean): Promise<NamedCall | undefined> {
    await delay(LOOK_AGAIN_MS)
    await this.#still()
    this.#attribute(BACKGROUND)
    await this.#handOnAll()
    // The one that has stood there longest: of several that look for what is not there, each has its turn.
    const longest = this.#standing().toSorted((a, b) => a.call.id - b.call.id)[0]
    return isDone() ? undefined : (this.offered()[0] ?? longest)
  }

  /** Likewise, from outside: null after the deadline. */
  async waitForNews(deadlineMs: number, isOver: () => boolean): Promise<NamedCall | null> {
    const until = performance.now() + deadlineMs
    while (performance.now() < until && !isOver()) {
      this.#signal.throwIfAborted()
      const next = await this.#afterAWhile(isOver)
      if (next !== undefined) return next
    }
    return null
  }

  #standing(): readonly NamedCall[] {
    return this.#stores.held
      .filter((held) => this.#stores.canBeLetThrough(held))
      .flatMap(({ call }) => this.#named.get(call) ?? [])
      .toSorted(byActor)
  }

  /** Replies that are here, one after the other. */
  async #handOnAll(): Promise<{ readonly named: NamedCall; readonly reply: StoreReply }[]> {
    const back: { readonly named: NamedCall; readonly reply: StoreReply }[] = []
    for (let kept = this.#firstKept(); kept !== undefined; kept = this.#firstKept()) {
      const named = this.#named.get(kept.call)!
      back.push({ named, reply: await this.handOn(named) })
    }
    return back
  }

  #firstKept(): HeldCall | undefined {
    return this.#stores.held.find((held) => this.#named.has(held.call) && this.#stores.canBeHandedOn(held))
  }

  /** Until it has come back or waits, and so have those that it let go on. The server has heard nothing meanwhile. */
  async #throughTheStore(call: StoreCall): Promise<void> {
    const until = performance.now() + STILL_WITHIN_MS
    this.#stores.letThrough(call)
    do {
      await endOfTurn()
      if (performance.now() > until) return await this.#still()
    } while (!(await this.#stores.areThrough()))
  }

  async #still(): Promise<void> {
    const until = performance.now() + STILL_WITHIN_MS
    for (;;) {
      const { news } = this.#stores
      if (this.#isIdle === null) await delay(QUIET_MS)
      const areThrough = await this.#stores.areThrough()
      // Asked last: what a gate passes on by itself, a connection that is made, must not come behind the look at the server.
      const isIdle = this.#isIdle === null || (await this.#isIdle())
      // What it wrote before is read in these.
      for (let turns = 0; turns < TURNS_TO_READ; turns++) await endOfTurn()
      if (areThrough && isIdle && !this.#stores.areBusy && this.#stores.news === news) return
      if (performance.now() > until) {
        throw new HarnessError('TARGET_TIMEOUT', {
          message: `the server did not come to rest within ${STILL_WITHIN_MS / 1000} s: a race can't tell what its calls follow from`,
          hint: 'A loop without a pause? A call that a store takes long for? docs/race.md says what a race needs.',
        })
      }
    }
  }

  /** Names what newly stands before a gate. */
  #attribute(cause: string): void {
    const inside = this.#crowd.inside()
    const unseen = inside.filter((buyer) => !this.isSeen(buyer))
    const causeIsInside = inside.includes(cause)
    const fresh = this.#stores.held.filter(({ call }) => !this.#named.has(call) && !call.isSetUp)
    for (const { call } of fresh.toSorted(byWhatTheyAre)) {
      const marked = this.#crowd.markedBy(call).filter((buyer) => inside.includes(buyer))
      // Somebody who waited within the server goes on when another has been answered.
      const woken = isBuyer(cause) ? unseen[0] : undefined
      const actor = marked.length === 1 ? marked[0]! : causeIsInside ? cause : (woken ?? after(cause))
      if (unseen.includes(actor)) unseen.splice(unseen.indexOf(actor), 1)
      this.#name(call, actor)
    }
  }

  #name(call: StoreCall, actor: string): void {
    const count = (this.#counts.get(actor) ?? 0) + 1
    this.#counts.set(actor, count)
    for (const other of this.#named.values()) {
      if (other.call.connection === call.connection && other.actor !== actor) this.#shared.add(call.store)
    }
    this.#named.set(call, { call, actor, event: `${actor} #${count}` })
    this.#sent.add(call.store)
  }

  #isFruitless(actor: string, call: StoreCall): boolean {
    return this.#fruitless.get(actor)?.has(printOf(call)) ?? false
  }

  /** Remembers that it found nothing; or lets all look again, where it may have changed what they find. */
  #wasDone({ actor, call }: NamedCall, reply: StoreReply | null): void {
    const { store, access, connection } = call
    if (access === 'nothing') return
    const endsTransaction = reply !== null && /^(COMMIT|ROLLBACK)$/.test(reply.text)
    const isFruitless = reply !== null && (access === 'read' || foundNothing(reply))
    if (isFruitless) {
      const looks = this.#fruitless.get(actor) ?? new Map<string, StoreCall>()
      this.#fruitless.set(actor, looks.set(printOf(call), call))
    } else if (!endsTransaction || this.#changing.has(connection)) {
      // A transaction that found nothing ends without a change: a loop that looks for work in one would never rest.
      for (const looks of this.#fruitless.values()) {
        for (const [print, look] of looks) if (look.store === store) looks.delete(print)
      }
      this.#changing.add(connection)
    }
    if (endsTransaction) this.#changing.delete(connection)
  }
}

/** What goes on after a buyer was answered is no longer the buyer's. */
function after(cause: string): string {
  return isBuyer(cause) ? `after ${cause}` : cause
}

function isBuyer(actor: string): boolean {
  return actor !== HARNESS && actor !== BACKGROUND && !actor.startsWith('after ')
}

function printOf({ store, text, values }: StoreCall): string {
  return JSON.stringify([store, text, values])
}

/** Of lists only the empty ones, and of cursors the last. */
const NOTHING = /^(?:[\s,[\]]|nil|no row|0-0|0|(?:UPDATE|DELETE|SELECT|INSERT 0) 0)*$/

/** Nothing there, nothing taken, nothing changed. */
function foundNothing({ text, isError }: StoreReply): boolean {
  return isError || NOTHING.test(text)
}

/** The same in every execution, whatever came first by chance. */
function byWhatTheyAre({ call: a }: HeldCall, { call: b }: HeldCall): number {
  if (a.connection === b.connection) return a.id - b.id
  return compare(a.store, b.store) || compare(a.statement, b.statement) || compare(a.text, b.text) || a.id - b.id
}

function byActor(a: NamedCall, b: NamedCall): number {
  return rankOf(a.actor) - rankOf(b.actor) || compare(a.actor, b.actor) || numberOf(a.event) - numberOf(b.event)
}

function rankOf(actor: string): number {
  return actor === BACKGROUND ? 2 : actor.startsWith('after ') ? 1 : 0
}

function numberOf(event: string): number {
  return Number(event.slice(event.lastIndexOf('#') + 1))
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
