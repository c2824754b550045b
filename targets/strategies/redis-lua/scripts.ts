/**
 * The scripts of `redis-lua`. A script runs alone, from beginning to end: that is the whole lock. Nothing is undone
 * when a script fails half-way, so each looks at everything first and writes last. Texts are constant; input comes as
 * KEYS and ARGV alone.
 */
import type { Script } from '../../storage/redis.ts'

/** Orders on their way to Postgres that are allowed to pile up in one stream before new buyers are turned away. */
export const STREAM_BOUND = 100_000

/**
 * KEYS: requests, stock, terms, units of users, stream. ARGV: request id, order id, user, SKU, quantity, stream bound.
 * `requests` belongs to all sales together, so that a key used again for another SKU is seen.
 * `terms` holds the limit per user (0: none), or `closed`.
 * Answers 1 (sold), the order id of a replay, or a negative code.
 */
export const BUY: Script = {
  name: 'doorbusterBuy',
  numberOfKeys: 5,
  lua: `
local earlier = redis.call('HGET', KEYS[1], ARGV[1])
if earlier then
  local order, payload = string.match(earlier, '^(%S+) (.*)$')
  if payload == ARGV[3] .. ' ' .. ARGV[4] .. ' ' .. ARGV[5] then return order end
  return -1
end
local sale = redis.call('MGET', KEYS[2], KEYS[3])
if not sale[1] or not sale[2] then return -2 end
if sale[2] == 'closed' then return -3 end
local quantity = tonumber(ARGV[5])
if tonumber(sale[1]) < quantity then return -4 end
local limit = tonumber(sale[2])
if limit > 0 and tonumber(redis.call('HGET', KEYS[4], ARGV[3]) or 0) + quantity > limit then return -5 end
if redis.call('XLEN', KEYS[5]) >= tonumber(ARGV[6]) then return -6 end
redis.call('DECRBY', KEYS[2], quantity)
if limit > 0 then redis.call('HINCRBY', KEYS[4], ARGV[3], quantity) end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2] .. ' ' .. ARGV[3] .. ' ' .. ARGV[4] .. ' ' .. ARGV[5])
redis.call('XADD', KEYS[5], '*', 'order_id', ARGV[2], 'request_id', ARGV[1], 'user_id', ARGV[3], 'sku', ARGV[4],
  'quantity', ARGV[5])
return 1
`,
}

/** KEYS: stock, terms, stream. ARGV: stock, limit (0: none), group. Answers 1, or 0 if the sale exists. */
export const OPEN: Script = {
  name: 'doorbusterOpen',
  numberOfKeys: 3,
  lua: `
if redis.call('EXISTS', KEYS[2]) == 1 then return 0 end
redis.call('SET', KEYS[1], ARGV[1])
redis.call('SET', KEYS[2], ARGV[2])
redis.call('XGROUP', 'CREATE', KEYS[3], ARGV[3], '0', 'MKSTREAM')
return 1
`,
}

/** KEYS: terms. Answers 1, or 0 if there is no such sale. */
export const CLOSE: Script = {
  name: 'doorbusterClose',
  numberOfKeys: 1,
  lua: `return redis.call('SET', KEYS[1], 'closed', 'XX') and 1 or 0`,
}
