import { describe, expect, it } from 'vitest'
import { parseLogFrames } from './container-log.ts'
import { figuresOfStats } from './container-resources.ts'
import { engineAddresses, findEngineAddress } from './engine-address.ts'
import { imageOf, PINNED_IMAGE } from './images.ts'
import { withinDeadline } from './within-deadline.ts'

function frame(text: string, stream = 1): Buffer {
  const header = Buffer.from([stream, 0, 0, 0, 0, 0, 0, 0])
  header.writeUInt32BE(Buffer.byteLength(text), 4)
  return Buffer.concat([header, Buffer.from(text)])
}

describe('imageOf', () => {
  it('is the pinned one, to its minor release, unless another is named', () => {
    expect(imageOf('postgres', {})).toBe(PINNED_IMAGE.postgres)
    expect(Object.values(PINNED_IMAGE).every((image) => /:\d+\.\d+(\.\d+)?$/.test(image))).toBe(true)
    expect(imageOf('redis', { DOORBUSTER_REDIS_IMAGE: ' valkey/valkey:9.0 ' })).toBe('valkey/valkey:9.0')
    expect(imageOf('redis', { DOORBUSTER_REDIS_IMAGE: '' })).toBe(PINNED_IMAGE.redis)
  })
})

describe('engineAddresses', () => {
  it('are the one that is named, and no other then', () => {
    expect(engineAddresses({ DOCKER_HOST: 'tcp://127.0.0.1:2375', HOME: '/home/me' })).toEqual(['tcp://127.0.0.1:2375'])
  })

  it('are else the usual sockets, those of the user after that of the system', () => {
    const addresses = engineAddresses({ HOME: '/home/me', XDG_RUNTIME_DIR: '/run/user/7' })
    expect(addresses.slice(0, 3)).toEqual([
      'unix:///var/run/docker.sock',
      'unix:///run/user/7/docker.sock',
      'unix:///home/me/.docker/run/docker.sock',
    ])
  })
})

describe('findEngineAddress', () => {
  it.each([
    ['unix:///nonexistent/docker.sock', 'unix:///nonexistent/docker.sock: no such socket: the engine does not run'],
    ['tcp://127.0.0.1:1', 'tcp://127.0.0.1:1: nothing answers: the engine does not run'],
    ['ssh://me@far', 'DOCKER_HOST is ssh://me@far, which is neither unix:// nor tcp://'],
  ])('says why there is none at %s', async (address, missing) => {
    expect(await findEngineAddress({ DOCKER_HOST: address })).toEqual({ missing })
  })
})

describe('parseLogFrames', () => {
  it('joins what both streams said, and leaves out what was cut off', () => {
    const log = Buffer.concat([frame('one\n'), frame('zwölf\n', 2), frame('three\n').subarray(0, 10)])
    expect(parseLogFrames(log)).toBe('one\nzwölf\n')
    expect(parseLogFrames(Buffer.alloc(0))).toBe('')
  })
})

describe('figuresOfStats', () => {
  const cpu = (total_usage: number) => ({ cpu_usage: { total_usage } })

  it('reads both versions of cgroups', () => {
    expect(figuresOfStats({ cpu_stats: cpu(2.5e9), memory_stats: { stats: { anon: 7 } } })).toEqual({
      cpuSeconds: 2.5,
      maxRssBytes: 7,
    })
    expect(figuresOfStats({ cpu_stats: cpu(1e9), memory_stats: { stats: { total_rss: 9 } } })).toEqual({
      cpuSeconds: 1,
      maxRssBytes: 9,
    })
  })

  it('are none for a container that does not run', () => {
    expect(figuresOfStats({ cpu_stats: cpu(0), memory_stats: {} })).toBeNull()
  })
})

describe('withinDeadline', () => {
  const never = (): Promise<never> => new Promise(() => undefined)

  it('hands on what comes in time, error or value', async () => {
    expect(await withinDeadline(60_000, 'a value', () => Promise.resolve(3))).toBe(3)
    const failing = withinDeadline(60_000, 'an error', () => Promise.reject(new Error('broken')))
    await expect(failing).rejects.toThrow('broken')
  })

  it('names what it waited for when the time is over', async () => {
    await expect(withinDeadline(1, 'an answer', never)).rejects.toMatchObject({
      code: 'SERVICE_TIMEOUT',
      message: 'an answer: no end within 1 ms',
    })
  })
})
