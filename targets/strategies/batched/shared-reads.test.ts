import { expect, it } from 'vitest'
import { SharedReads } from './shared-reads.ts'

function heldReads() {
  const looks: { name: string; show: (units: number) => void; fail: (error: Error) => void }[] = []
  const reads = new SharedReads<number>((name) => {
    return new Promise((show, fail) => looks.push({ name, show, fail }))
  })
  return { looks, reads }
}

it('a reader never shares a look that was sent before it asked', async () => {
  const { looks, reads } = heldReads()
  const first = reads.get('a')
  const second = reads.get('a')
  const third = reads.get('a')
  expect(looks).toHaveLength(1)
  looks[0]!.show(9)
  expect(await first).toBe(9)
  expect(looks).toHaveLength(2)
  const fourth = reads.get('a')
  looks[1]!.show(5)
  expect(await Promise.all([second, third])).toEqual([5, 5])
  looks[2]!.show(4)
  expect(await fourth).toBe(4)
  expect(reads.looks).toBe(3)
})

it('names are read apart', async () => {
  const { looks, reads } = heldReads()
  const both = [reads.get('a'), reads.get('b')]
  expect(looks.map(({ name }) => name)).toEqual(['a', 'b'])
  looks[0]!.show(1)
  looks[1]!.show(2)
  expect(await Promise.all(both)).toEqual([1, 2])
})

it('a look that fails fails for those who shared it, and for nobody else', async () => {
  const { looks, reads } = heldReads()
  const first = reads.get('a')
  const second = reads.get('a')
  looks[0]!.fail(new Error('down'))
  await expect(first).rejects.toThrow('down')
  looks[1]!.show(3)
  expect(await second).toBe(3)
})
