/**
 * The calls of a server to its stores, as they stand before the gates: in a line for each connection, of which only the first
 * can be let through. What belongs to the connection itself (its settings) passes by itself.
 */
import { HarnessError } from '../../core/errors.ts'
import type { StoreCall, StoreGate, StoreGateEvents, StoreReply } from '../../race/store-call.ts'
import type { StoreWaits } from './store-waits.ts'

export interface HeldCall {
  readonly call: StoreCall
  /** `standing`: before the gate; `in-store`: let through; `kept`: its reply is here, and the server hasn't got it. */
  readonly stage: 'standing' | 'in-store' | 'kept'
  /** Of a kept one. */
  readonly reply: StoreReply | null
}

interface Held extends HeldCall {
  readonly behind: Behind
  stage: HeldCall['stage']
  reply: StoreReply | null
}

/** A gate, and who says which calls wait in the store behind it. */
interface Behind {
  readonly gate: StoreGate
  readonly waits: StoreWaits
}

export type OpenGate = (events: StoreGateEvents) => Promise<StoreGate>

export class GatedStores implements AsyncDisposable {
  readonly #held: Held[] = []
  readonly #gates: Behind[] = []
  /** Calls that pass by themselves and are under way. */
  #passing = 0
  #isDisposed = false
  #news = 0
  #ids = 0

  /** `waits` is disposed of with this. Rejects when this was disposed of meanwhile: nobody would close the gate. */
  async open(waits: StoreWaits, openGate: OpenGate): Promise<StoreGate> {
    const opened: Behind[] = []
    const gate = await openGate({
      onCall: (call) => this.#arrived(call, opened[0]!),
      onClosed: (connection) => this.#forget((held) => held.call.connection === connection),
    })
    opened.push({ gate, waits })
    this.#gates.push(...opened)
    if (this.#isDisposed) {
      await this[Symbol.asyncDispose]()
      throw new HarnessError('INTERRUPTED', { message: 'the race ended while its gates were opened' })
    }
    return gate
  }

  /** Ids of calls and connections, over all gates. */
  readonly nextId = (): number => ++this.#ids

  /** Rises with everything that happens at a gate: as long as it stands, none of them has woken the server. */
  get news(): number {
    return this.#gates.reduce((sum, { gate }) => sum + gate.traffic, this.#news)
  }

  /** In the order in which they came. */
  get held(): readonly HeldCall[] {
    return this.#held
  }

  /** Whether it has not been let through, and all that was sent before it on its connection has come back. */
  canBeLetThrough({ call, stage }: HeldCall): boolean {
    const first = this.#held.find(
      ({ call: { connection }, stage: of }) => connection === call.connection && of !== 'kept',
    )
    return stage === 'standing' && first?.call === call
  }

  /** Whether its reply is here, and those of all that was sent before it on its connection were handed on. */
  canBeHandedOn({ call, stage }: HeldCall): boolean {
    return stage === 'kept' && this.#held.find((other) => other.call.connection === call.connection)?.call === call
  }

  /** Its reply will be kept. */
  letThrough(call: StoreCall): void {
    const held = this.#find(call)
    held.stage = 'in-store'
    this.#news += 1
    held.behind.gate.execute(call).then(
      (reply) => {
        held.reply = reply
        held.stage = 'kept'
        this.#news += 1
      },
      // The connection is gone, and the call with it.
      () => this.#forget((other) => other === held),
    )
  }

  /** Gives the server the reply of a kept call. */
  handOn(call: StoreCall): void {
    const held = this.#find(call)
    this.#forget((other) => other === held)
    held.behind.gate.deliver(call)
    this.#passSetUp()
  }

  /** The reply of a kept call never comes: its connection breaks. */
  cut(call: StoreCall): void {
    const held = this.#find(call)
    held.behind.gate.cut(call)
    this.#forget((other) => other.call.connection === call.connection)
  }

  /** The server is gone. */
  cutAll(): void {
    for (const { gate } of this.#gates) gate.cutAll()
    this.#forget(() => true)
  }

  /** Whether the gates pass something on by themselves, like a connection that is being made. */
  get areBusy(): boolean {
    return this.#passing > 0 || this.#gates.some(({ gate }) => gate.isBusy)
  }

  /** Whether every call that was let through has come back, or is known to wait in its store for another. */
  async areThrough(): Promise<boolean> {
    if (this.areBusy) return false
    for (const { gate, waits } of this.#gates) {
      const inStore = this.#held.filter(({ behind, stage }) => behind.gate === gate && stage === 'in-store')
      const backends = inStore.flatMap(({ call }) => gate.backendOf(call.connection) ?? [])
      if (inStore.length > 0 && !(await waits.allWait(backends))) return false
    }
    return true
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isDisposed = true
    for (const { gate, waits } of this.#gates) {
      await gate[Symbol.asyncDispose]()
      await waits[Symbol.asyncDispose]()
    }
  }

  #arrived(call: StoreCall, behind: Behind): void {
    this.#news += 1
    this.#held.push({ call, behind, stage: 'standing', reply: null })
    this.#passSetUp()
  }

  #passSetUp(): void {
    for (const held of this.#held) if (held.call.isSetUp && this.canBeLetThrough(held)) this.#pass(held)
  }

  #pass(held: Held): void {
    held.stage = 'in-store'
    this.#passing += 1
    held.behind.gate
      .execute(held.call)
      .then(
        () => {
          if (this.#held.includes(held)) this.handOn(held.call)
        },
        () => this.#forget((other) => other === held),
      )
      .finally(() => {
        this.#passing -= 1
      })
  }

  #forget(isGone: (held: Held) => boolean): void {
    this.#news += 1
    const left = this.#held.filter((held) => !isGone(held))
    this.#held.splice(0, this.#held.length, ...left)
  }

  #find(call: StoreCall): Held {
    const held = this.#held.find((one) => one.call === call)
    if (held === undefined) throw new Error(`no call ${call.id} stands before a gate`)
    return held
  }
}
