import { describe, expect, it } from 'vitest'
import { OwnRedis } from './own-redis.ts'

describe('what sessions make a Redis do', () => {
  it('is counted by server, whatever database and user they name', () => {
    const own = new OwnRedis()
    own.answered('redis://shop:secret@cache/1', 'XINFO', ['GROUPS', 'orders'])
    own.answered('redis://cache:6379', 'xinfo', ['groups', 'orders'])
    own.answered('redis://cache:6379', 'PING', [])
    own.closes('redis://cache', { bytesRead: 70, bytesWritten: 90 })
    own.closes('redis://cache', { bytesRead: 7, bytesWritten: 9 })
    own.answered('redis://cache:6380', 'GET', ['stock'])
    expect(own.of('redis://cache')).toEqual({
      calls: new Map([
        ['xinfo|groups', 2],
        ['ping', 1],
      ]),
      receivedBytes: 99,
      sentBytes: 77,
    })
    expect(own.of('/run/redis.sock').calls).toEqual(new Map())
  })
})
