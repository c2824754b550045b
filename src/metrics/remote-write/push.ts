/**
 * Pushes recorded series to a Prometheus, or whatever takes remote write 1.0, in batches and within a deadline. What
 * can't be pushed is a sentence: a verdict never hangs on it.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { compress } from 'snappyjs'
import { encodeWriteRequest, type TimeSeries } from './encode.ts'

export interface RemoteWriteTarget {
  readonly url: string
  /** Sent as a bearer token; null: none. */
  readonly token: string | null
}

/** As many as a request holds; Prometheus' own default is 2,000, and receivers take far more. */
const SAMPLES_PER_REQUEST = 10_000
const ANSWER_WITHIN_MS = 10_000
const ATTEMPTS = 3
const FIRST_PAUSE_MS = 250

/** These say that no other batch would be taken, either. */
const CLOSED_DOORS: readonly number[] = [401, 403, 404, 405]

/** @returns why not all of it could be pushed until `deadline`, in a sentence; null: all was */
export async function push(
  series: Iterable<TimeSeries>,
  target: RemoteWriteTarget,
  deadline: AbortSignal,
): Promise<string | null> {
  let firstProblem: string | null = null
  for (const batch of batches(series)) {
    const { problem, isOfAll } = await pushBatch(batch, target, deadline)
    if (problem === null) continue
    firstProblem ??= deadline.aborted ? 'it took too long' : problem
    if (isOfAll || deadline.aborted) break
  }
  if (firstProblem === null) return null
  return `the metrics could not all be pushed to ${new URL(target.url).host}: ${firstProblem}`
}

/** A series may be cut in several, in order. */
function* batches(series: Iterable<TimeSeries>): Generator<TimeSeries[]> {
  let batch: TimeSeries[] = []
  let room = SAMPLES_PER_REQUEST
  for (const { labels, samples } of series) {
    for (let from = 0; from < samples.length; ) {
      const part = samples.slice(from, from + room)
      batch.push({ labels, samples: part })
      from += part.length
      room -= part.length
      if (room > 0) continue
      yield batch
      batch = []
      room = SAMPLES_PER_REQUEST
    }
  }
  if (batch.length > 0) yield batch
}

/** Tried again where the receiver says that it may be, as the specification has it: 5xx, 429, and no answer at all. */
async function pushBatch(
  batch: readonly TimeSeries[],
  target: RemoteWriteTarget,
  deadline: AbortSignal,
): Promise<Sent> {
  const body = compress(encodeWriteRequest(batch))
  for (let attempt = 1; ; attempt++) {
    const sent = await send(body, target, deadline)
    if (sent.problem === null || !sent.mayPass || attempt === ATTEMPTS || deadline.aborted) return sent
    await delay(FIRST_PAUSE_MS * 2 ** (attempt - 1), null, { signal: deadline }).catch(() => undefined)
  }
}

interface Sent {
  /** null: it was taken. */
  readonly problem: string | null
  /** It may be taken the next time. */
  readonly mayPass: boolean
  /** What is wrong isn't what was sent. */
  readonly isOfAll: boolean
}

async function send(body: Uint8Array, { url, token }: RemoteWriteTarget, deadline: AbortSignal): Promise<Sent> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-protobuf',
        'content-encoding': 'snappy',
        'x-prometheus-remote-write-version': '0.1.0',
        'user-agent': 'doorbuster',
        ...(token !== null && { authorization: `Bearer ${token}` }),
      },
      body: Buffer.from(body),
      redirect: 'error',
      signal: AbortSignal.any([deadline, AbortSignal.timeout(ANSWER_WITHIN_MS)]),
    })
    const said = (await response.text()).trim().slice(0, 300)
    if (response.ok) return { problem: null, mayPass: false, isOfAll: false }
    const { status } = response
    const mayPass = status >= 500 || status === 429
    const isOfAll = mayPass || CLOSED_DOORS.includes(status)
    return { problem: `it answered ${status} ${said}`.trimEnd(), mayPass, isOfAll }
  } catch (error) {
    return { problem: reasonOf(error), mayPass: true, isOfAll: true }
  }
}

function reasonOf(error: unknown): string {
  const { message, cause } = error as Error
  return cause instanceof Error && cause.message !== '' ? cause.message : message
}
