import { describe, expect, it } from 'vitest'
import {
  type CpuReading,
  machineBetween,
  parseMachineTicks,
  parseProcessTicks,
  type ProcessTicks,
} from './cpu-reading.ts'

const OURS = 10

const someone = (used: number, changes: Partial<ProcessTicks> = {}): ProcessTicks => ({
  name: 'tsc',
  parentPid: 1,
  startTicks: '500',
  used,
  ...changes,
})

/** Of a machine with two cores, since it started. */
function reading(
  ticks: { readonly total: number; readonly idle: number; readonly steal?: number },
  processes: Record<number, ProcessTicks> = {},
): CpuReading {
  return {
    machine: { steal: 0, cores: 2, ...ticks },
    processes: new Map(Object.entries(processes).map(([pid, process]) => [Number(pid), process])),
  }
}

const between = (before: CpuReading, after: CpuReading) => machineBetween(before, after, OURS)

describe('a machine between two looks', () => {
  it('is quiet when its cores were free, and not when they were not', () => {
    const before = reading({ total: 1000, idle: 100 })
    expect(between(before, reading({ total: 1200, idle: 290 }))).toMatchObject({ quiet: true, idleShare: 0.95 })
    expect(between(before, reading({ total: 1200, idle: 250 }))).toMatchObject({ quiet: false, idleShare: 0.75 })
  })

  it('is not quiet when its host takes the CPU away', () => {
    const before = reading({ total: 1000, idle: 100 })
    expect(between(before, reading({ total: 1200, idle: 270, steal: 20 }))).toMatchObject({
      quiet: false,
      stealShare: 0.1,
    })
  })

  it('names a process above a fifth of a core, and none below', () => {
    const before = reading({ total: 1000, idle: 100 }, { 20: someone(50), 21: someone(50) })
    const after = reading({ total: 1200, idle: 280 }, { 20: someone(71), 21: someone(70) })
    expect(between(before, after)).toMatchObject({ quiet: false, heavy: [{ pid: 20, name: 'tsc', cores: 0.21 }] })
  })

  it('counts all of a process that began in between, also under an old number', () => {
    const before = reading({ total: 1000, idle: 100 }, { 20: someone(50_000) })
    const after = reading({ total: 1200, idle: 200 }, { 20: someone(60, { startTicks: '1100' }), 21: someone(40) })
    expect(between(before, after).heavy.map(({ pid, cores }) => [pid, cores])).toEqual([
      [20, 0.6],
      [21, 0.4],
    ])
  })

  it('is not disturbed by ourselves and what we started', () => {
    const own = { 10: someone(0), 11: someone(0, { parentPid: 10 }), 12: someone(90, { parentPid: 11 }) }
    const after = between(reading({ total: 1000, idle: 100 }, {}), reading({ total: 1200, idle: 290 }, own))
    expect(after).toMatchObject({ quiet: true, heavy: [] })
  })
})

describe('the counts of the kernel', () => {
  it('are read from /proc/stat', () => {
    const text =
      'cpu  100 5 50 800 20 0 5 20 0 0\ncpu0 50 2 25 400 10 0 2 10 0 0\ncpu1 50 3 25 400 10 0 3 10 0 0\nintr 5\n'
    expect(parseMachineTicks(text)).toEqual({ total: 1000, idle: 820, steal: 20, cores: 2 })
    expect(() => parseMachineTicks('intr 5\n')).toThrow(RangeError)
  })

  it('are read from /proc/<pid>/stat, whatever the process is called', () => {
    const text = `42 (a) b (c) S 7 42 42 0 -1 4194560 1 2 3 4 30 12 99 99 20 0 1 0 8123 1 1\n`
    expect(parseProcessTicks(text)).toEqual({ name: 'a) b (c', parentPid: 7, startTicks: '8123', used: 42 })
  })
})
