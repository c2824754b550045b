/**
 * Asks once a second what target and stores have used, for those who look on. One question at a time; an answer that
 * doesn't come changes nothing but what is shown.
 */
import type { Use } from './run-telemetry.ts'

const ASK_EVERY_MS = 1_000

export interface UseWatch {
  /** No further question; the one that is open, if any, is nobody's any more. */
  stop(): void
}

/** `ask` may reject: then what was known before stands. */
export function watchUse(ask: () => Promise<Use>, told: (use: Use) => void): UseWatch {
  let isAsking = false
  let isStopped = false
  const timer = setInterval(() => {
    if (isAsking) return
    isAsking = true
    void ask()
      .then((use) => {
        if (!isStopped) told(use)
      })
      .catch(() => undefined)
      .finally(() => (isAsking = false))
  }, ASK_EVERY_MS)
  timer.unref()
  return {
    stop: () => {
      isStopped = true
      clearInterval(timer)
    },
  }
}
