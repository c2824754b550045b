/**
 * Where a request goes whose path is a text that the target itself gave, such as a ticket from a `Location` header: never
 * to another origin, for it carries secrets, and only this target may be put under load. One rule for all who send; the
 * copy in k6's scripts (load/k6/script/request-target-text.ts) is held to it by a test. Pure.
 */
import type { TextTemplate } from './buyer-protocol.ts'

export interface RequestBase {
  /** Scheme, host and port as `URL.origin` has them: `http://127.0.0.1:8080`. Empty: no absolute URL is taken. */
  readonly origin: string
  /** Path of the base URL, without a trailing slash. */
  readonly basePath: string
}

/** What may stand in a request line. A backslash may not: some clients take it for a slash. */
const SENDABLE = /^[\x21-\x5b\x5d-\x7e]+$/
const ABSOLUTE = /^(https?):\/\/([^/?#@]+)([/?].*)?$/i

/** The path of a template begins with what is filled in, and not with a slash of its own. */
export function isLedByValue(path: TextTemplate): boolean {
  return path.length > 0 && typeof path[0] !== 'string'
}

/** Throws TypeError for what is no URL. */
export function requestBaseOf(url: string): RequestBase {
  const { origin, pathname } = new URL(url)
  return { origin, basePath: pathname.replace(/\/+$/, '') }
}

/**
 * Path and query to ask for, the base path among them: of an absolute URL of the same origin its own, of a path that
 * begins with one slash the same behind the base path, unless it stands there already. null: it leads elsewhere, or
 * can't stand in a request.
 */
export function requestTarget(text: string, { origin, basePath }: RequestBase): string | null {
  if (!SENDABLE.test(text)) return null
  const sent = text.replace(/#.*$/, '')
  const absolute = ABSOLUTE.exec(sent)
  if (absolute !== null) {
    const [, scheme, host, rest = ''] = absolute
    if (originOf(scheme!, host!) !== origin) return null
    return rest.startsWith('/') ? rest : `/${rest}`
  }
  if (!sent.startsWith('/') || sent.startsWith('//')) return null
  return isBehind(sent, basePath) ? sent : basePath + sent
}

function originOf(scheme: string, host: string): string {
  const defaultPort = scheme.toLowerCase() === 'https' ? /:0*443$/ : /:0*80$/
  return `${scheme}://${host.replace(defaultPort, '')}`.toLowerCase()
}

function isBehind(path: string, basePath: string): boolean {
  if (!path.startsWith(basePath)) return false
  return path.length === basePath.length || '/?'.includes(path.charAt(basePath.length))
}
