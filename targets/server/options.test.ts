import { describe, expect, it } from 'vitest'
import { ADMIN_TOKEN_ENV, TARGET_ENV } from '../../src/core/wire.ts'
import { atomicUpdate } from '../strategies/atomic-update.ts'
import { OptionsError, parseOptions, type ServerOptions, strategyModule } from './options.ts'

const env = {
  [ADMIN_TOKEN_ENV]: 'sixteen-letters-',
  [TARGET_ENV.databaseUrl]: 'postgres://localhost/x',
  [TARGET_ENV.databaseSchema]: 'run_1',
  [TARGET_ENV.redisUrl]: 'redis://localhost',
  [TARGET_ENV.redisKeyPrefix]: 'db:1f:',
}

const parse = (args: readonly string[], changed: Record<string, string | undefined> = {}): ServerOptions =>
  parseOptions(args, { ...env, ...changed }) as ServerOptions

function problemsOf(args: readonly string[], changed?: Record<string, string | undefined>): string {
  try {
    parse(args, changed)
  } catch (error) {
    if (error instanceof OptionsError) return error.message
    throw error
  }
  return ''
}

describe('parseOptions', () => {
  it('fills in every default', () => {
    expect(parse(['--strategy', 'atomic-update'])).toMatchObject({
      instances: 1,
      host: '127.0.0.1',
      port: 0,
      maxInFlight: 2_048,
      requestTimeoutMs: 800,
      lostReplyShare: 0,
      metrics: true,
      forRace: false,
      watchStdin: true,
      stores: { postgres: { schema: 'run_1', synchronousCommit: 'on' }, redis: null },
    })
  })

  it('hands a strategy the stores that it needs and no others', () => {
    const stores = parse(['--strategy', 'redis-lua']).stores
    expect(stores.redis).toEqual({ url: 'redis://localhost', keyPrefix: 'db:1f:' })
    expect(problemsOf(['--strategy', 'naive'], { [TARGET_ENV.redisUrl]: undefined })).toBe('')
  })

  it.each([
    ['no strategy', [], {}, /--strategy must be one of naive, .*got none/],
    ['an unknown strategy', ['--strategy', 'magic'], {}, /got magic/],
    ['no instances', ['--strategy', 'naive', '--instances', '0'], {}, /--instances must be an integer from 1/],
    ['half an instance', ['--strategy', 'naive', '--instances', '1.5'], {}, /--instances/],
    ['a port too high', ['--strategy', 'naive', '--port', '65536'], {}, /--port/],
    ['an unknown option', ['--strategy', 'naive', '--fast'], {}, /--fast/],
    ['no token', ['--strategy', 'naive'], { [ADMIN_TOKEN_ENV]: undefined }, /DOORBUSTER_ADMIN_TOKEN/],
    ['a short token', ['--strategy', 'naive'], { [ADMIN_TOKEN_ENV]: 'fifteen-letters' }, /DOORBUSTER_ADMIN_TOKEN/],
    ['no Postgres', ['--strategy', 'naive'], { [TARGET_ENV.databaseUrl]: undefined }, /DATABASE_URL is not set/],
    ['no Redis', ['--strategy', 'redis-lua'], { [TARGET_ENV.redisUrl]: undefined }, /REDIS_URL is not set/],
    ['SQL for a schema', ['--strategy', 'naive'], { [TARGET_ENV.databaseSchema]: 'x"; DROP' }, /SCHEMA must match/],
    ['a hash tag in the prefix', ['--strategy', 'redis-lua'], { [TARGET_ENV.redisKeyPrefix]: '{x}' }, /PREFIX must/],
    ['half a commit', ['--strategy', 'naive'], { [TARGET_ENV.synchronousCommit]: 'maybe' }, /must be on or off/],
  ] as const)('refuses %s', (_name, args, changed, message) => {
    expect(problemsOf(args, changed)).toMatch(message)
  })

  it.each([
    ['1%', 0.01],
    ['0.5', 0.5],
    ['100%', 1],
  ])('takes %s of the replies to be lost as %d', (text, share) => {
    expect(parse(['--strategy', 'naive', '--lose-replies', text]).lostReplyShare).toBe(share)
  })

  it.each(['-1%', '101%', '2', 'some', ''])('takes no "%s" of the replies', (text) => {
    expect(problemsOf(['--strategy', 'naive', `--lose-replies=${text}`])).toMatch(/--lose-replies must be a share/)
  })

  it('takes a handicap, and no unknown one', () => {
    expect(parse(['--strategy', 'naive', '--handicap', 'cpu=10%']).handicap).toEqual({ kind: 'cpu', share: 0.1 })
    expect(parse(['--strategy', 'naive']).handicap).toBeNull()
    expect(problemsOf(['--strategy', 'naive', '--handicap', 'memory=10%'])).toMatch(/--handicap must be cpu=SHARE/)
  })

  it('takes a strategy that was loaded in place of a name', () => {
    const own = { ...atomicUpdate, description: { ...atomicUpdate.description, name: 'mine' } }
    const args = ['--strategy-module', '/home/me/mine.ts']
    expect(strategyModule(args)).toBe('/home/me/mine.ts')
    expect(strategyModule(['--strategy', 'naive'])).toBeNull()
    expect(parseOptions(args, env, own)).toMatchObject({ strategy: own, stores: { redis: null } })
  })

  it('names all problems at once', () => {
    const problems = problemsOf(['--strategy', 'naive', '--port', 'x'], { [ADMIN_TOKEN_ENV]: '' })
    expect(problems.split('; ')).toHaveLength(2)
  })
})
