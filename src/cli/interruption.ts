/**
 * Ctrl-C and its kin: the first asks the run to end and keep what it has, the second leaves at once.
 */
import { exitCodeOf } from '../core/exit-codes.ts'
import type { Terminal } from './terminal.ts'

const LEAVE_WITHIN_MS = 10_000
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

export interface Interruption {
  readonly signal: AbortSignal
  /** What is said at the first. */
  words: string
  stopWatching(): void
}

export function watchSignals(terminal: Terminal): Interruption {
  const controller = new AbortController()
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(exitCodeOf('interrupted'))
    terminal.say(interruption.words)
    controller.abort()
  }
  const interruption: Interruption = {
    signal: controller.signal,
    words: 'stopping: no more requests are sent, what was measured is kept (once more to leave at once)',
    stopWatching: () => {
      for (const name of SIGNALS) process.off(name, onSignal)
      // What was on its way when the signal came, and holds the process, is waited for no longer than that.
      if (controller.signal.aborted) setTimeout(() => process.exit(), LEAVE_WITHIN_MS).unref()
    },
  }
  for (const name of SIGNALS) process.on(name, onSignal)
  return interruption
}
