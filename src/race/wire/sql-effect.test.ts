import { describe, expect, it } from 'vitest'
import { effectOf } from './sql-effect.ts'
import { statementsOf } from './sql-words.ts'
import type { Snapshot } from './transaction-isolation.ts'

function effect(text: string, snapshot: Snapshot = 'own'): string {
  const { access, isSetUp } = effectOf(statementsOf(text)[0]!, snapshot)
  return isSetUp ? `set-up, ${access}` : access
}

describe('a statement', () => {
  it.each([
    'SELECT remaining FROM stock WHERE sku = $1',
    'select count(*), coalesce(sum(quantity), 0) from orders o join stock s using (sku) where o.sku in ($1, $2)',
    'SELECT * FROM orders WHERE id = ANY($1) ORDER BY created_at LIMIT 1',
    'VALUES (1), (2)',
    'TABLE stock',
    '(SELECT 1 FROM a) UNION ALL (SELECT 2 FROM b)',
    'WITH mine AS (SELECT * FROM orders), more (a, b) AS MATERIALIZED (SELECT 1, 2) SELECT count(*) FROM mine, more',
    'SELECT now(), clock_timestamp()',
    'SELECT pg_catalog.lower(sku) FROM stock',
    'SELECT EXISTS (SELECT FROM orders WHERE NOT (a = 1) AND (b = 2))',
    'SELECT CAST(price AS numeric(10, 2)), substring(sku FROM 2 FOR 3) FROM stock',
    'SELECT row_number() OVER (PARTITION BY sku ORDER BY id) FROM orders',
    `SELECT 'insert into x' AS "update", "delete" FROM stock -- for update`,
    'SELECT u.id FROM unnest($1::int[]) AS u(id) JOIN orders ON orders.id = u.id',
    'SELECT state FROM pg_stat_activity',
    'SELECT * FROM pg_type, stock',
    'SELECT * FROM pg_type t JOIN pg_locks l ON true',
  ])('reads: %s', (text) => {
    expect(effect(text)).toBe('read')
  })

  it.each([
    'UPDATE stock SET remaining = remaining - 1',
    'INSERT INTO orders VALUES (1)',
    'DELETE FROM orders',
    'COMMIT',
    'ROLLBACK',
    'SAVEPOINT a',
    'LOCK TABLE stock',
    'SELECT remaining FROM stock FOR UPDATE',
    'SELECT remaining FROM stock FOR NO KEY UPDATE SKIP LOCKED',
    'SELECT remaining FROM stock for share',
    'SELECT remaining FROM stock FOR KEY SHARE',
    'SELECT * INTO copy FROM stock',
    'WITH gone AS (DELETE FROM stock RETURNING *) SELECT * FROM gone',
    'WITH a AS (SELECT 1) UPDATE stock SET remaining = 0',
    'WITH a AS (SELECT 1) SELECT * FROM sell(1) AS (b int)',
    `SELECT nextval('order_ids')`,
    'SELECT pg_advisory_xact_lock(7)',
    'SELECT pg_try_advisory_lock(7)',
    'SELECT sell($1, $2)',
    'SELECT shop.count(1)',
    'SELECT "count"(1)',
    'SELECT * FROM sell($1)',
    'SELECT * FROM orders, sell($1) s(id)',
    'CALL sell(1)',
    'DO $$ BEGIN END $$',
    'EXECUTE sell(1)',
    'EXPLAIN ANALYZE DELETE FROM stock',
    'SET CONSTRAINTS ALL IMMEDIATE',
    'NOTIFY sold',
    'frobnicate',
  ])('writes, as far as can be known: %s', (text) => {
    expect(effect(text)).toBe('write')
  })

  it.each([
    'BEGIN',
    'begin isolation level serializable',
    'START TRANSACTION',
    'SELECT 1',
    'SELECT $1',
    `SELECT 'a', 2`,
  ])('does nothing: %s', (text) => {
    expect(effect(text)).toBe('nothing')
  })

  it.each([
    [`SET search_path = 'shop'`, 'nothing'],
    [`SET LOCAL lock_timeout = '1s'`, 'nothing'],
    ['SHOW server_version', 'nothing'],
    ['RESET ALL', 'nothing'],
    ['DEALLOCATE ALL', 'nothing'],
    ['DISCARD ALL', 'write'],
    ['SELECT version()', 'nothing'],
    ['select pg_catalog.version()', 'nothing'],
    ['SELECT current_schema(), current_user', 'nothing'],
    [`SELECT set_config('search_path', 'shop', false)`, 'nothing'],
    [
      `SELECT t.oid, typarray FROM pg_type t JOIN pg_namespace ns ON typnamespace = ns.oid WHERE typname = 'citext'`,
      'read',
    ],
    [`SELECT format_type(a.atttypid, a.atttypmod) FROM pg_catalog.pg_attribute a, pg_catalog.pg_class c`, 'read'],
    [`SELECT 1 FROM information_schema.tables WHERE table_name = 'stock'`, 'read'],
    [
      'WITH RECURSIVE tree (oid, parent) AS (SELECT oid, typelem FROM pg_type UNION ALL SELECT t.oid, 0 FROM pg_type t JOIN tree ON true) SELECT * FROM tree',
      'read',
    ],
  ])('is set-up: %s', (text, access) => {
    expect(effect(text)).toBe(`set-up, ${access}`)
  })

  it('leaves something behind by reading above READ COMMITTED, unless it reads nothing', () => {
    expect(effect('SELECT remaining FROM stock', 'of-transaction')).toBe('write')
    expect(effect('SELECT remaining FROM stock', 'remembered')).toBe('write')
    expect(effect('SELECT 1', 'of-transaction')).toBe('write')
    expect(effect('SELECT 1', 'remembered')).toBe('nothing')
    expect(effect('SHOW all', 'of-transaction')).toBe('set-up, nothing')
  })
})
