/** Where the stores of a test listen, for what stands between them and a server, and how the server finds that instead. */
import { Client } from 'pg'

export interface StorePlace {
  readonly address: { readonly host: string; readonly port: number } | { readonly path: string }
  /** The same store by a port of the loopback. */
  readonly urlOver: (port: number) => string
}

export function postgresPlace(url: string): StorePlace {
  const { host, port, user, password, database } = new Client({ connectionString: url })
  const secret = typeof password === 'string' ? `:${encodeURIComponent(password)}` : ''
  const who = encodeURIComponent(user ?? '') + secret
  return {
    address: host.startsWith('/') ? { path: `${host}/.s.PGSQL.${port}` } : { host, port },
    urlOver: (over) => `postgres://${who}@127.0.0.1:${over}/${encodeURIComponent(database ?? '')}`,
  }
}

export function redisPlace(url: string): StorePlace {
  if (url.startsWith('/')) return { address: { path: url }, urlOver: (over) => `redis://127.0.0.1:${over}` }
  const parsed = new URL(url)
  return {
    address: { host: parsed.hostname, port: Number(parsed.port || 6379) },
    urlOver: (over) => {
      const there = new URL(url)
      there.host = `127.0.0.1:${over}`
      return there.href
    },
  }
}
