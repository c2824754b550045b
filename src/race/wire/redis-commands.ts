/**
 * What commands of Redis do to others. The table holds what is known to read or to do nothing; all else writes, as far as
 * anybody can tell. Pure.
 * https://redis.io/docs/latest/commands/
 */
import type { Access } from './access.ts'

export interface CommandTraits {
  readonly access: Access
  /** As StoreCall.isSetUp. */
  readonly isSetUp: boolean
  /** As StoreCall.mayBlock. */
  readonly mayBlock: boolean
}

/** @param words name and arguments, in upper case */
export function traitsOf(words: readonly string[]): CommandTraits {
  const [name = '', subcommand = ''] = words
  const isSetUp = SET_UP.has(name) || SET_UP.has(`${name} ${subcommand}`)
  return { access: accessOf(name, subcommand), isSetUp, mayBlock: mayBlock(name, words) }
}

/** How it is called in another execution: its name, and of those that have one the subcommand. */
export function nameOf(words: readonly string[]): string {
  const [name = '', subcommand] = words
  return subcommand !== undefined && CONTAINERS.has(name) ? `${name} ${subcommand}` : name
}

/** From then on the store sends what others do, in no order with replies. */
export function listens(name: string): boolean {
  return LISTENING.has(name)
}

const names = (text: string): readonly string[] => text.trim().split(/\s+/)

const READS: ReadonlySet<string> = new Set(
  names(`
    GET MGET EXISTS STRLEN GETRANGE SUBSTR GETBIT BITCOUNT BITPOS BITFIELD_RO LCS DIGEST
    TTL PTTL EXPIRETIME PEXPIRETIME TYPE KEYS SCAN DBSIZE RANDOMKEY DUMP SORT_RO
    HGET HMGET HGETALL HKEYS HVALS HLEN HEXISTS HSTRLEN HSCAN HRANDFIELD HTTL HPTTL HEXPIRETIME HPEXPIRETIME
    LLEN LRANGE LINDEX LPOS
    SCARD SISMEMBER SMISMEMBER SMEMBERS SRANDMEMBER SINTER SINTERCARD SUNION SDIFF SSCAN
    ZCARD ZCOUNT ZLEXCOUNT ZRANGE ZRANGEBYSCORE ZRANGEBYLEX ZREVRANGE ZREVRANGEBYSCORE ZREVRANGEBYLEX ZRANK ZREVRANK
    ZSCORE ZMSCORE ZRANDMEMBER ZSCAN ZINTER ZINTERCARD ZUNION ZDIFF
    XLEN XRANGE XREVRANGE XREAD XINFO XPENDING
    GEODIST GEOHASH GEOPOS GEOSEARCH GEORADIUS_RO GEORADIUSBYMEMBER_RO
    EVAL_RO EVALSHA_RO FCALL_RO WATCH OBJECT
  `),
)

/** What they ask is not of the data, and what they tell neither. */
const NOTHINGS: ReadonlySet<string> = new Set(
  names('PING ECHO TIME MULTI DISCARD UNWATCH AUTH HELLO SELECT RESET QUIT READONLY READWRITE ASKING COMMAND INFO'),
)

const SET_UP: ReadonlySet<string> = new Set([
  ...names('AUTH HELLO SELECT RESET QUIT READONLY READWRITE ASKING COMMAND INFO'),
  ...[
    'SETNAME',
    'SETINFO',
    'GETNAME',
    'ID',
    'INFO',
    'LIST',
    'TRACKING',
    'TRACKINGINFO',
    'CACHING',
    'NO-EVICT',
    'NO-TOUCH',
  ].map((subcommand) => `CLIENT ${subcommand}`),
  'CONFIG GET',
  'SCRIPT LOAD',
  'SCRIPT EXISTS',
  'CLUSTER SLOTS',
  'CLUSTER SHARDS',
  'CLUSTER NODES',
])

const CONTAINERS: ReadonlySet<string> = new Set(
  names(`
    ACL CLIENT CLUSTER COMMAND CONFIG DEBUG FUNCTION LATENCY MEMORY MODULE OBJECT PUBSUB SCRIPT SLOWLOG XGROUP XINFO
  `),
)

const LISTENING: ReadonlySet<string> = new Set(names('SUBSCRIBE PSUBSCRIBE SSUBSCRIBE MONITOR'))

const BLOCKING: ReadonlySet<string> = new Set(
  names('BLPOP BRPOP BLMOVE BRPOPLPUSH BLMPOP BZPOPMIN BZPOPMAX BZMPOP WAIT WAITAOF'),
)

function accessOf(name: string, subcommand: string): Access {
  if (READS.has(name)) return 'read'
  if (NOTHINGS.has(name)) return 'nothing'
  if (name === 'SCRIPT') return subcommand === 'EXISTS' ? 'read' : 'write'
  return SET_UP.has(`${name} ${subcommand}`) ? 'nothing' : 'write'
}

function mayBlock(name: string, words: readonly string[]): boolean {
  if (name !== 'XREAD' && name !== 'XREADGROUP') return BLOCKING.has(name)
  // Behind STREAMS are keys, which may be called anything.
  const options = words.slice(1, Math.max(1, words.indexOf('STREAMS')))
  return options.includes('BLOCK')
}
