/**
 * The part of a k6 script that tells where a path leads that the target gave: src/core/request-target.ts, in plain
 * JavaScript for scripts, which know no `URL`. A test holds the two together.
 */

/** Needs `BASE_URL`. */
export const REQUEST_TARGET_TEXT = String.raw`function originOf(scheme, host) {
  const defaultPort = scheme.toLowerCase() === 'https' ? /:0*443$/ : /:0*80$/
  return (scheme + '://' + host.replace(defaultPort, '')).toLowerCase()
}

const [, baseScheme, baseHost, basePath] = /^(https?):\/\/(?:[^/?#@]*@)?([^/?#@]*)([^?#]*)/i.exec(BASE_URL)
const ORIGIN = originOf(baseScheme, baseHost)

/** Path and query of what the target names as a path; null: it leads to another origin, or can't stand in a request. */
function requestTarget(text) {
  if (!/^[\x21-\x5b\x5d-\x7e]+$/.test(text)) return null
  const sent = text.replace(/#.*$/, '')
  const absolute = /^(https?):\/\/([^/?#@]+)([/?].*)?$/i.exec(sent)
  if (absolute !== null) {
    const [, scheme, host, rest = ''] = absolute
    if (originOf(scheme, host) !== ORIGIN) return null
    return rest.startsWith('/') ? rest : '/' + rest
  }
  if (!sent.startsWith('/') || sent.startsWith('//')) return null
  const isBehind =
    sent.startsWith(basePath) &&
    (sent.length === basePath.length || '/?'.includes(sent.charAt(basePath.length)))
  return isBehind ? sent : basePath + sent
}

/** Polls go to where the ticket says. */
function targetUrl(path) {
  return BASE_URL.slice(0, BASE_URL.length - basePath.length) + requestTarget(path)
}`
