/**
 * The tables of a run and the making of them. Every strategy uses the same books, so that an auditor finds them in the
 * same place. Safe to run from several servers at once.
 */
import { Client } from 'pg'
import type { PostgresSettings } from './postgres.ts'
import { StoreFailure } from './store-failure.ts'

/**
 * - `stock` holds one hot row a sale: a tenth of each page is filled, so that its next versions fit beside it (HOT).
 * - Ids are compared byte by byte: the default collation would compare them by the rules of a language.
 * - `sale_hours` is the server's own, whatever the strategy: no hours, a row of nulls.
 * - `second_delete_due_at` is the durable delayed queue of `double-delete`: at most one entry a sale.
 */
const TABLES = `
CREATE TABLE IF NOT EXISTS stock (
  sku text COLLATE "C" PRIMARY KEY,
  initial integer NOT NULL,
  remaining integer NOT NULL CHECK (remaining >= 0),
  version integer NOT NULL DEFAULT 0,
  per_user_limit integer,
  closed boolean NOT NULL DEFAULT false,
  second_delete_due_at timestamptz
) WITH (fillfactor = 10);
CREATE TABLE IF NOT EXISTS orders (
  order_id text COLLATE "C" PRIMARY KEY,
  request_id text COLLATE "C" NOT NULL UNIQUE,
  user_id text COLLATE "C" NOT NULL,
  sku text COLLATE "C" NOT NULL,
  quantity integer NOT NULL CHECK (quantity > 0),
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE IF NOT EXISTS quotas (
  sku text COLLATE "C" NOT NULL,
  user_id text COLLATE "C" NOT NULL,
  units integer NOT NULL,
  PRIMARY KEY (sku, user_id)
);
CREATE TABLE IF NOT EXISTS sale_hours (
  sku text COLLATE "C" PRIMARY KEY,
  opens_at timestamptz,
  closes_at timestamptz
);
`

/** Makes schema, tables and functions where they are missing. `functions` are constant texts. */
export async function prepareSchema(settings: PostgresSettings, functions: readonly string[]): Promise<void> {
  const client = new Client({ connectionString: settings.url, application_name: 'doorbuster-target' })
  client.on('error', () => {})
  try {
    await client.connect()
    await client.query('BEGIN')
    await client.query('SELECT pg_advisory_xact_lock(hashtext($1))', [`doorbuster ${settings.schema}`])
    const found = await client.query('SELECT 1 FROM pg_namespace WHERE nspname = $1', [settings.schema])
    // The schema's name was checked against a pattern; asking first spares the right to make one.
    if (found.rowCount === 0) await client.query(`CREATE SCHEMA "${settings.schema}"`)
    await client.query(`SET LOCAL search_path = "${settings.schema}"; SET LOCAL client_min_messages = warning`)
    await client.query(TABLES)
    for (const text of functions) await client.query(text)
    await client.query('COMMIT')
  } catch (error) {
    throw new StoreFailure('postgres', 'none', error)
  } finally {
    await client.end().catch(() => {})
  }
}
