/**
 * Reads DATABASE_URL and REDIS_URL. A password in one never gets into a message, a record or a file: what is shown is
 * the host, and what is kept is a digest.
 */
import { createHash } from 'node:crypto'
import type { StoreName } from '../../core/catalogue.ts'
import { HarnessError } from '../../core/errors.ts'
import type { Environment } from '../service.ts'

export const URL_VARIABLE: Readonly<Record<StoreName, 'DATABASE_URL' | 'REDIS_URL'>> = {
  postgres: 'DATABASE_URL',
  redis: 'REDIS_URL',
}

const EXAMPLE: Readonly<Record<StoreName, string>> = {
  postgres: 'postgresql://user:password@host:5432/database',
  redis: 'redis://:password@host:6379/0',
}

const PROTOCOLS: Readonly<Record<StoreName, readonly string[]>> = {
  postgres: ['postgres:', 'postgresql:'],
  redis: ['redis:', 'rediss:'],
}

export interface ExternalUrl {
  readonly url: string
  /** Host and port, or the socket's path. */
  readonly where: string
  readonly digest: string
}

/** null when the variable is not set. Throws SERVICE_UNAVAILABLE when it can't be read. */
export function externalUrl(store: StoreName, env: Environment): ExternalUrl | null {
  const text = env[URL_VARIABLE[store]]?.trim()
  if (!text) return null
  return { url: normalised(store, text), where: whereOf(store, text), digest: digestOf(text) }
}

/** `unix:///path` is common for Redis; ioredis takes the path alone. */
function normalised(store: StoreName, text: string): string {
  return store === 'redis' ? text.replace(/^unix:\/\//, '') : text
}

function whereOf(store: StoreName, text: string): string {
  const plain = normalised(store, text)
  if (store === 'redis' && plain.startsWith('/')) return plain.replace(/\?.*$/, '')
  const parsed = parse(plain)
  if (!parsed) throw unreadable(store, 'it is no URL')
  if (!PROTOCOLS[store].includes(parsed.protocol)) {
    throw unreadable(store, `it begins with ${parsed.protocol}//`)
  }
  checkParts(store, parsed)
  return parsed.searchParams.get('host') ?? (parsed.host || 'the local socket')
}

function checkParts(store: StoreName, url: URL): void {
  // A password with an unescaped / ends the host early: what is left of it must not be shown as a host.
  if (url.pathname.includes('@')) throw unreadable(store, 'its password holds an @ or a / (write %40, %2F)')
  const port = url.searchParams.get('port')
  if (port !== null && !(/^\d+$/.test(port) && Number(port) >= 1 && Number(port) <= 65_535)) {
    throw unreadable(store, `port=${port} is no port`)
  }
  if (store !== 'redis') return
  if (!/^\/?\d*$/.test(url.pathname)) throw unreadable(store, `${url.pathname} is no number of a database`)
  if (url.searchParams.has('keyPrefix')) throw unreadable(store, 'keyPrefix is set, and a run has its own')
}

/** An empty host after a user (`postgresql://user@/db?host=/run`) is legal in libpq's URIs, though not in a URL. */
function parse(text: string): URL | null {
  const candidate = text.replace('@/', '@localhost/')
  return URL.canParse(candidate) ? new URL(candidate) : null
}

function unreadable(store: StoreName, why: string): HarnessError {
  return new HarnessError('SERVICE_UNAVAILABLE', {
    message: `${URL_VARIABLE[store]} can't be used: ${why}`,
    hint: `Write it like ${EXAMPLE[store]}${store === 'redis' ? ', or as the path of a Unix socket' : ''}.`,
  })
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}
