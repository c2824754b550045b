/**
 * Session settings as part of a connection's URL. `pg` lets what stands in the URL win over what it is told beside it:
 * a URL with `options` of its own would silently drop ours, and the search path with them.
 */

/** libpq's `options` parameter. Options that the URL has already are kept; of one named twice the last one holds. */
export function withSessionSettings(url: string, settings: Readonly<Record<string, string>>): string {
  const [base = '', query = ''] = url.split(/\?(.*)/s)
  const parameters = new URLSearchParams(query)
  const ours = Object.entries(settings).map(([name, value]) => `-c ${name}=${value}`)
  parameters.set('options', [parameters.get('options') ?? [], ours].flat().join(' '))
  // A plus sign is no space in a connection URI.
  return `${base}?${parameters.toString().replaceAll('+', '%20')}`
}
