/**
 * URLs by which a service finds its stores: which store one leads to, and the same one led through a gate. A gate stands
 * before a TCP port and speaks plainly; what asks for more is told why it can't be had. Pure: nothing is connected to.
 *
 * Host and port are all that is ever replaced. The rest stays as it was written, since each driver reads it in its own way.
 */
import type { StoreName } from './catalogue.ts'

export interface StoreAddress {
  readonly store: StoreName
  /** The URL without a word of the driver: as any client of the store takes it. May hold a password. */
  readonly url: string
  /** Without the brackets of an IPv6 address. */
  readonly host: string
  readonly port: number
}

export type StoreUrlReading =
  | { readonly ok: true; readonly address: StoreAddress }
  /** What is wrong with it, without a word of what it holds: there may be a password. */
  | { readonly ok: false; readonly sentence: string }

/** Scheme, user and password, host and port, rest. A raw `@` in a password is taken as drivers take it: the last one counts. */
const PARTS = /^((?:jdbc:)?([a-z][a-z0-9.-]*)(?:\+[a-z0-9_.-]+)?:\/\/)([^/?#]*@)?([^/?#]*)(.*)$/is
const PLACE = /^(\[[0-9a-f:.]+\]|[^\s:[\],]+)(?::(\d{1,5}))?$/i

const STORES: Readonly<Record<string, { readonly store: StoreName; readonly port: number }>> = {
  postgres: { store: 'postgres', port: 5_432 },
  postgresql: { store: 'postgres', port: 5_432 },
  redis: { store: 'redis', port: 6_379 },
}
const NOT_YET = ['mysql', 'mariadb']
const ENCRYPTED_MODES = ['require', 'verify-ca', 'verify-full']
const YES = ['true', '1', 'require']
const ELSEWHERE = ['host', 'hostaddr', 'port', 'service']

/** Drivers may stand behind the scheme (`postgresql+psycopg://`) or before it (`jdbc:postgresql://`). */
export function readStoreUrl(url: string): StoreUrlReading {
  const [, , scheme, , place = '', rest = ''] = PARTS.exec(url) ?? []
  if (scheme === undefined) return refused('is no URL of a store, such as postgres://user:password@127.0.0.1:5432/shop')
  const name = scheme.toLowerCase()
  const known = STORES[name]
  if (known === undefined) return refused(whyNoStore(name))
  const problem = problemOf(new URLSearchParams(rest.replace(/#.*$/s, '').split('?')[1] ?? ''))
  if (problem !== null) return refused(problem)
  const [, host, port] = PLACE.exec(place) ?? []
  if (host === undefined) return refused(whyNoPlace(place))
  const number = port === undefined ? known.port : Number(port)
  if (number < 1 || number > 65_535) return refused('names no port from 1 to 65535')
  const plain = url.replace(/^(?:jdbc:)?([a-z]+)[^:]*:/i, '$1:')
  return { ok: true, address: { store: known.store, url: plain, host: host.replace(/^\[(.*)\]$/, '$1'), port: number } }
}

/** The URL with another host and port. Throws RangeError for one that {@link readStoreUrl} refuses. */
export function leadTo(url: string, { host, port }: { readonly host: string; readonly port: number }): string {
  const [, begin, , user = '', , rest = ''] = PARTS.exec(url) ?? []
  if (begin === undefined) throw new RangeError('a URL that was not read before')
  return `${begin}${user}${host}:${port}${rest}`
}

function refused(sentence: string): StoreUrlReading {
  return { ok: false, sentence }
}

function whyNoStore(scheme: string): string {
  if (scheme === 'rediss') return `begins with rediss://: ${PLAIN}`
  if (NOT_YET.includes(scheme)) {
    return 'leads to a MySQL or MariaDB, for which there is no gate yet: a race knows Postgres and Redis'
  }
  return `begins with ${scheme}://, for which there is no gate: a race knows postgres://, postgresql:// and redis://`
}

const PLAIN = 'the gate before the store speaks without TLS; give an address that does'

function problemOf(query: URLSearchParams): string | null {
  const given = (name: string): string => (query.get(name) ?? '').toLowerCase()
  const mode = given('sslmode')
  if (ENCRYPTED_MODES.includes(mode)) return `asks for TLS (sslmode=${mode}): ${PLAIN}`
  const asking = ['ssl', 'tls'].find((name) => YES.includes(given(name)))
  if (asking !== undefined) return `asks for TLS (${asking}=${given(asking)}): ${PLAIN}`
  const elsewhere = ELSEWHERE.find((name) => query.has(name))
  if (elsewhere === undefined) return null
  return `says behind the ? where the store is (${elsewhere}=): host and port have to stand behind the //, since the gate's take their place`
}

function whyNoPlace(place: string): string {
  if (place === '') return 'names no host: a gate stands before a TCP port, not before a Unix socket'
  if (place.includes(',')) return 'names several hosts: a gate stands before one'
  return 'names a host or a port that can be none'
}
