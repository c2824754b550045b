import { describe, expect, it } from 'vitest'
import { raceOf, serviceTarget } from '../report/testing/race-records.ts'
import { racedTarget, wordsOfTarget } from './race-target.ts'

const kept = raceOf({ command: ['--strategy', './mine.ts', '--stock', '1'] })

describe('the target of a race', () => {
  it('is the one that is named, whatever the record says', () => {
    expect(racedTarget({ strategy: 'naive' }, null)).toEqual({ strategy: 'naive' })
    expect(racedTarget({ strategy: './mended.ts' }, kept)).toEqual({ strategy: './mended.ts' })
    expect(racedTarget({ target: 'shop.yaml' }, kept)).toEqual({ target: 'shop.yaml' })
    expect(racedTarget({}, null)).toEqual({})
  })

  it('is that of the record where none is named, in the words of its command', () => {
    expect(racedTarget({}, kept)).toEqual({ strategy: './mine.ts' })
    expect(racedTarget({}, raceOf({ command: ['--target', 'shop.yaml'] }))).toEqual({ target: 'shop.yaml' })
  })

  it('is said in the command of a record that took it from another one, so that it can be taken from there', () => {
    const taken = racedTarget({}, kept)
    expect(wordsOfTarget({}, taken)).toEqual(['--strategy', './mine.ts'])
    expect(wordsOfTarget({}, { target: 'shop.yaml' })).toEqual(['--target', 'shop.yaml'])
    expect(wordsOfTarget({ strategy: 'naive' }, { strategy: 'naive' })).toEqual([])
  })

  it('without a command is the strategy or its module; a descriptor has to be named', () => {
    const { target } = raceOf()
    expect(racedTarget({}, raceOf())).toEqual({ strategy: 'naive' })
    expect(racedTarget({}, raceOf({ target: { ...target, module: '/home/me/mine.ts' } as typeof target }))).toEqual({
      strategy: '/home/me/mine.ts',
    })
    expect(() => racedTarget({}, raceOf({ target: serviceTarget }))).toThrow('does not say where its descriptor is')
  })
})
