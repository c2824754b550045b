import { describe, expect, it } from 'vitest'
import { membersOf, newestTask, parseKin } from './process-tree.ts'
import { parseSocketTable, pendingIn, type SocketRow } from './socket-queues.ts'
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

const HEAD = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n'
const row = (ends: string, state: string, queues: string, inode: number): string =>
  `   0: ${ends} ${state} ${queues} 00:00000000 00000000  1000        0 ${inode} 1 00000000fb0b0e8a 100 0 0 10 0\n`

describe('a table of sockets', () => {
  it('is read row by row, those that only wait for the end of their port left out', () => {
    const table = [
      HEAD,
      row('0100007F:1F90 00000000:0000', '0A', '00000000:00000002', 77),
      row('0100007F:1F90 0100007F:D431', '06', '00000000:00000000', 0),
      row('0100007F:1F90 0100007F:D432', '01', '0000001C:00000005', 78),
    ].join('')
    expect(parseSocketTable(table)).toEqual([
      socket('0100007F:1F90', '00000000:0000', { isListening: true, receiveQueue: 2, inode: '77' }),
      socket('0100007F:1F90', '0100007F:D432', { sendQueue: 28, receiveQueue: 5, inode: '78' }),
    ])
  })

  it('of IPv6 has an IPv4 address as the other table writes it', () => {
    const ends = '0000000000000000FFFF00000100007F:1F90 0000000000000000FFFF00000100007F:D432'
    expect(parseSocketTable(row(ends, '01', '00000000:00000000', 78))).toEqual([
      socket('0100007F:1F90', '0100007F:D432', { inode: '78' }),
    ])
  })

  it('is empty where there is none', () => {
    expect(parseSocketTable('')).toEqual([])
  })
})

function socket(local: string, remote: string, more: Partial<SocketRow>): SocketRow {
  return { local, remote, isListening: false, sendQueue: 0, receiveQueue: 0, inode: '0', ...more }
}

describe('what is under way', () => {
  const ours = new Set(['7'])

  it('is what came and was not read, and no more once it was', () => {
    const unread = socket('server', 'client', { receiveQueue: 3, inode: '7' })
    expect(pendingIn([unread], ours)).toEqual(['7 in 3'])
    expect(pendingIn([{ ...unread, receiveQueue: 0 }], ours)).toEqual([])
  })

  it('is a connection that was not accepted', () => {
    expect(pendingIn([socket('server', 'any', { isListening: true, receiveQueue: 1, inode: '7' })], ours)).toEqual([
      '7 in 1',
    ])
  })

  it('is what it wrote and the other end did not read; late acknowledgements of what was read are nothing', () => {
    const own = socket('server', 'client', { sendQueue: 5, inode: '7' })
    const other = socket('client', 'server', { receiveQueue: 5, inode: '9' })
    expect(pendingIn([own, other], ours)).toEqual(['7 out 5'])
    expect(pendingIn([own, { ...other, receiveQueue: 0 }], ours)).toEqual([])
  })

  it('is what was not acknowledged, where the other end stands on another machine', () => {
    expect(pendingIn([socket('server', 'far', { sendQueue: 5, inode: '7' })], ours)).toEqual(['7 out 5'])
  })

  it('is nothing of the sockets of others', () => {
    expect(pendingIn([socket('theirs', 'far', { sendQueue: 5, receiveQueue: 1, inode: '8' })], ours)).toEqual([])
  })
})
