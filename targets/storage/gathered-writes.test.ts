import { Writable } from 'node:stream'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { GatheredWrites } from './gathered-writes.ts'

/** Keeps what reaches it, one entry a system call. */
function recorder(): { readonly stream: Writable; readonly writes: string[] } {
  const writes: string[] = []
  const stream = new Writable({
    decodeStrings: false,
    write(chunk, _encoding, done) {
      writes.push(String(chunk))
      done()
    },
    writev(chunks, done) {
      writes.push(chunks.map(({ chunk }) => String(chunk)).join(''))
      done()
    },
  })
  return { stream, writes }
}

describe('GatheredWrites', () => {
  it('lets the commands of a turn go a few at a time, in order, and the rest when the turn ends', async () => {
    const { stream, writes } = recorder()
    const gathered = new GatheredWrites()
    for (const command of 'abcdefghijklmnopqrs') {
      gathered.beforeWrite(stream)
      stream.write(command)
    }
    expect(writes).toEqual(['abcdefgh', 'ijklmnop'])
    await nextTurn()
    expect(writes).toEqual(['abcdefgh', 'ijklmnop', 'qrs'])
  })

  it('begins anew in the next turn', async () => {
    const { stream, writes } = recorder()
    const gathered = new GatheredWrites()
    for (const command of ['a', 'b']) {
      gathered.beforeWrite(stream)
      stream.write(command)
      await nextTurn()
    }
    expect(writes).toEqual(['a', 'b'])
  })

  it('holds nothing back on the stream before a reconnect', async () => {
    const [before, after] = [recorder(), recorder()]
    const gathered = new GatheredWrites()
    gathered.beforeWrite(before.stream)
    before.stream.write('a')
    gathered.beforeWrite(after.stream)
    after.stream.write('b')
    expect(before.writes).toEqual(['a'])
    await nextTurn()
    expect(after.writes).toEqual(['b'])
  })
})
