/** A URL as messages may show it. */

const SHOWN = '***'

/** Without its password, and without a query, which may hold one too. A path is a Unix socket; other texts are not shown. */
export function displayUrl(url: string): string {
  if (url.startsWith('/')) return url
  if (!URL.canParse(url)) return '(not a URL)'
  const { protocol, username, password, host, pathname } = new URL(url)
  const user = username === '' && password === '' ? '' : `${username}${password === '' ? '' : `:${SHOWN}`}@`
  return `${protocol}//${user}${host}${pathname === '/' ? '' : pathname}`
}

/** With its query, which says what was asked. Only for requests, whose secrets are redacted by their values. */
export function displayRequestUrl(url: string): string {
  return URL.canParse(url) ? displayUrl(url) + new URL(url).search : url
}
