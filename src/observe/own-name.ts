/** Whether a request came by a name that leads here and nowhere else. Pure. */

const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '[::1]']
/** Listening on all addresses is said on purpose; which names lead here then nobody knows. */
const ALL_ADDRESSES = ['0.0.0.0', '::']

/**
 * @param header the Host header
 * @param listening the address or name that the server was told to listen on
 */
export function namesUs(header: string | undefined, listening: string): boolean {
  if (ALL_ADDRESSES.includes(listening)) return true
  const name = (header ?? '').toLowerCase().replace(/:\d+$/, '')
  const own = listening.includes(':') ? `[${listening}]` : listening
  return [...LOOPBACK_NAMES, own.toLowerCase()].includes(name)
}
