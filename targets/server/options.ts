/**
 * What the server was told: arguments and environment, parsed once, everything that is wrong with them at once.
 */
import { parseArgs } from 'node:util'
import { type Handicap, HANDICAPS, parseHandicap } from '../../src/core/handicap.ts'
import { parseShare } from '../../src/core/units.ts'
import { ADMIN_TOKEN_ENV, TARGET_ENV } from '../../src/core/wire.ts'
import { KNOWN_STRATEGIES } from '../strategies/index.ts'
import type { Stores, Strategy } from '../strategies/strategy.ts'

export interface ServerOptions {
  readonly strategy: Strategy
  readonly stores: Stores
  readonly instances: number
  readonly host: string
  readonly port: number
  readonly maxInFlight: number
  readonly requestTimeoutMs: number
  /** Share of order requests whose connection is cut in place of the answer, 0..1. */
  readonly lostReplyShare: number
  /** A burden on each order, to see that it is noticed; null: none. */
  readonly handicap: Handicap | null
  readonly adminToken: string
  /** Whether anything is counted for `/metrics`. Off only to measure what that costs. */
  readonly metrics: boolean
  /** What is raced: pauses are over at once, and commands that are sent to Redis at the same time don't share a connection. */
  readonly forRace: boolean
  /** Stop at the end of stdin: it is held open by whoever started the server. */
  readonly watchStdin: boolean
}

/** Everything that is wrong, in one line. */
export class OptionsError extends Error {}

type Environment = Readonly<Record<string, string | undefined>>

const SCHEMA_NAME = /^[a-z_][a-z0-9_]{0,62}$/
/** No braces: a hash tag of its own would take the place of the SKU's. */
const KEY_PREFIX = /^[A-Za-z0-9_.:-]{0,128}$/
const TOKEN = /^[\x21-\x7e]{16,256}$/

const ARGUMENTS = {
  strategy: { type: 'string' },
  'strategy-module': { type: 'string' },
  instances: { type: 'string', default: '1' },
  host: { type: 'string', default: '127.0.0.1' },
  port: { type: 'string', default: '0' },
  'max-in-flight': { type: 'string', default: '2048' },
  'request-timeout': { type: 'string', default: '800' },
  'lose-replies': { type: 'string', default: '0' },
  handicap: { type: 'string' },
  'no-metrics': { type: 'boolean', default: false },
  'for-race': { type: 'boolean', default: false },
  'no-stdin-watch': { type: 'boolean', default: false },
  describe: { type: 'boolean', default: false },
} as const

/** Path of the module that holds the strategy; null: it is one of the server's own. Throws OptionsError. */
export function strategyModule(args: readonly string[]): string | null {
  return parseArguments(args)['strategy-module'] ?? null
}

/** `own`: the strategy of the module that the arguments name; null where they name none. */
export function parseOptions(
  args: readonly string[],
  env: Environment,
  own: Strategy | null = null,
): ServerOptions | 'describe' {
  const values = parseArguments(args)
  if (values.describe) return 'describe'

  const problems: string[] = []
  const integer = (name: 'instances' | 'port' | 'max-in-flight' | 'request-timeout', least: number, most: number) => {
    const value = Number(values[name])
    if (/^\d+$/.test(values[name]) && value >= least && value <= most) return value
    problems.push(`--${name} must be an integer from ${least} to ${most}, got "${values[name]}"`)
    return least
  }
  const strategy = own ?? KNOWN_STRATEGIES.find((one) => one.description.name === values.strategy)
  if (strategy === undefined) {
    const names = KNOWN_STRATEGIES.map((one) => one.description.name).join(', ')
    problems.push(`--strategy must be one of ${names}; got ${values.strategy ?? 'none'}`)
  }
  const lostReplyShare = parseShare(values['lose-replies'])
  if (lostReplyShare === null) {
    problems.push(`--lose-replies must be a share such as 1% or 0.01, got "${values['lose-replies']}"`)
  }
  const adminToken = env[ADMIN_TOKEN_ENV] ?? ''
  if (!TOKEN.test(adminToken)) problems.push(`${ADMIN_TOKEN_ENV} must hold 16 to 256 printable characters`)

  const options = {
    instances: integer('instances', 1, 64),
    host: values.host,
    port: integer('port', 0, 65_535),
    maxInFlight: integer('max-in-flight', 1, 1_000_000),
    requestTimeoutMs: integer('request-timeout', 1, 600_000),
    lostReplyShare: lostReplyShare ?? 0,
    handicap: readHandicap(values.handicap, strategy, problems),
    adminToken,
    metrics: !values['no-metrics'],
    forRace: values['for-race'],
    watchStdin: !values['no-stdin-watch'],
    stores: forRace(parseStores(strategy, env, problems), values['for-race']),
  }
  if (strategy === undefined || problems.length > 0) throw new OptionsError(problems.join('; '))
  return { strategy, ...options }
}

function parseArguments(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: ARGUMENTS, strict: true }).values
  } catch (error) {
    throw new OptionsError((error as Error).message, { cause: error })
  }
}

function readHandicap(text: string | undefined, strategy: Strategy | undefined, problems: string[]): Handicap | null {
  if (text === undefined) return null
  const handicap = parseHandicap(text)
  if (handicap === null) problems.push(`--handicap must be ${HANDICAPS}, got "${text}"`)
  const isWithoutTable = handicap?.kind === 'statement' && strategy?.description.needs.includes('postgres') === false
  if (isWithoutTable) problems.push('--handicap statement needs a strategy that uses Postgres')
  return handicap
}

function parseStores(strategy: Strategy | undefined, env: Environment, problems: string[]): Stores {
  const needs = strategy?.description.needs ?? []
  return {
    postgres: needs.includes('postgres') ? parsePostgres(env, problems) : null,
    redis: needs.includes('redis') ? parseRedis(env, problems) : null,
  }
}

/** On a connection of its own each command can be held up alone. */
function forRace(stores: Stores, isRaced: boolean): Stores {
  return isRaced && stores.redis !== null ? { ...stores, redis: { ...stores.redis, shares: false } } : stores
}

function parsePostgres(env: Environment, problems: string[]): Stores['postgres'] {
  const url = env[TARGET_ENV.databaseUrl] ?? ''
  const schema = env[TARGET_ENV.databaseSchema] ?? 'doorbuster'
  const synchronousCommit = env[TARGET_ENV.synchronousCommit] ?? 'on'
  if (url === '') problems.push(`${TARGET_ENV.databaseUrl} is not set, and this strategy needs Postgres`)
  if (!SCHEMA_NAME.test(schema)) problems.push(`${TARGET_ENV.databaseSchema} must match ${SCHEMA_NAME.source}`)
  if (synchronousCommit !== 'on' && synchronousCommit !== 'off') {
    problems.push(`${TARGET_ENV.synchronousCommit} must be on or off`)
    return null
  }
  return { url, schema, synchronousCommit }
}

function parseRedis(env: Environment, problems: string[]): Stores['redis'] {
  const url = env[TARGET_ENV.redisUrl] ?? ''
  const keyPrefix = env[TARGET_ENV.redisKeyPrefix] ?? 'doorbuster:'
  if (url === '') problems.push(`${TARGET_ENV.redisUrl} is not set, and this strategy needs Redis`)
  if (!KEY_PREFIX.test(keyPrefix)) problems.push(`${TARGET_ENV.redisKeyPrefix} must match ${KEY_PREFIX.source}`)
  return { url, keyPrefix }
}
