/**
 * Who may be put under load: what is on this machine or in a private network, and what the user names. A load test of
 * somebody else's service is an attack.
 */
import { lookup } from 'node:dns/promises'
import { BlockList, isIP } from 'node:net'
import { HarnessError } from '../core/errors.ts'

/** Loopback; RFC 1918; link-local (RFC 3927, RFC 4291); unique local (RFC 4193). */
const PRIVATE_NETWORKS = [
  ['127.0.0.0', 8, 'ipv4'],
  ['10.0.0.0', 8, 'ipv4'],
  ['172.16.0.0', 12, 'ipv4'],
  ['192.168.0.0', 16, 'ipv4'],
  ['169.254.0.0', 16, 'ipv4'],
  ['::1', 128, 'ipv6'],
  ['fc00::', 7, 'ipv6'],
  ['fe80::', 10, 'ipv6'],
] as const

const privateNetworks = new BlockList()
for (const [network, prefix, family] of PRIVATE_NETWORKS) privateNetworks.addSubnet(network, prefix, family)

/** Of an IPv4 address in IPv6 form, the IPv4 address counts. */
export function isPrivateAddress(address: string): boolean {
  return privateNetworks.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')
}

/** `private`: on this machine or in a private network. `permitted`: neither, and named by the user. */
export type Standing = 'private' | 'permitted'

/**
 * Where the URL's host stands: private if every address of it is, permitted if it is among those named.
 * Throws HarnessError USAGE; TARGET_UNREACHABLE when the host has no address.
 */
export async function checkMayTest(url: string, permittedHosts: readonly string[]): Promise<Standing> {
  const host = new URL(url).hostname.replace(/^\[(.*)\]$/, '$1')
  const permitted = permittedHosts.map((name) => name.toLowerCase().replace(/^\[(.*)\]$/, '$1'))
  const outside = (await addressesOf(host)).find((address) => !isPrivateAddress(address))
  if (outside === undefined) return 'private'
  if (permitted.includes(host.toLowerCase())) return 'permitted'
  throw new HarnessError('USAGE', {
    message: `${host}${outside === host ? '' : ` (${outside})`} is neither on this machine nor in a private network: a load test of it needs the permission of whoever runs it`,
    hint: `If you have that: --i-may-test ${host}`,
  })
}

async function addressesOf(host: string): Promise<readonly string[]> {
  if (isIP(host) !== 0) return [host]
  try {
    return (await lookup(host, { all: true })).map(({ address }) => address)
  } catch (cause) {
    throw new HarnessError('TARGET_UNREACHABLE', { message: `${host} has no address: ${(cause as Error).message}` })
  }
}
