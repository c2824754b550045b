/** Stands at a gate for a test: takes calls as they come, and lets them through one by one, or all of them. */
import type { StoreCall, StoreGate, StoreGateEvents, StoreReply } from '../../store-call.ts'
import type { GateOptions } from '../open-gate.ts'
import { Changes } from './changes.ts'

export class Gatekeeper implements StoreGateEvents, AsyncDisposable {
  /** Connections of which it was told that they are closed. */
  readonly closed: number[] = []
  /** Whether calls pass without being asked for, those of a connection one after another. */
  letsAll = false
  readonly #changes = new Changes()
  readonly #standing: StoreCall[] = []
  readonly #passing = new Map<number, Promise<void>>()
  #gate: StoreGate | null = null

  static async before(
    openGate: (options: GateOptions) => Promise<StoreGate>,
    upstream: GateOptions['upstream'],
  ): Promise<Gatekeeper> {
    const keeper = new Gatekeeper()
    let last = 0
    keeper.#gate = await openGate({ upstream, events: keeper, nextId: () => ++last })
    return keeper
  }

  get gate(): StoreGate {
    if (this.#gate === null) throw new Error('the gate is not open yet')
    return this.#gate
  }

  onCall(call: StoreCall): void {
    if (this.letsAll) this.#pass(call)
    else this.#standing.push(call)
    this.#changes.notify()
  }

  onClosed(connection: number): void {
    this.closed.push(connection)
    this.#changes.notify()
  }

  /** The next that came, in that order, and stands there since. */
  async next(): Promise<StoreCall> {
    return await this.#changes.until('a call', () => this.#standing.shift() ?? null)
  }

  /** So many calls have come that nobody asked for. */
  get untaken(): number {
    return this.#standing.length
  }

  async letThrough(call: StoreCall): Promise<StoreReply> {
    const reply = await this.gate.execute(call)
    this.gate.deliver(call)
    return reply
  }

  /** The next one, all the way. */
  async letNext(): Promise<{ readonly call: StoreCall; readonly reply: StoreReply }> {
    const call = await this.next()
    return { call, reply: await this.letThrough(call) }
  }

  /** What `work` sends passes unasked. */
  async unheld<T>(work: () => Promise<T>): Promise<T> {
    this.letsAll = true
    try {
      return await work()
    } finally {
      this.letsAll = false
    }
  }

  async closing(connection: number): Promise<void> {
    await this.#changes.until(`the end of connection ${connection}`, () => this.closed.includes(connection) || null)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#gate?.[Symbol.asyncDispose]()
  }

  /** A connection that closes takes its calls along. */
  #pass(call: StoreCall): void {
    const earlier = this.#passing.get(call.connection) ?? Promise.resolve()
    const passed = earlier
      .then(() => this.letThrough(call))
      .then(
        () => {},
        () => {},
      )
    this.#passing.set(call.connection, passed)
  }
}
