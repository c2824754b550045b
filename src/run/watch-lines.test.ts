import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { linesOf } from './watch-lines.ts'

async function linesIn(chunks: Iterable<string>): Promise<string[]> {
  const lines: string[] = []
  for await (const batch of linesOf(Readable.from(chunks), new AbortController().signal)) lines.push(...batch)
  return lines
}

describe('the lines of a stream', () => {
  it('are whole, wherever its pieces end, the last one too', async () => {
    expect(await linesIn(['a', 'b\nc\n', 'd'])).toEqual(['ab', 'c', 'd'])
  })

  it('that are too long are one line each, which is no operation', async () => {
    const piece = ' '.repeat(1 << 16)
    const lines = await linesIn(['{}', ...Array.from({ length: 40 }, () => piece), '\n{}\n'])
    expect(lines).toHaveLength(2)
    expect(() => void JSON.parse(lines[0]!)).toThrow('not valid JSON')
    expect(lines[0]!.length).toBeLessThan(2 << 20)
    expect(lines[1]).toBe('{}')
  })

  it('end with an error of the environment where the stream breaks', async () => {
    function* broken(): Generator<string> {
      yield 'a\n'
      throw new Error('ECONNRESET')
    }
    await expect(linesIn(broken())).rejects.toMatchObject({
      code: 'SERVICE_FAILED',
      message: "standard input can't be read: ECONNRESET",
    })
  })
})
