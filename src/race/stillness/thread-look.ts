/**
 * Whether all threads of some processes sleep, and how often each has been put to sleep so far: a thread that sleeps at
 * two looks, and was put to sleep as often, has not run in between. The CPU time would say it only to the hundredth of a
 * second, and a call of a store is sooner made.
 */
import { numbersIn, readProc } from './proc-file.ts'

/** null: one of them runs, or waits for a processor or a disk. Else a text that is the same as long as none has run. */
export function lookAtThreads(pids: readonly number[]): string | null {
  const looks: string[] = []
  for (const pid of pids) {
    for (const thread of numbersIn(`/proc/${pid}/task`)) {
      const status = readProc(`/proc/${pid}/task/${thread}/status`)
      const seen = status === null ? GONE : parseThread(status)
      if (seen.is === 'awake') return null
      if (seen.is === 'asleep') looks.push(`${thread}:${seen.switches}`)
    }
  }
  return looks.join(' ')
}

export type ThreadSeen =
  | { readonly is: 'awake' }
  | { readonly is: 'asleep'; readonly switches: string }
  | { readonly is: 'gone' }

const GONE: ThreadSeen = { is: 'gone' }

/** Of /proc/PID/task/TID/status. A zombie has nothing left to do; what is stopped may go on at any moment. */
export function parseThread(status: string): ThreadSeen {
  const state = /^State:\s+(\S)/m.exec(status)?.[1]
  if (state === undefined || state === 'Z' || state === 'X') return GONE
  if (state !== 'S') return { is: 'awake' }
  return {
    is: 'asleep',
    switches: [...status.matchAll(/^(?:non)?voluntary_ctxt_switches:\s+(\d+)/gm)].map(([, count]) => count).join('+'),
  }
}
