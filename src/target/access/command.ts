/**
 * Runs a command of the descriptor to its end, in a process group of its own, within a deadline, with bounded output.
 * What it leaves running in its group is ended with it.
 */
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import type { Readable } from 'node:stream'
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
  readonly signal?: AbortSignal | undefined
}

/** Its first line, shortened. */
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

/** Returns what it wrote to standard output. Throws HarnessError SERVICE_FAILED or INTERRUPTED. */
export async function runCommand(given: CommandToRun, redact: (text: string) => string): Promise<string> {
  const [file, parameters] = programOf(given.command)
  const child = spawn(file, parameters, {
    cwd: resolve(given.cwd),
    env: given.env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  const output = new TextTail(MOST_BYTES)
  const complaints = new TextTail()
  child.stderr.on('data', (bytes: Buffer) => complaints.add(bytes))
  const closed = once(child, 'close').catch(() => undefined)
  const tooMuch = new Promise<End>((resolve) => {
    child.stdout.on('data', (bytes: Buffer) => {
      output.add(bytes)
      if (output.hasDropped) resolve({ failure: `wrote more than ${MOST_BYTES / 1024 / 1024} MiB` })
    })
  })
  try {
    const end = await Promise.race([endOf(child), stopOf(given, child), tooMuch])
    endGroup(child)
    await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, DRAIN_MS).unref())])
    if (end === 'success') return output.text()
    const name = `\`${commandName(given.command)}\``
    if (end === 'interrupted') throw new HarnessError('INTERRUPTED', { message: redact(`interrupted: ${name}`) })
    throw new HarnessError('SERVICE_FAILED', {
      message: redact(`${name} ${end.failure}${saying(complaints, output)}`),
    })
  } finally {
    child.stdout.destroy()
    child.stderr.destroy()
  }
}

type Child = ChildProcessByStdio<null, Readable, Readable>

type End = 'success' | 'interrupted' | { readonly failure: string }

async function endOf(child: Child): Promise<End> {
  try {
    const [code, signal] = (await once(child, 'exit')) as [number | null, string | null]
    if (code === 0) return 'success'
    return { failure: `ended ${code === null ? `by ${signal}` : `with exit code ${code}`}` }
  } catch (error) {
    return { failure: `could not be run: ${(error as Error).message}` }
  }
}

/** When it has to be ended. Forgotten with the end of the command. */
function stopOf({ deadlineMs, signal }: CommandToRun, child: Child): Promise<End> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve({ failure: `did not end within ${deadlineMs / 1000} s` }), deadlineMs)
    const interrupt = (): void => resolve('interrupted')
    signal?.addEventListener('abort', interrupt)
    if (signal?.aborted === true) interrupt()
    child.once('close', () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', interrupt)
    })
  })
}

function endGroup({ pid }: Child): void {
  if (pid !== undefined) killGroup(pid, 'SIGKILL')
}

const QUOTED_CHARACTERS = 1_000

/** What the first of them that has something ends with. */
function saying(...streams: readonly TextTail[]): string {
  const words = streams.map((stream) => stream.text().trim().slice(-QUOTED_CHARACTERS)).find((text) => text !== '')
  return words === undefined ? '' : `:\n${words}`
}
