/** Waits until a service answers; and sees whether somebody answers already before it was started. */
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { HarnessError } from '../core/errors.ts'
import type { TargetAccess } from '../core/target-access.ts'
import type { Readiness } from '../core/target-descriptor.ts'

const ASK_EVERY_MS = 50
const ANSWER_WITHIN_MS = 2_000

/**
 * null: it is ready. Else why not, in a sentence: `gone` said so, or the deadline has passed.
 * @param gone what became of the service; null while it runs
 */
export async function untilReady(
  ready: Readiness,
  access: TargetAccess,
  deadlineMs: number,
  gone: () => string | null,
  signal?: AbortSignal,
): Promise<string | null> {
  const deadline = performance.now() + deadlineMs
  let last = 'it was not asked'
  for (;;) {
    const answer = await ask(ready, access)
    // What ended can't have answered: somebody else did.
    const end = gone()
    if (end !== null) return end
    if (answer === null) return null
    last = answer
    if (signal?.aborted === true) return 'interrupted'
    if (performance.now() + ASK_EVERY_MS > deadline) return `not ready within ${deadlineMs / 1000} s: ${last}`
    await sleep(ASK_EVERY_MS)
  }
}

/** null: ready. */
async function ask({ path }: Readiness, access: TargetAccess): Promise<string | null> {
  if (path === null) return (await isListenedTo(access)) ? null : 'it takes no connection'
  try {
    const request = { method: 'GET', path: [path], headers: [], body: null }
    const { status } = await access.send(request, {}, { deadlineMs: ANSWER_WITHIN_MS })
    return status < 500 ? null : `${access.describe(request, {})} was answered with ${status}`
  } catch (error) {
    if (error instanceof HarnessError) return error.message
    throw error
  }
}

/** Throws HarnessError TARGET_FAILED when somebody listens there: that one would be tested in place of the service. */
export async function refuseTakenPort(access: TargetAccess): Promise<void> {
  if (!(await isListenedTo(access))) return
  throw new HarnessError('TARGET_FAILED', {
    message: `something listens at ${access.baseUrl} already, before the service was started`,
    hint: 'End it, or leave `start` out of the descriptor if it is what you want to test.',
  })
}

/** Whether somebody takes connections there. */
export function isListenedTo({ baseUrl }: TargetAccess): Promise<boolean> {
  const { hostname, port, protocol } = new URL(baseUrl)
  const usual = protocol === 'https:' ? 443 : 80
  return new Promise((resolve) => {
    const socket = connect({
      host: hostname.replace(/^\[(.*)\]$/, '$1'),
      port: port === '' ? usual : Number(port),
      timeout: ANSWER_WITHIN_MS,
    })
    const end = (answer: boolean): void => {
      socket.destroy()
      resolve(answer)
    }
    socket.once('connect', () => end(true))
    socket.once('error', () => end(false))
    socket.once('timeout', () => end(false))
  })
}
