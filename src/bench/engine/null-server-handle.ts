/** The null server (null-server.ts) in a process of its own, as a bench asks it. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { CELL_MS, type NullServerCommand, type NullServerReply } from './null-server.ts'

const REPLY_DEADLINE_MS = 60_000

export class NullServerHandle {
  readonly #child: ChildProcess
  readonly url: string

  private constructor(child: ChildProcess, port: number) {
    this.#child = child
    this.url = `http://127.0.0.1:${port}`
  }

  /** `module`: path of a module that runs the null server when its first argument is `null-server`. */
  static async start(module: string): Promise<NullServerHandle> {
    const child = fork(module, ['null-server'])
    const { port } = await replyOf<NullServerReply>(child)
    return new NullServerHandle(child, port)
  }

  /** Counts from now on. */
  async restart(): Promise<void> {
    this.#child.send('restart' satisfies NullServerCommand)
    await replyOf(this.#child)
  }

  /** Requests in each cell of the last load of that length: a warm-up comes before, with a pause between. */
  async lastCells(durationMs: number): Promise<readonly number[]> {
    this.#child.send('read' satisfies NullServerCommand)
    const { cells } = await replyOf<NullServerReply>(this.#child)
    const last = cells.findLastIndex((count) => count > 0)
    return cells.slice(Math.max(0, last - durationMs / CELL_MS))
  }

  stop(): void {
    this.#child.disconnect()
  }
}

/** What a child process of a bench says next. */
export async function replyOf<T>(child: ChildProcess): Promise<T> {
  const [reply] = (await once(child, 'message', { signal: AbortSignal.timeout(REPLY_DEADLINE_MS) })) as [T]
  return reply
}
