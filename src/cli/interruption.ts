/**
 * Ctrl-C and its kin: the first asks the run to end and keep what it has, the second leaves at once.
 */
import { exitCodeOf } from '../core/exit-codes.ts'
import type { Terminal } from './terminal.ts'

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
    },
  }
  for (const name of SIGNALS) process.on(name, onSignal)
  return interruption
}
