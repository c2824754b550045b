/** Lines as they come from a stream, a batch for each piece of it that arrived. */
import type { Readable } from 'node:stream'
import { HarnessError } from '../core/errors.ts'

/** One that is longer is no operation: without a bound, a file without line ends would fill the memory. */
const LONGEST_LINE = 1 << 20
/** What stands for it: no JSON, whatever it began with. */
const TOO_LONG = '\u2026'

/** Ends with the stream, or when the signal is aborted: then what was read is still given. Throws HarnessError SERVICE_FAILED. */
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
      if (rest.length > LONGEST_LINE) rest = TOO_LONG
      if (lines.length > 0) yield lines
    }
  } catch (cause) {
    if (!signal.aborted) throw unreadable(cause as Error)
  } finally {
    signal.removeEventListener('abort', stop)
  }
  if (rest !== '' && !signal.aborted) yield [rest]
}

function unreadable(cause: Error): HarnessError {
  return new HarnessError('SERVICE_FAILED', { message: `standard input can't be read: ${cause.message}`, cause })
}
