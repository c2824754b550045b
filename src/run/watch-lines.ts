/** Lines as they come from a stream, a batch for each piece of it that arrived. */
import type { Readable } from 'node:stream'

/** A line is cut there, and is no operation then: without a bound, a file without line ends would fill the memory. */
const LONGEST_LINE = 1 << 20

/** Ends with the stream, or when the signal is aborted: then what was read is still given. */
export async function* linesOf(stream: Readable, signal: AbortSignal): AsyncGenerator<readonly string[]> {
  const stop = (): void => void stream.destroy()
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()
  let rest = ''
  try {
    stream.setEncoding('utf8')
    for await (const chunk of stream) {
      const lines = (rest + String(chunk)).split('\n')
      rest = lines.pop()!
      if (rest.length > LONGEST_LINE) {
        lines.push(rest)
        rest = ''
      }
      if (lines.length > 0) yield lines
    }
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    signal.removeEventListener('abort', stop)
  }
  if (rest !== '' && !signal.aborted) yield [rest]
}
