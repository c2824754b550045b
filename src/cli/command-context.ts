import type { Terminal } from './terminal.ts'

/** What a command is given beside its arguments. */
export interface CommandContext {
  readonly terminal: Terminal
  readonly env: Readonly<Record<string, string | undefined>>
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal
  /** In place of what a run says at the first Ctrl-C. */
  sayWhenStopping(words: string): void
  leaveWith(exitCode: number): void
}
