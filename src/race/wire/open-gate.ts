/**
 * A gate before a store, whatever its protocol: a port of the loopback at which a server finds the store, and whose calls
 * wait there until they are let through. It decides nothing itself: which call goes when is the caller's.
 */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import type { StoreName } from '../../core/catalogue.ts'
import type { StoreCall, StoreGate, StoreGateEvents } from '../store-call.ts'
import type { Framed } from './call-line.ts'
import { GatedConnection } from './gated-connection.ts'
import type { StartTalk } from './talk.ts'

/** Plain, without TLS. `path`: a Unix socket, on which the stores of a run listen that are the harness's own. */
type StoreAddress = { readonly host: string; readonly port: number } | { readonly path: string }

export interface GateOptions {
  readonly upstream: StoreAddress
  /**
   * `onClosed` also tells of a connection that the store closed, or that was closed since it sent what can't be
   * understood; it is not called for `cut`, `cutAll` and the gate's own end: whoever asks for those knows.
   */
  readonly events: StoreGateEvents
  /** The next of a rising row of numbers that all gates of a race share: for calls and for connections. */
  readonly nextId: () => number
}

/** Listens when it resolves. Rejects if no port can be had. */
export async function openGate<Message extends Framed>(
  store: StoreName,
  { upstream, events, nextId }: GateOptions,
  startTalk: StartTalk<Message>,
): Promise<StoreGate> {
  const connections = new Map<number, GatedConnection<Message>>()
  let traffic = 0
  const onTraffic = (): void => {
    traffic += 1
  }
  const server = createServer({ noDelay: true }, (near) => {
    const connection = nextId()
    onTraffic()
    const gated = new GatedConnection({
      near,
      far: connect({ ...upstream, noDelay: true }),
      startTalk,
      nameCall: (traits) => ({ id: nextId(), store, connection, ...traits }),
      onCall: (call) => events.onCall(call),
      onClosed: () => events.onClosed(connection),
      onTraffic,
    })
    connections.set(connection, gated)
    void gated.over.then(() => connections.delete(connection))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  return {
    store,
    host: '127.0.0.1',
    port,
    execute: async (call: StoreCall) => {
      const gated = connections.get(call.connection)
      if (gated === undefined) throw new Error(`the connection of call ${call.id} is closed`)
      return await gated.execute(call)
    },
    deliver: (call) => connections.get(call.connection)?.deliver(call),
    cut: (call) => connections.get(call.connection)?.cut(),
    backendOf: (connection) => connections.get(connection)?.backend ?? null,
    get isBusy() {
      return [...connections.values()].some((gated) => gated.isBusy)
    },
    get traffic() {
      return traffic
    },
    cutAll: () => {
      for (const gated of connections.values()) gated.cut()
    },
    async [Symbol.asyncDispose]() {
      if (!server.listening) return
      const isClosed = once(server, 'close')
      server.close()
      const left = [...connections.values()]
      for (const gated of left) gated.destroy()
      await Promise.all([isClosed, ...left.map(({ over }) => over)])
    },
  }
}
