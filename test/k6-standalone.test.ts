/** The first lines of a k6 script for a described target, and what of its TLS k6 is told. */
import { expect, it } from 'vitest'
import { DEFAULT_IDENTITIES } from '../src/core/buyer-protocol.ts'
import { REFERENCE_PROTOCOL } from '../src/core/reference-protocol.ts'
import { buildScenario } from '../src/scenario/testing/build-scenario.ts'
import { type DescribedForScript, secretsOfScript, standaloneScript } from '../src/load/k6/script/standalone.ts'

const DESCRIBED: DescribedForScript = {
  protocol: REFERENCE_PROTOCOL,
  headers: [
    { name: 'x-key', value: [{ value: 'env.SHOP_KEY', as: 'plain' }] },
    { name: 'x-base', value: [{ value: 'env.BASE_URL', as: 'plain' }] },
  ],
  identities: DEFAULT_IDENTITIES,
}

const scriptFor = (described: DescribedForScript): string =>
  standaloneScript({ scenario: buildScenario({}), plans: [], targetUrl: 'http://shop', described, command: 'c' })

it('says in its first lines which secrets it is to be handed, and by which names', () => {
  expect(secretsOfScript(DESCRIBED)).toEqual(['BASE_URL', 'SHOP_KEY'])
  const settings = '-e BASE_URL=http://shop -e DOORBUSTER_SECRET_BASE_URL=... -e SHOP_KEY=...'
  expect(scriptFor(DESCRIBED)).toContain(`Run it:  k6 run ${settings} THIS_FILE`)
})

it('says which files it needs: the pool, the certificates', () => {
  const identities = { ...DEFAULT_IDENTITIES, pool: [] }
  const tls = { insecure: false, hasAuthority: true, hasClientCertificate: true }
  const script = scriptFor({ ...DESCRIBED, identities, tls })
  expect(script).toMatch(/SSL_CERT_FILE=ca\.pem k6 run .* -e DOORBUSTER_BUYERS=buyers\.json -e DOORBUSTER_TLS_CERT=/)
  expect(script).toContain('tlsAuth: [{ cert: open(__ENV.DOORBUSTER_TLS_CERT), key: open(__ENV.DOORBUSTER_TLS_KEY) }]')
  expect(scriptFor(DESCRIBED)).not.toMatch(/tlsAuth|DOORBUSTER_BUYERS|SSL_CERT_FILE/)
})

it('takes any certificate where the descriptor does', () => {
  const tls = { insecure: true, hasAuthority: false, hasClientCertificate: false }
  expect(scriptFor({ ...DESCRIBED, tls })).toContain('insecureSkipTLSVerify: true')
  expect(scriptFor(DESCRIBED)).not.toContain('insecureSkipTLSVerify')
})
