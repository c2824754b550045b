/**
 * `control-type-error`: the script of `redis-lua`, but for one `tonumber`: it compares a number with a string, which
 * raises an error. Who buys for the first time doesn't get that far; who comes again is refused, whatever is left.
 */
import { redisLua } from '../redis-lua/index.ts'
import { BUY } from '../redis-lua/scripts.ts'
import type { Strategy } from '../strategy.ts'
import { describeControl } from './control.ts'

const RIGHT = `if limit > 0 and tonumber(redis.call('HGET', KEYS[4], ARGV[3]) or 0) + quantity > limit then return -5 end`
const WRONG = `
local units = redis.call('HGET', KEYS[4], ARGV[3])
if units and units + quantity > sale[2] then return -5 end`

export const BUY_WITH_TYPE_ERROR = { ...BUY, lua: BUY.lua.replace(RIGHT, WRONG) }

export const typeError: Strategy = {
  description: describeControl({
    name: 'control-type-error',
    summary: 'a script compares a number with a string: it fails for every user who comes again',
    convictedBy: 'sold-through',
    shownBy: ['--set', 'buyers.population=50', '--set', 'sale.perUserLimit=1000'],
    needs: ['postgres', 'redis'],
    sellsThrough: true,
    books: redisLua.description.books,
  }),
  functions: redisLua.functions,
  start: (context) => redisLua.start(context, BUY_WITH_TYPE_ERROR),
}
