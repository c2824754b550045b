import { describe, expect, it } from 'vitest'
import { isOwnQuery, OWN_QUERY, ownQuery } from './own-query.ts'

describe('a query of the harness', () => {
  it.each([
    ['SELECT count(*) FROM outbox', 'WITH doorbuster_audit AS (SELECT 1) SELECT count(*) FROM outbox'],
    ['values (1)', 'WITH doorbuster_audit AS (SELECT 1) values (1)'],
    ['WITH a AS (TABLE t) TABLE a', 'WITH doorbuster_audit AS (SELECT 1), a AS (TABLE t) TABLE a'],
    ['with recursive a AS (TABLE t) TABLE a', 'with recursive doorbuster_audit AS (SELECT 1), a AS (TABLE t) TABLE a'],
    ['-- what is left\n/* now */ SELECT 1', '-- what is left\n/* now */ WITH doorbuster_audit AS (SELECT 1) SELECT 1'],
  ])('has a parse tree that no query of a service has: %s', (text, own) => {
    expect(ownQuery(text)).toBe(own)
  })

  it.each(["UPDATE stock SET sku = 'select'", 'SELECTED', 'CALL reset()'])(
    'is not made of what is none: %s',
    (text) => {
      expect(ownQuery(text)).toBe(text)
    },
  )

  it('is known by its text, wherever it was run', () => {
    expect(isOwnQuery(ownQuery('SELECT 1'))).toBe(true)
    expect(isOwnQuery(`${OWN_QUERY} BEGIN`)).toBe(true)
    expect(isOwnQuery('FETCH 10000 FROM doorbuster_audit')).toBe(true)
    expect(isOwnQuery('SELECT 1')).toBe(false)
  })
})
