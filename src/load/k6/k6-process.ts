/**
 * One k6 process: started in a group of its own, so that Ctrl-C at the terminal is for the harness; listened to line by
 * line; ended by a signal and, past a deadline, by a stronger one. It works where the user does, since the files that
 * K6_OUT names are the user's. It dies with a harness that was killed (watcher.ts).
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { StringDecoder } from 'node:string_decoder'
import { endWhenWeDie } from './watcher.ts'

/** Lines that an error message quotes. */
const WORDS_KEPT = 8
const MOST_CHARACTERS = 400

export interface K6Ending {
  /** null: a signal that k6 doesn't catch ended it, or it was never started. */
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

export interface K6Start {
  readonly path: string
  readonly args: readonly string[]
  readonly env: Record<string, string>
  /** Removed when the harness dies: it may hold what is secret. */
  readonly folder: string
  /** Takes each line; false: it is none of the history's. */
  readonly onLine: (line: string) => boolean
}

export class K6Process {
  readonly #child: ChildProcess
  readonly #onLine: (line: string) => boolean
  readonly #decoder = new StringDecoder('utf8')
  readonly #words: string[] = []
  #held = ''
  #ending: K6Ending | null = null
  /** Resolves when it is gone and all that it said was heard. Never rejects. */
  readonly ended: Promise<K6Ending>

  constructor({ path, args, env, folder, onLine }: K6Start) {
    this.#onLine = onLine
    this.#child = spawn(path, args, { env, stdio: ['ignore', 'ignore', 'pipe'], detached: true })
    const watcher = this.#child.pid === undefined ? null : endWhenWeDie(this.#child.pid, folder)
    this.#child.stderr!.on('data', (chunk: Buffer) => this.#hear(chunk))
    this.ended = new Promise((resolve) => {
      const end = (code: number | null, signal: NodeJS.Signals | null): void => {
        watcher?.dismiss()
        this.#hearLine(this.#held)
        this.#ending = { code, signal }
        resolve(this.#ending)
      }
      this.#child.once('error', (error) => {
        this.#words.push(error.message)
        if (this.#child.pid === undefined) end(null, null)
      })
      this.#child.once('close', end)
    })
  }

  get pid(): number | null {
    return this.#child.pid ?? null
  }

  get ending(): K6Ending | null {
    return this.#ending
  }

  /** What it last said beside the history. */
  get lastWords(): string {
    return this.#words.join('\n')
  }

  /** Asks it to end, and makes it past the deadline. */
  async stop(deadlineMs: number): Promise<void> {
    this.#signal('SIGINT')
    const timer = setTimeout(() => this.#signal('SIGKILL'), deadlineMs)
    await this.ended
    clearTimeout(timer)
  }

  async kill(): Promise<void> {
    this.#signal('SIGKILL')
    await this.ended
  }

  #signal(name: NodeJS.Signals): void {
    if (this.#ending === null && this.#child.exitCode === null && this.#child.signalCode === null)
      this.#child.kill(name)
  }

  #hear(chunk: Buffer): void {
    const lines = (this.#held + this.#decoder.write(chunk)).split('\n')
    this.#held = lines.pop()!
    for (const line of lines) this.#hearLine(line)
  }

  #hearLine(line: string): void {
    if (line.trim() === '' || this.#onLine(line)) return
    this.#words.push(line.slice(0, MOST_CHARACTERS))
    if (this.#words.length > WORDS_KEPT) this.#words.shift()
  }
}
