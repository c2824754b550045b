/** A store behind a gate whose replies come when a test says so, for tests of what stands before it. */
import type { StoreCall, StoreGate, StoreGateEvents, StoreReply } from '../../../race/store-call.ts'
import type { GatedStores } from '../gated-stores.ts'

export interface ScriptedStore {
  /** The server sends a call. */
  send(call: Partial<StoreCall> & Pick<StoreCall, 'text'>): StoreCall
  /** The store answers a call that was let through. */
  reply(call: StoreCall, text?: string): void
  /** Texts of the calls that were let through, and of those whose replies the server got, in order. */
  readonly executed: string[]
  readonly delivered: string[]
  /** Calls that the store lets wait. */
  readonly waiting: Set<StoreCall>
  /** Called with each call whose reply the server gets: what it does next. */
  onDelivered: (call: StoreCall) => void
}

/** Calls are answered at once with "1 row: <text>", but for those in `waiting`. */
export async function scriptedStore(stores: GatedStores): Promise<ScriptedStore> {
  const resolvers = new Map<StoreCall, (reply: StoreReply) => void>()
  let heard: StoreGateEvents | null = null
  const store: ScriptedStore = {
    executed: [],
    delivered: [],
    waiting: new Set(),
    onDelivered: () => {},
    send({ text, ...given }) {
      const id = stores.nextId()
      const traits = { statement: text, values: [], access: 'write', isSetUp: false, mayBlock: false } as const
      const call: StoreCall = { id, store: 'postgres', connection: id, text, ...traits, ...given }
      heard!.onCall(call)
      return call
    },
    reply(call, text = `1 row: ${call.text}`) {
      resolvers.get(call)!({ text, isError: false })
      resolvers.delete(call)
    },
  }
  const gate: StoreGate = {
    store: 'postgres',
    host: '127.0.0.1',
    port: 0,
    isBusy: false,
    traffic: 0,
    execute: (call) =>
      new Promise((resolve) => {
        store.executed.push(call.text)
        resolvers.set(call, resolve)
        if (!store.waiting.has(call)) store.reply(call)
      }),
    deliver(call) {
      store.delivered.push(call.text)
      store.onDelivered(call)
    },
    cut: () => {},
    cutAll: () => {},
    backendOf: (connection) => connection,
    [Symbol.asyncDispose]: async () => {},
  }
  const waits = {
    allWait: async (backends: readonly number[]) =>
      backends.every((backend) => [...store.waiting].some(({ connection }) => connection === backend)),
    [Symbol.asyncDispose]: async () => {},
  }
  await stores.open(waits, async (events) => {
    heard = events
    return gate
  })
  return store
}
