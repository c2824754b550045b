/** Waits for what has no deadline of its own. What is waited for goes on when it is over: it can't be called off. */
import { HarnessError } from '../../core/errors.ts'

/** Throws SERVICE_TIMEOUT with `what` that was waited for; INTERRUPTED when the signal comes first. */
export async function withinDeadline<T>(
  deadlineMs: number,
  what: string,
  work: () => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  let stopWaiting = (): void => undefined
  const over = new Promise<never>((_resolve, reject) => {
    const timer = setTimeout(
      () => reject(new HarnessError('SERVICE_TIMEOUT', { message: `${what}: no end within ${deadlineMs} ms` })),
      deadlineMs,
    )
    const interrupt = (): void => reject(new HarnessError('INTERRUPTED', { message: `interrupted: ${what}` }))
    signal?.addEventListener('abort', interrupt, { once: true })
    if (signal?.aborted) interrupt()
    stopWaiting = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', interrupt)
    }
  })
  try {
    return await Promise.race([work(), over])
  } finally {
    stopWaiting()
  }
}
