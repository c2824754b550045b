import { describe, expect, it } from 'vitest'
import { isLeftOver, parsePostmasterSegment } from './shared-memory.ts'

const PID_FILE = '8336\n/tmp/data\n1795233896\n5432\n/tmp/socket\n\n  10002464         4\nready   \n'
const table = (attached: number) => `       key      shmid perms                  size  cpid  lpid nattch   uid
  10002464          4   600                    56  8336 16834      ${attached} 65534
`

describe('the segment of a Postgres', () => {
  it('is the one that its pid file names', () => {
    expect(parsePostmasterSegment(PID_FILE)).toEqual({ key: 10_002_464, id: 4 })
    expect(parsePostmasterSegment('8336\n/tmp/data\n')).toBeNull()
  })

  it('is left over when nobody is attached, and is not when somebody is', () => {
    expect(isLeftOver({ key: 10_002_464, id: 4 }, table(0))).toBe(true)
    expect(isLeftOver({ key: 10_002_464, id: 4 }, table(6))).toBe(false)
  })

  it('is not another that got its id', () => {
    expect(isLeftOver({ key: 10_002_465, id: 4 }, table(0))).toBe(false)
  })
})
