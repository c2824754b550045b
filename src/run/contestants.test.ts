import { describe, expect, it } from 'vitest'
import type { StrategyDescription } from '../core/catalogue.ts'
import { type ComparedTarget, contestantsOf, type Crossing } from './contestants.ts'

const ONE: Crossing = { engines: ['open'], instances: [1], synchronousCommit: ['on'], appendfsync: ['everysec'] }

function strategy(name: string, changes: Partial<StrategyDescription> = {}): ComparedTarget {
  const described = {
    name,
    summary: '',
    control: false,
    promise: { reads: { kind: 'linearizable' }, sellsThrough: true },
    rightWith: 'any-instances',
    needs: ['postgres'],
    durableWhen: 'at COMMIT',
    ...changes,
  } as StrategyDescription
  return { choice: { kind: 'strategy', strategy: described, instances: 1 }, broughtAlong: false }
}

const update = strategy('atomic-update')
const lua = strategy('redis-lua', { needs: ['postgres', 'redis'] })
const names = (targets: readonly ComparedTarget[], crossing: Partial<Crossing>) =>
  contestantsOf(targets, { ...ONE, ...crossing }).map(({ contestant }) => contestant.name)

describe('the contestants', () => {
  it('are the targets themselves where no setting differs', () => {
    expect(names([update, lua], { instances: [2] })).toEqual(['atomic-update', 'redis-lua'])
    expect(contestantsOf([update], { ...ONE, instances: [2] })[0]).toMatchObject({
      contestant: { settings: {}, target: { instances: 2 } },
      target: { instances: 2 },
    })
  })

  it('are each target under each setting, named by what differs', () => {
    expect(names([update], { engines: ['open', 'k6'], instances: [1, 2] })).toEqual([
      'atomic-update (engine open, 1 instance)',
      'atomic-update (engine open, 2 instances)',
      'atomic-update (engine k6, 1 instance)',
      'atomic-update (engine k6, 2 instances)',
    ])
  })

  it('are not crossed with settings of a store that they do not use', () => {
    expect(names([update, lua], { appendfsync: ['everysec', 'always'] })).toEqual([
      'atomic-update',
      'redis-lua (appendfsync everysec)',
      'redis-lua (appendfsync always)',
    ])
  })

  it('are said to be built wrong where they can not be right', () => {
    const mutex = strategy('mutex', { rightWith: 'one-process' })
    const naive = strategy('naive', { rightWith: 'never' })
    const built = contestantsOf([mutex, naive], { ...ONE, instances: [1, 2] })
    expect(built.map(({ contestant }) => contestant.builtWrong)).toEqual([false, true, true, true])
  })

  it('have names of their own', () => {
    expect(() => names([update, strategy('atomic-update')], {})).toThrow('atomic-update is to be compared with itself')
  })
})
