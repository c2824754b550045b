import type { Terminal } from './terminal.ts'

/** What a command is given beside its arguments. */
export interface CommandContext {
  readonly terminal: Terminal
  readonly env: Readonly<Record<string, string | undefined>>
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal
  /** What is said when Ctrl-C comes, in place of words about a run. */
  saysWhenStopped(words: string): void
  leaveWith(exitCode: number): void
}
