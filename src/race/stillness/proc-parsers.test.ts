import { describe, expect, it } from 'vitest'
import { membersOf, newestTask, parseKin } from './process-tree.ts'
import { parseThread } from './thread-look.ts'

describe('the processes of a service', () => {
  const kin = (parent: number, group: number) => ({ parent, group })
  const all = new Map([
    [1, kin(0, 1)],
    [10, kin(1, 10)],
    [11, kin(10, 10)],
    [12, kin(11, 12)],
    [13, kin(1, 10)],
    [20, kin(1, 20)],
    [21, kin(21, 21)],
  ])

  it('are its leader, its children, a child in a group of its own, and an orphan of its group', () => {
    expect(membersOf([10], all)).toEqual([10, 11, 12, 13])
  })

  it('are none where it is gone, though others were started by the same parent', () => {
    expect(membersOf([99], all)).toEqual([])
  })

  it.each([
    ['4711 (node) S 1 4700 4700 0 -1', { parent: 1, group: 4700 }],
    ['4711 (a) R (b)) S 7 8 8 0 -1', { parent: 7, group: 8 }],
    ['', null],
  ])('have their kin in %j', (stat, expected) => {
    expect(parseKin(stat)).toEqual(expected)
  })

  it.each([
    ['2.19 2.02 1.76 1/138 24580\n', 24_580],
    ['0.00 0.00 0.00 0/0 0\n', null],
    ['', null],
  ])('have a new one among them by %j', (loadavg, expected) => {
    expect(newestTask(loadavg)).toBe(expected)
  })
})

describe('a thread', () => {
  const status = (state: string): string =>
    `Name:\tnode\nState:\t${state}\nPid:\t7\nvoluntary_ctxt_switches:\t12\nnonvoluntary_ctxt_switches:\t3\n`

  it.each([
    ['S (sleeping)', { is: 'asleep', switches: '12+3' }],
    ['R (running)', { is: 'awake' }],
    ['D (disk sleep)', { is: 'awake' }],
    ['T (stopped)', { is: 'awake' }],
    ['Z (zombie)', { is: 'gone' }],
    ['X (dead)', { is: 'gone' }],
  ])('in state %s', (state, expected) => {
    expect(parseThread(status(state))).toEqual(expected)
  })

  it('that vanished while it was read is gone', () => {
    expect(parseThread('')).toEqual({ is: 'gone' })
  })
})
