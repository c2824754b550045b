import { describe, expect, it } from 'vitest'
import { FifoLocks } from './fifo-lock.ts'

/** Work that ends when told to, and writes down when it began. */
function work(log: string[], name: string) {
  let end: () => void = () => {}
  const ended = new Promise<void>((resolve) => {
    end = resolve
  })
  const run = async (): Promise<string> => {
    log.push(name)
    await ended
    return name
  }
  return { run, end }
}

/** All that is ready to go on has gone on. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('FifoLocks', () => {
  it('lets one at a time hold a name, in the order of asking', async () => {
    const locks = new FifoLocks()
    const log: string[] = []
    const works = ['a', 'b', 'c'].map((name) => work(log, name))
    const held = works.map(({ run }) => locks.hold('sku', run))
    await settled()
    expect(log).toEqual(['a'])
    works[1]!.end()
    await settled()
    expect(log).toEqual(['a'])
    works[0]!.end()
    works[2]!.end()
    expect(await Promise.all(held)).toEqual(['a', 'b', 'c'])
    expect(log).toEqual(['a', 'b', 'c'])
  })

  it('lets different names be held at once', async () => {
    const locks = new FifoLocks()
    const log: string[] = []
    const works = ['a', 'b'].map((name) => work(log, name))
    const held = works.map(({ run }, index) => locks.hold(`sku-${index}`, run))
    await settled()
    expect(log).toEqual(['a', 'b'])
    for (const { end } of works) end()
    await Promise.all(held)
  })

  it('tells what each waited, and that the first did not', async () => {
    const waits: number[] = []
    const locks = new FifoLocks((ms) => waits.push(ms))
    await Promise.all(['a', 'b'].map(() => locks.hold('sku', settled)))
    expect(waits).toEqual([0, expect.any(Number)])
    expect(waits[1]).toBeGreaterThan(0)
  })

  it('goes to the next when the work failed', async () => {
    const locks = new FifoLocks()
    const failed = locks.hold('sku', async () => {
      throw new Error('store down')
    })
    const next = locks.hold('sku', async () => 'next')
    await expect(failed).rejects.toThrow('store down')
    expect(await next).toBe('next')
  })
})
