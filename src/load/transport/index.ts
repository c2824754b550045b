/** The transports: which one carries the requests to a URL. */
import { createSocketTransport } from './sockets.ts'
import { createUndiciTransport } from './undici.ts'
import type { ContractTransport, GeneralTransport, TransportOptions } from './transport.ts'

const TRANSPORTS = { sockets: createSocketTransport, undici: createUndiciTransport } as const

export type TransportName = keyof typeof TRANSPORTS

/** Sockets for plain HTTP, undici for everything else. */
export function transportFor(origin: URL): TransportName {
  return origin.protocol === 'http:' ? 'sockets' : 'undici'
}

export function createTransport(name: TransportName, options: TransportOptions): ContractTransport {
  return TRANSPORTS[name](options)
}

/** For requests that are not the reference contract's. */
export function createGeneralTransport(options: TransportOptions): GeneralTransport {
  return createUndiciTransport(options)
}
