import { describe, expect, it } from 'vitest'
import type { TargetDescriptor } from '../core/target-descriptor.ts'
import { loadDescriptor } from '../descriptor/index.ts'
import { descriptorText } from '../descriptor/testing/descriptors.ts'
import { storesOfLedger, whyNotProbed } from './described-probe.ts'

/** A descriptor that can be probed, changed by `lines`. */
function described(lines: Readonly<Record<string, string | null>> = {}): TargetDescriptor {
  const open = '{method: PUT, path: "/sales/{{sku}}", json: {stock: "{{stock}}"}}'
  const read = '{path: "/sales/{{sku}}", stock: /left}'
  return loadDescriptor(descriptorText({ stock: null, open, read, ...lines }), 'mine.yaml', '/shop').descriptor
}

const identities = { pool: null, userIdPrefix: 'u' }
const why = (descriptor: TargetDescriptor, maxRatePerSec: number | null = null): string | null =>
  whyNotProbed({ descriptor, described: { identities }, maxRatePerSec })

describe('a described service', () => {
  it('is probed where it opens a sale under any name, and answers at once', () => {
    expect(why(described())).toBeNull()
  })

  it.each([
    ['opens none', { open: null, stock: '100' }, 'its descriptor opens no sale'],
    ['has SKUs of its own', { skus: '[cherry]' }, 'its SKUs are those of the steps'],
    ['is told no stock', { open: '{path: /reset}' }, 'its stock is not what it is told'],
    ['is shared', { shared: 'true' }, 'others buy from it'],
    ['shows no stock', { read: null }, 'its descriptor has no read'],
  ])('is not where it %s', (_, lines, expected) => {
    expect(why(described(lines))).toBe(expected)
  })

  it('is not where its rate is capped, or its pool is too small for a buyer each', () => {
    expect(why(described(), 200)).toBe('its rate is capped')
    const few = { pool: [{ userId: 'a' }], userIdPrefix: 'u' }
    const parts = { descriptor: described(), described: { identities: few }, maxRatePerSec: null }
    expect(whyNotProbed(parts)).toBe('its pool has fewer than 42 buyers')
  })
})

describe('the stores of a ledger', () => {
  const access = { fill: (template: unknown) => JSON.stringify(template) }

  it('are the Postgres and the Redis that it names', () => {
    const ledger = [
      '{postgres: "postgresql:///shop", orders: "SELECT order_id FROM orders",',
      'remaining: {redis: "redis://cache", command: [GET, stock]}}',
    ].join(' ')
    const { postgres, redis } = storesOfLedger(described({ ledger }).ledger, access)
    expect(postgres).toContain('postgresql:///shop')
    expect(redis).toContain('redis://cache')
  })

  it('are none where it is read otherwise, or there is none', () => {
    const ledger = '{path: /orders, columns: {orderId: id}}'
    expect(storesOfLedger(described({ ledger }).ledger, access)).toEqual({ postgres: null, redis: null })
    expect(storesOfLedger(null, access)).toEqual({ postgres: null, redis: null })
  })
})
