/**
 * In place of a watch, where the system doesn't tell what a process does: whoever does nothing for a while is taken to have
 * nothing to do. A guess, and a slow one.
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { ProcessWatch } from './process-watch.ts'

/** Whoever asks looks afterwards whether something came meanwhile, and asks again. */
export function quietTime(ms: number): ProcessWatch {
  return {
    async isIdle() {
      await delay(ms)
      return true
    },
  }
}
