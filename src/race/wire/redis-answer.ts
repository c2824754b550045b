/** The replies of Redis to one call: one value to each of its commands. */
import type { StoreReply } from '../store-call.ts'
import type { Answer } from './call-line.ts'
import type { Role } from './redis-calls.ts'
import { holdsError, replyText } from './redis-text.ts'
import type { RespReply } from './resp-frames.ts'
import { shortLine } from './short-line.ts'

const MAX_REPLY = 160

export class RedisAnswer implements Answer<RespReply> {
  readonly #roles: readonly Role[]
  #replies = 0
  #isError = false
  readonly #said: string[] = []

  constructor(roles: readonly Role[]) {
    this.#roles = roles
  }

  get isComplete(): boolean {
    return this.#replies >= this.#roles.length
  }

  take({ value }: RespReply): void {
    const role = this.#roles[this.#replies++]
    const isError = holdsError(value)
    this.#isError ||= isError
    if (role === 'answered' || isError) this.#said.push(replyText(value))
  }

  reply(): StoreReply {
    return { text: shortLine(this.#said.join('; '), MAX_REPLY), isError: this.#isError }
  }
}
