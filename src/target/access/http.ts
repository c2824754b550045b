/** Requests of the run itself to a described target: few, each within a deadline, its answer held whole and bounded. */
import { Agent, request as send } from 'undici'
import { HarnessError } from '../../core/errors.ts'
import type { Answer } from '../../core/locate.ts'
import type { TlsMaterial } from '../../core/target-access.ts'
import { displayRequestUrl } from './display-url.ts'
import { reasonOf } from './failure.ts'
import { tellingWhenSent } from './sent-teller.ts'

const CONNECTIONS = 32
const CONNECT_TIMEOUT_MS = 10_000

export interface RequestToSend {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | null
  readonly deadlineMs: number
  readonly mostBytes: number
  readonly signal: AbortSignal | undefined
  /** Called when it is written to its connection; perhaps again where undici sends it once more. */
  readonly onSent?: (() => void) | undefined
  readonly onAnswer?: (() => void) | undefined
}

export class HttpSender implements AsyncDisposable {
  readonly #agent: Agent
  readonly #redact: (text: string) => string

  constructor(tls: TlsMaterial | null, redact: (text: string) => string) {
    this.#redact = redact
    this.#agent = new Agent({
      connections: CONNECTIONS,
      // Each request has a deadline of its own.
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: {
        timeout: CONNECT_TIMEOUT_MS,
        ...(tls !== null && {
          ...(tls.ca !== undefined && { ca: tls.ca }),
          ...(tls.cert !== undefined && { cert: tls.cert }),
          ...(tls.key !== undefined && { key: tls.key }),
          ...(tls.serverName !== undefined && { servername: tls.serverName }),
          rejectUnauthorized: !tls.insecure,
        }),
      },
    })
  }

  /** Throws HarnessError TARGET_UNREACHABLE, TARGET_FAILED for an answer that is too long, or INTERRUPTED. */
  async send(given: RequestToSend): Promise<Answer & { readonly url: string }> {
    const { method, url, headers, body, deadlineMs, mostBytes } = given
    const deadline = AbortSignal.timeout(deadlineMs)
    const signal = given.signal === undefined ? deadline : AbortSignal.any([deadline, given.signal])
    const isAsked = given.onSent !== undefined || given.onAnswer !== undefined
    const dispatcher = isAsked ? this.#agent.compose(tellingWhenSent(given)) : this.#agent
    try {
      const answer = await send(url, { method: method as 'GET', headers, body, signal, dispatcher })
      const text = await readAtMost(answer.body, mostBytes)
      return {
        url,
        status: answer.statusCode,
        header: (name) => [answer.headers[name] ?? []].flat(),
        body: text,
      }
    } catch (cause) {
      const what = this.#redact(`${method} ${displayRequestUrl(url)}`)
      if (cause instanceof TooLong) {
        throw new HarnessError('TARGET_FAILED', { message: `${what}: the answer has more than ${mostBytes} bytes` })
      }
      if (given.signal?.aborted === true) throw new HarnessError('INTERRUPTED', { message: `interrupted: ${what}` })
      const why = deadline.aborted ? `no answer within ${deadlineMs / 1000} s` : this.#redact(reasonOf(cause))
      throw new HarnessError('TARGET_UNREACHABLE', { message: `${what}: ${why}` })
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#agent.destroy()
  }
}

class TooLong extends Error {}

async function readAtMost(body: AsyncIterable<Uint8Array>, mostBytes: number): Promise<string> {
  const parts: Uint8Array[] = []
  let bytes = 0
  for await (const part of body) {
    bytes += part.length
    if (bytes > mostBytes) throw new TooLong()
    parts.push(part)
  }
  return Buffer.concat(parts).toString()
}
