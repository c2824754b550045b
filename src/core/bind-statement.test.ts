import { describe, expect, it } from 'vitest'
import { bindStatement } from './bind-statement.ts'
import type { TextTemplate } from './buyer-protocol.ts'

const valueOf = (name: string): string => `${name}'; DROP TABLE orders`
const sku = { value: 'sku', as: 'plain' } as const
const template: TextTemplate = ['UPDATE x SET y = ', sku, ' WHERE z = ', sku, ' ; \n']

describe('a statement', () => {
  it('has a parameter for each placeholder, and no value in its text', () => {
    expect(bindStatement(template, 'postgres', valueOf)).toEqual({
      text: 'UPDATE x SET y = $1 WHERE z = $2',
      parameters: ["sku'; DROP TABLE orders", "sku'; DROP TABLE orders"],
    })
    expect(bindStatement(template, 'mysql', valueOf).text).toBe('UPDATE x SET y = ? WHERE z = ?')
  })

  it('is refused with a placeholder in quotes, which would be no parameter', () => {
    expect(() => bindStatement(["SELECT '", sku, "'"], 'postgres', valueOf)).toThrow('{{sku}} stands in quotes')
    expect(bindStatement(["SELECT 'a', ", sku, ", 'b'"], 'postgres', valueOf).text).toBe("SELECT 'a', $1, 'b'")
  })
})
