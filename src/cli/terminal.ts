/**
 * The terminal: results go to stdout, everything that is said on the way to stderr. A live line is drawn on a TTY
 * only; a pipe gets plain lines; with `--json` nothing is said at all and one document is printed.
 */
import { stripVTControlCharacters } from 'node:util'
import pc from 'picocolors'

export interface TerminalOptions {
  readonly stdout: NodeJS.WriteStream
  readonly stderr: NodeJS.WriteStream
  readonly env: Readonly<Record<string, string | undefined>>
}

const DEFAULT_WIDTH = 100
const MIN_WIDTH = 40
const MAX_WIDTH = 140

export class Terminal {
  readonly #stdout: NodeJS.WriteStream
  readonly #stderr: NodeJS.WriteStream
  readonly #env: TerminalOptions['env']
  #liveLine = false
  #unprinted: Error | null = null
  /** Nothing is said on stderr but errors. */
  quiet = false

  constructor(options: TerminalOptions) {
    this.#stdout = options.stdout
    this.#stderr = options.stderr
    this.#env = options.env
    options.stdout.on('error', (error: NodeJS.ErrnoException) => {
      // A reader that has seen enough (`| head`) closes the pipe; that is no error.
      if (error.code !== 'EPIPE') this.#unprinted ??= error
    })
    // There is nowhere left to say it.
    options.stderr.on('error', () => {})
  }

  get width(): number {
    // Some pseudo-terminals say that they have no columns at all.
    const columns = this.#stdout.columns || this.#stderr.columns || DEFAULT_WIDTH
    return Math.max(MIN_WIDTH, Math.min(columns, MAX_WIDTH))
  }

  /** Whether results may carry colour: a terminal, unless NO_COLOR is set; FORCE_COLOR where it is wanted anyway. */
  get color(): boolean {
    return this.#mayColor(this.#stdout)
  }

  get colorOfProgress(): boolean {
    return this.#mayColor(this.#stderr)
  }

  get isLive(): boolean {
    return this.#stderr.isTTY && this.#env['CI'] === undefined
  }

  /** Prints a result. */
  print(text: string): void {
    this.#endLiveLine()
    this.#stdout.write(text.endsWith('\n') ? text : `${text}\n`)
  }

  /** Waits until more can be printed without filling the memory. A reader who has gone takes nothing more. */
  async drained(): Promise<void> {
    if (this.#stdout.writableNeedDrain) {
      await new Promise<void>((resolve) => {
        this.#stdout
          .once('drain', resolve)
          .once('close', resolve)
          .once('error', () => resolve())
      })
    }
  }

  /** Waits until what was printed has left; the error if it could not be, such as a full disk. */
  async printed(): Promise<Error | null> {
    await new Promise<void>((resolve) => {
      this.#stdout.write('', () => resolve())
    })
    return this.#unprinted
  }

  /** Says a line about what goes on. */
  say(text: string): void {
    if (this.quiet) return
    this.#endLiveLine()
    this.#stderr.write(`${text}\n`)
  }

  /** Draws over the last live line; does nothing where there is no terminal. */
  live(text: string): void {
    if (this.quiet || !this.isLive) return
    // A line that wraps can't be drawn over.
    this.#stderr.write(`\r\x1b[2K${cut(text, (this.#stderr.columns || DEFAULT_WIDTH) - 1)}`)
    this.#liveLine = true
  }

  /** Said even where nothing else is. */
  warn(text: string): void {
    this.#endLiveLine()
    this.#stderr.write(`doorbuster: ${text}\n`)
  }

  fail(message: string, hint?: string): void {
    this.#endLiveLine()
    const colors = pc.createColors(this.colorOfProgress)
    this.#stderr.write(`${colors.red('doorbuster:')} ${message}\n`)
    if (hint !== undefined) this.#stderr.write(`${hint.replace(/^/gm, '  ')}\n`)
  }

  #endLiveLine(): void {
    if (this.#liveLine) this.#stderr.write('\r\x1b[2K')
    this.#liveLine = false
  }

  #mayColor(stream: NodeJS.WriteStream): boolean {
    if (this.#env['NO_COLOR'] !== undefined && this.#env['NO_COLOR'] !== '') return false
    if (this.#env['FORCE_COLOR'] !== undefined && this.#env['FORCE_COLOR'] !== '0') return true
    return stream.isTTY
  }
}

/** The first `width` characters that are seen; colours end with them. */
function cut(text: string, width: number): string {
  if (stripVTControlCharacters(text).length <= width) return text
  let seen = 0
  let kept = ''
  // oxlint-disable-next-line no-control-regex -- that is what a colour begins with
  for (const [part] of text.matchAll(/\x1b\[[0-9;]*m|./gsu)) {
    if (part.length === 1 || !part.startsWith('\x1b')) {
      if (seen === width) continue
      seen++
    }
    kept += part
  }
  return kept
}
