/** Waits for what has no deadline of its own. What is waited for goes on when it is over: it can't be called off. */
import { HarnessError } from '../../core/errors.ts'

/** Throws SERVICE_TIMEOUT with `what` that was waited for. */
export async function withinDeadline<T>(deadlineMs: number, what: string, work: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const over = new Promise<never>((_resolve, reject) => {
    const message = `${what}: no end within ${deadlineMs} ms`
    timer = setTimeout(() => reject(new HarnessError('SERVICE_TIMEOUT', { message })), deadlineMs)
  })
  try {
    return await Promise.race([work(), over])
  } finally {
    clearTimeout(timer)
  }
}
