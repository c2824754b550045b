import { describe, expect, it } from 'vitest'
import type { Choice, ExecutedStep } from '../choice.ts'
import { independentWith, neverIndependent, NO_TIES, pairOf, type Taken, takenOf } from './independence.ts'

const NOTHING_SHARED = independentWith(NO_TIES)

function taken(choice: Partial<Choice>, changed: Partial<Taken> = {}): Taken {
  const usual: Choice = {
    event: '',
    actor: 'buyer 1',
    store: 'postgres',
    access: 'write',
    statement: 'UPDATE',
    words: [],
  }
  return { choice: { ...usual, ...choice }, arrives: false, offeredAs: 'UPDATE', answers: [], sent: [], ...changed }
}

const other = (choice: Partial<Choice>, changed: Partial<Taken> = {}): Taken =>
  taken({ actor: 'buyer 2', ...choice }, changed)

describe('events of two actors', () => {
  it.each([
    ['writes of one store', taken({}), other({}), false],
    ['a read and a write of one store', taken({ access: 'read' }), other({}), false],
    ['reads of one store', taken({ access: 'read' }), other({ access: 'read' }), true],
    ['writes of different stores', taken({}), other({ store: 'redis' }), true],
    ['a write and what asks the store nothing', taken({}), other({ access: 'nothing' }), true],
    ['a write and what is not known', taken({}), other({ store: null, statement: '' }), false],
    ['what asks nothing and what is not known', taken({ access: 'nothing' }), other({ store: null }), false],
    ['two that come', taken({}, { arrives: true }), other({ store: 'redis' }, { arrives: true }), true],
    [
      'an answer and one who comes',
      taken({}, { answers: ['sold'] }),
      other({ store: 'redis' }, { arrives: true }),
      false,
    ],
    ['two arrivals in the server', taken({ store: 'server' }), other({ store: 'server' }), false],
    ['an arrival in the server and a call', taken({ store: 'server' }), other({ store: 'redis' }), true],
    ['two answers', taken({}, { answers: ['sold'] }), other({ store: 'redis' }, { answers: ['sold'] }), true],
  ])('%s', (_claim, one, another, expected) => {
    expect(NOTHING_SHARED(one, another)).toBe(expected)
    expect(NOTHING_SHARED(another, one)).toBe(expected)
    expect(neverIndependent(one, another)).toBe(false)
  })

  it('depend on each other where both have calls sent on a connection that is shared', () => {
    const one = taken({}, { sent: ['redis'] })
    const another = other({ store: 'redis' }, { sent: ['postgres', 'redis'] })
    expect(NOTHING_SHARED(one, another)).toBe(true)
    expect(independentWith({ ...NO_TIES, shared: new Set(['redis']) })(one, another)).toBe(false)
    expect(independentWith({ ...NO_TIES, shared: new Set(['postgres']) })(one, another)).toBe(true)
  })
})

it('a coming depends on calls that share a connection with its own', () => {
  const coming = other({ access: 'read' }, { arrives: true, sent: ['postgres'] })
  const reading = taken({ access: 'read' })
  expect(NOTHING_SHARED(coming, reading)).toBe(true)
  expect(independentWith({ ...NO_TIES, shared: new Set(['postgres']) })(coming, reading)).toBe(false)
  expect(independentWith({ ...NO_TIES, shared: new Set(['postgres']) })(reading, coming)).toBe(false)
  expect(independentWith({ ...NO_TIES, shared: new Set(['postgres']) })(coming, taken({ store: 'redis' }))).toBe(true)
})

it('events of one actor always depend on each other', () => {
  expect(NOTHING_SHARED(taken({}), taken({ store: 'redis' }))).toBe(false)
})

describe('what a step turned out to be', () => {
  const chosen: Choice = {
    event: 'buyer 1 #1',
    actor: 'buyer 1',
    store: 'redis',
    access: 'read',
    statement: 'GET',
    words: [],
  }
  const step: ExecutedStep = { enabled: [chosen], chosen, answers: [], sent: ['postgres'] }

  it('is a coming where the call was not known before, and then sent that call too', () => {
    const before = { ...chosen, store: null, statement: '', comes: true } as const
    expect(takenOf({ ...step, enabled: [before] })).toMatchObject({ arrives: true, sent: ['postgres', 'redis'] })
    expect(takenOf(step)).toMatchObject({ arrives: false, sent: ['postgres'] })
  })
})

it('takes nothing for independent of two who know of each other by the memory of the server', () => {
  const [one, other] = [taken({ actor: 'buyer 1', store: 'redis' }), taken({ actor: 'buyer 2', store: 'postgres' })]
  expect(NOTHING_SHARED(one, other)).toBe(true)
  const tied = independentWith({ ...NO_TIES, coupled: new Set([pairOf('buyer 2', 'buyer 1')]) })
  expect(tied(one, other)).toBe(false)
  expect(tied(one, taken({ actor: 'background', store: 'postgres' }))).toBe(true)
})
