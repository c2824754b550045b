/**
 * URLs of stores, taken apart: where the store really is, and the same URL by way of a gate on the loopback, with user,
 * password, database and everything else as it was.
 */
import type { StoreName } from '../../core/catalogue.ts'
import { HarnessError } from '../../core/errors.ts'

/** As `net.connect` takes it. */
export type Upstream = { readonly host: string; readonly port: number } | { readonly path: string }

export interface GatedUrl {
  readonly upstream: Upstream
  /** The URL that leads to a gate on this port of the loopback. */
  through(port: number): string
}

const LOOPBACK = '127.0.0.1'
const POSTGRES_PORT = 5432
const REDIS_PORT = 6379

/** Throws HarnessError USAGE for one that asks for TLS, which a gate can't read, or can't be read itself. */
export function gatedUrl(store: StoreName, url: string): GatedUrl {
  return store === 'postgres' ? gatedPostgres(url) : gatedRedis(url)
}

/** What is said in parameters counts, as for libpq. */
function gatedPostgres(text: string): GatedUrl {
  // An empty host after a user is legal in libpq's URIs, though not in a URL.
  const url = parsed('postgres', text.replace('@/', '@localhost/'))
  const { searchParams } = url
  refuseTls('postgres', !['disable', 'allow', 'prefer', null].includes(searchParams.get('sslmode')))
  const host = searchParams.get('host') ?? url.hostname
  const port = Number(searchParams.get('port') ?? (url.port || POSTGRES_PORT))
  const upstream = host.startsWith('/')
    ? { path: `${host}/.s.PGSQL.${port}` }
    : { host: plainHost(host) || LOOPBACK, port }
  return {
    upstream,
    through(gatePort) {
      const gated = new URL(url)
      gated.searchParams.set('host', LOOPBACK)
      gated.searchParams.set('port', String(gatePort))
      gated.searchParams.set('sslmode', 'disable')
      if (gated.hostname !== '') {
        gated.hostname = LOOPBACK
        gated.port = String(gatePort)
        gated.searchParams.delete('host')
        gated.searchParams.delete('port')
      }
      return gated.href
    },
  }
}

function gatedRedis(text: string): GatedUrl {
  if (text.startsWith('/')) {
    const [path = '', query] = text.split(/\?(.*)/s)
    const rest = query === undefined ? '' : `?${query}`
    return { upstream: { path }, through: (port) => `redis://${LOOPBACK}:${port}${rest}` }
  }
  const url = parsed('redis', text)
  refuseTls('redis', url.protocol === 'rediss:')
  return {
    upstream: { host: plainHost(url.hostname) || LOOPBACK, port: Number(url.port || REDIS_PORT) },
    through(port) {
      const gated = new URL(url)
      gated.hostname = LOOPBACK
      gated.port = String(port)
      return gated.href
    },
  }
}

/** Without the brackets of an IPv6 address. */
function plainHost(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1')
}

function parsed(store: StoreName, text: string): URL {
  if (URL.canParse(text)) return new URL(text)
  throw new HarnessError('USAGE', {
    message: `the URL of ${store} can't be read`,
    hint: 'docs/race.md shows its form.',
  })
}

function refuseTls(store: StoreName, asksForIt: boolean): void {
  if (!asksForIt) return
  throw new HarnessError('USAGE', {
    message: `a race holds up single calls of ${store}, and can't see them on a connection with TLS`,
    hint: 'Race against a store of its own, without TLS.',
  })
}
