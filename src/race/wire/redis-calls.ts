/**
 * Commands of a server to Redis, gathered into calls: those that came in one piece, as a driver writes a pipeline.
 * A transaction is one call, from MULTI to EXEC, whose text tells all of it. Some drivers wait for each QUEUED before they
 * send the next command: where the EXEC isn't there yet when a piece ends, what is there of the transaction passes by
 * itself, since the store only notes it down, and the EXEC is the call. It looks the same either way.
 */
import { type Access, strongest } from './access.ts'
import { type CommandTraits, traitsOf } from './redis-commands.ts'
import type { RedisScripts } from './redis-scripts.ts'
import { type CommandWords, wordsOf } from './redis-text.ts'
import type { RespCommand } from './resp-frames.ts'
import { shortLine } from './short-line.ts'
import type { CallTraits } from './talk.ts'

/** Whether the reply to a command says something; that to one that is `queued` does not. */
export type Role = 'answered' | 'queued'

export interface RedisCall {
  /** null: it passes by itself. */
  readonly traits: CallTraits | null
  readonly bytes: Buffer
  /** One for each reply that is due. */
  readonly roles: readonly Role[]
}

interface Part {
  readonly words: CommandWords
  readonly traits: CommandTraits
  readonly role: Role
  /** null: they went to the store before. */
  readonly bytes: Buffer | null
}

const MAX_STATEMENT = 200

export class RedisCalls {
  readonly #scripts: RedisScripts
  #piece: Part[] = []
  /** A transaction whose end has not come; null: none. */
  #block: Part[] | null = null
  #isWatching = false

  constructor(scripts: RedisScripts) {
    this.#scripts = scripts
  }

  /** @param upper its words in upper case */
  take({ bytes, words }: RespCommand, upper: readonly string[]): void {
    const [name] = upper
    const part = { words: wordsOf(words, upper, this.#scripts), traits: traitsOf(upper), bytes }
    if (this.#block === null && name !== 'MULTI') {
      if (name === 'WATCH' || name === 'UNWATCH') this.#isWatching = name === 'WATCH'
      this.#piece.push({ ...part, role: 'answered' })
      return
    }
    this.#block ??= []
    if (name === 'EXEC' || name === 'DISCARD') {
      this.#piece.push(...this.#block.map((queued) => (name === 'EXEC' ? queued : undone(queued))))
      this.#piece.push({ ...part, traits: this.#traitsOfEnd(name), role: 'answered' })
      this.#block = null
      this.#isWatching = false
    } else {
      // Nothing waits in a transaction.
      this.#block.push({ ...part, traits: { ...part.traits, mayBlock: false }, role: 'queued' })
    }
  }

  /** All that has come was taken: what stands now, in this order. */
  endPiece(): readonly RedisCall[] {
    const calls: RedisCall[] = []
    if (this.#piece.length > 0) calls.push(callOf(this.#piece, callTraits(this.#piece)))
    this.#piece = []
    if (this.#block?.some(({ bytes }) => bytes !== null)) {
      calls.push(callOf(this.#block, null))
      this.#block = this.#block.map((part) => ({ ...part, bytes: null }))
    }
    return calls
  }

  /** What an EXEC does by itself: it tells whether a watched key was changed. */
  #traitsOfEnd(name: 'EXEC' | 'DISCARD'): CommandTraits {
    return withAccess(name === 'EXEC' && this.#isWatching ? 'read' : 'nothing')
  }
}

function undone(part: Part): Part {
  return { ...part, traits: withAccess('nothing') }
}

function withAccess(access: Access): CommandTraits {
  return { access, isSetUp: false, mayBlock: false }
}

function callOf(parts: readonly Part[], traits: CallTraits | null): RedisCall {
  const fresh = parts.filter(({ bytes }) => bytes !== null)
  return { traits, bytes: Buffer.concat(fresh.map(({ bytes }) => bytes!)), roles: fresh.map(({ role }) => role) }
}

function callTraits(parts: readonly Part[]): CallTraits {
  return {
    statement: shortLine(parts.map(({ words }) => words.statement).join('; '), MAX_STATEMENT),
    text: parts.map(({ words }) => words.text).join('\n'),
    values: [],
    access: strongest(parts.map(({ traits }) => traits.access)),
    isSetUp: parts.every(({ traits }) => traits.isSetUp),
    mayBlock: parts.some(({ traits }) => traits.mayBlock),
  }
}
