/**
 * What the peers of the bench run: the strategies' own statements and script, with the parameters put together by the
 * peer's own means.
 */
import type { Statement } from '../storage/postgres.ts'
import { SELL_ATOMICALLY_STATEMENT } from '../strategies/atomic-update.ts'
import { SELL_BATCHES } from '../strategies/batched/selling-function.ts'
import { SELL_OPTIMISTICALLY_STATEMENT } from '../strategies/optimistic/in-database.ts'
import { SELL_LOCKED_STATEMENT } from '../strategies/pessimistic.ts'
import { BUY } from '../strategies/redis-lua/scripts.ts'

export interface PeerTexts {
  /** pgbench scripts of the strategies that sell by one statement; they expect a sale `peer`. */
  readonly perRequest: Readonly<Record<string, string>>
  readonly batch: {
    /** Makes batches of so many orders: $1 batches, $2 orders in each. Statements, to be run one by one. */
    readonly prepare: readonly string[]
    readonly fill: string
    /** The pgbench script: each transaction takes the next batch. */
    readonly script: string
  }
  readonly redis: {
    readonly lua: string
    /** Of EVALSHA, after the digest; `__rand_int__` is another number each time. Expects the sale's keys. */
    readonly args: readonly string[]
    readonly open: readonly (readonly string[])[]
  }
}

const SKU = 'peer'

export function peerTexts(keyPrefix: string): PeerTexts {
  return {
    perRequest: {
      'atomic-update': perRequest(SELL_ATOMICALLY_STATEMENT),
      pessimistic: perRequest(SELL_LOCKED_STATEMENT),
      'optimistic-in-database': perRequest(SELL_OPTIMISTICALLY_STATEMENT),
    },
    batch: {
      prepare: [
        'DROP TABLE IF EXISTS peer_batches',
        'DROP SEQUENCE IF EXISTS peer_next',
        'CREATE TABLE peer_batches (n bigint PRIMARY KEY, orders text, requests text, users text, quantities text)',
        // Taken apart for its size only, not compressed: reading a batch costs next to nothing.
        `ALTER TABLE peer_batches ALTER orders SET STORAGE EXTERNAL, ALTER requests SET STORAGE EXTERNAL,
           ALTER users SET STORAGE EXTERNAL, ALTER quantities SET STORAGE EXTERNAL`,
        'CREATE SEQUENCE peer_next',
      ],
      fill: `INSERT INTO peer_batches SELECT n, string_agg('order-' || n || '-' || i, ' '),
               string_agg('request-' || n || '-' || i, ' '), string_agg('user-' || n || '-' || i, ' '),
               string_agg('1', ' ')
             FROM generate_series(1, $1::integer) AS n, generate_series(1, $2::integer) AS i GROUP BY n`,
      script: oneLine(
        SELL_BATCHES.text.replace(
          /unnest\([^)]*\)/,
          `(SELECT '${SKU}', orders, requests, users, quantities, true FROM peer_batches
             WHERE n = (SELECT nextval('peer_next')))`,
        ),
      ),
    },
    redis: redisTexts(keyPrefix),
  }
}

function perRequest({ text }: Statement): string {
  const values = [`'order-' || :id::text`, `'request-' || :id::text`, `'user-' || :id::text`, `'${SKU}'`, '1']
  const statement = values.reduce((sofar, value, index) => sofar.replace(`$${index + 1}`, value), text)
  return `\\set id random(1, 9000000000000000000)\n${oneLine(statement)}`
}

/** pgbench takes a line for a command. */
function oneLine(statement: string): string {
  return `${statement.replace(/\s+/g, ' ')};\n`
}

function redisTexts(prefix: string): PeerTexts['redis'] {
  const key = (part: string): string => `${prefix}{${SKU}}:${part}`
  const keys = [`${prefix}requests`, key('stock'), key('terms'), key('units'), key('orders')]
  const order = ['request-__rand_int__', 'order-__rand_int__', 'user-__rand_int__', SKU, '1']
  const neverFull = '1000000000'
  return {
    lua: BUY.lua,
    args: [String(BUY.numberOfKeys), ...keys, ...order, neverFull],
    open: [
      ['SET', key('stock'), '1000000000'],
      ['SET', key('terms'), '2'],
    ],
  }
}
