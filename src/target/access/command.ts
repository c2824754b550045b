/**
 * Runs a command of the descriptor to its end, in a process group of its own, within a deadline, with bounded output.
 * What it leaves running in its group is ended with it.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { HarnessError } from '../../core/errors.ts'
import { killGroup } from '../process-group.ts'
import { TextTail } from '../text-tail.ts'

const MOST_BYTES = 256 * 1024 * 1024
/** For what the pipes still hold, when the command is gone. */
const DRAIN_MS = 1_000

export interface CommandToRun {
  /** A list is run as it is; a text by `sh -c`. */
  readonly command: string | readonly string[]
  /** Absolute. */
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  readonly deadlineMs: number
}

/** `./reset.sh`, shortened. */
export function commandName(command: string | readonly string[]): string {
  const text = typeof command === 'string' ? command : command.join(' ')
  const [line = ''] = text.trim().split('\n', 1)
  return line.length > 80 ? `${line.slice(0, 77)}...` : line
}

/** Program and arguments. */
export function programOf(command: string | readonly string[]): readonly [string, readonly string[]] {
  if (typeof command === 'string') return ['sh', ['-c', command]]
  return [command[0] ?? '', command.slice(1)]
}

/** Returns what it wrote to standard output. Throws HarnessError SERVICE_FAILED. */
export async function runCommand(given: CommandToRun, redact: (text: string) => string): Promise<string> {
  const failed = (what: string): HarnessError =>
    new HarnessError('SERVICE_FAILED', { message: redact(`\`${commandName(given.command)}\` ${what}`) })
  const [file, parameters] = programOf(given.command)
  const child = spawn(file, parameters, {
    cwd: resolve(given.cwd),
    env: given.env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  const output = new TextTail(MOST_BYTES)
  const complaints = new TextTail()
  let timer: NodeJS.Timeout | undefined
  try {
    const tooLong = new Promise<'too-long'>((resolve) => {
      timer = setTimeout(() => resolve('too-long'), given.deadlineMs)
    })
    const tooMuch = new Promise<'too-much'>((resolve) => {
      child.stdout.on('data', (bytes: Buffer) => {
        output.add(bytes)
        if (output.hasDropped) resolve('too-much')
      })
    })
    child.stderr.on('data', (bytes: Buffer) => complaints.add(bytes))
    const closed = once(child, 'close')
    closed.catch(() => undefined)
    const ended = await Promise.race([once(child, 'exit').catch((error: unknown) => error as Error), tooLong, tooMuch])
    if (ended instanceof Error) throw failed(`could not be run: ${ended.message}`)
    if (ended === 'too-long') throw failed(`did not end within ${given.deadlineMs / 1000} s${saying(complaints)}`)
    if (ended === 'too-much') throw failed(`wrote more than ${MOST_BYTES / 1024 / 1024} MiB`)
    const [code, signal] = ended as [number | null, string | null]
    if (child.pid !== undefined) killGroup(child.pid, 'SIGKILL')
    await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, DRAIN_MS).unref())])
    if (code !== 0)
      throw failed(`ended with ${code === null ? signal : `exit code ${code}`}${saying(complaints, output)}`)
    return output.text()
  } finally {
    clearTimeout(timer)
    if (child.pid !== undefined) killGroup(child.pid, 'SIGKILL')
    child.stdout.destroy()
    child.stderr.destroy()
  }
}

const QUOTED_CHARACTERS = 1_000

/** What the first of them that has something ends with. */
function saying(...streams: readonly TextTail[]): string {
  const words = streams.map((stream) => stream.text().trim().slice(-QUOTED_CHARACTERS)).find((text) => text !== '')
  return words === undefined ? '' : `:\n${words}`
}
