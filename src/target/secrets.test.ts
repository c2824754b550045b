import { describe, expect, it } from 'vitest'
import type { TargetDescriptor } from '../core/target-descriptor.ts'
import { secretsOf } from './secrets.ts'

/** A part of a descriptor is enough: it is searched as plain data. */
const descriptor = {
  name: 'shop',
  headers: [{ name: 'authorization', value: ['Bearer ', { value: 'env.TOKEN', as: 'plain' }] }],
  ledger: { orders: { store: { url: [{ value: 'env.DATABASE', as: 'plain' }] } } },
  protocol: { buy: { path: ['/', { value: 'sku', as: 'url' }] } },
} as unknown as TargetDescriptor

describe('the secrets of a descriptor', () => {
  it('are those that it names anywhere', () => {
    expect(secretsOf(descriptor, { TOKEN: 't0ken', DATABASE: 'db', OTHER: 'x' }).values).toEqual({
      TOKEN: 't0ken',
      DATABASE: 'db',
    })
  })

  it('are all named that are missing', () => {
    const missing = () => secretsOf(descriptor, { TOKEN: '' })
    expect(missing).toThrow('target shop needs DATABASE, TOKEN from the environment, where they are not set')
    expect(() => secretsOf(descriptor, { TOKEN: 't0ken' })).toThrow('needs DATABASE from the environment, where it is')
  })

  it('are in no message', () => {
    expect(secretsOf(descriptor, { TOKEN: 't0ken', DATABASE: 'db' }).redact('t0ken for db')).toBe('*** for ***')
  })

  it('keeps out as well what it learns later', () => {
    const secrets = secretsOf(descriptor, { TOKEN: 't0ken', DATABASE: 'db' })
    const { redact } = secrets
    expect(redact('t0ken of session-7')).toBe('*** of session-7')
    secrets.learn(['session-7'])
    expect(redact('t0ken of session-7')).toBe('*** of ***')
  })
})
