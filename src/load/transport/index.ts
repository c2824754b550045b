/** The transports: which one carries the requests to a URL. */
import { createSocketTransport } from './sockets.ts'
import { createUndiciTransport } from './undici.ts'
import type { Transport, TransportOptions } from './transport.ts'

const TRANSPORTS = { sockets: createSocketTransport, undici: createUndiciTransport } as const

export type TransportName = keyof typeof TRANSPORTS

/** Sockets for plain HTTP, undici for everything else. */
export function transportFor(origin: URL): TransportName {
  return origin.protocol === 'http:' ? 'sockets' : 'undici'
}

export function createTransport(name: TransportName, options: TransportOptions): Transport {
  return TRANSPORTS[name](options)
}
