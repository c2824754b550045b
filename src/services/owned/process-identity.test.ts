import { describe, expect, it } from 'vitest'
import { identityOf, isAlive, parseLinuxStat } from './process-identity.ts'

const AFTER_NAME = 'S 41 42 42 0 -1 4194560 1 2 3 4 10 20 30 40 20 0 1 0 987654 5 6'

describe('parseLinuxStat', () => {
  it('counts its fields from the end of the name, whatever is in it', () => {
    const expected = { state: 'S', parentPid: 41, startTicks: '987654', ownCpuTicks: 30, waitedForCpuTicks: 70 }
    expect(parseLinuxStat(`42 (postgres) ${AFTER_NAME}`)).toEqual(expected)
    expect(parseLinuxStat(`42 (a (nasty) 1 2 name) ${AFTER_NAME}`)).toEqual(expected)
  })
})

describe('isAlive', () => {
  it('knows this process by its start, and not another that bears its number', () => {
    const self = identityOf(process.pid)
    expect(self?.pid).toBe(process.pid)
    expect(self && isAlive(self)).toBe(true)
    expect(self && isAlive({ ...self, startedAt: `${self.startedAt}0` })).toBe(false)
  })

  it('finds no process under a number that the system never gives', () => {
    expect(identityOf(2 ** 30)).toBeNull()
  })
})
