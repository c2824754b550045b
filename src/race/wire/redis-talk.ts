/**
 * How a server and its Redis talk through a gate: every command is held. A connection that listens (SUBSCRIBE, MONITOR) is
 * left to itself from then on: what it hears is done by others. So is what RESP3 pushes in between: it goes on as it comes.
 * CLIENT REPLY is refused: without replies nobody could tell when a call is done.
 */
import { FrameFault } from './frame-fault.ts'
import { RedisAnswer } from './redis-answer.ts'
import { RedisCalls } from './redis-calls.ts'
import { listens } from './redis-commands.ts'
import type { RedisScripts } from './redis-scripts.ts'
import { commandFrames, replyFrames, type RespReply } from './resp-frames.ts'
import type { Talk, TalkEnds } from './talk.ts'

/** No name of a command or an option is longer. */
const MAX_NAME_BYTES = 32

export class RedisTalk implements Talk {
  readonly backend = null
  /** There is no greeting. */
  readonly isOpen = true
  readonly #ends: TalkEnds<RespReply>
  readonly #calls: RedisCalls
  readonly #fromServer = commandFrames()
  readonly #fromStore = replyFrames()
  #listening: 'no' | 'soon' | 'yes' = 'no'
  /** What came behind the command by which it listens, until that can go. */
  #behind: Buffer[] = []

  constructor(ends: TalkEnds<RespReply>, scripts: RedisScripts) {
    this.#ends = ends
    this.#calls = new RedisCalls(scripts)
  }

  fromServer(chunk: Buffer): void {
    if (this.#listening === 'yes') return this.#ends.toStore(chunk)
    if (this.#listening === 'soon') {
      this.#behind.push(chunk)
      return
    }
    this.#fromServer.push(chunk)
    for (let command = this.#fromServer.next(); command !== null; command = this.#fromServer.next()) {
      if (command instanceof FrameFault) return this.#refuse(`Protocol error: ${command.sentence}`)
      const upper = command.words.map((word) =>
        word.length > MAX_NAME_BYTES ? '' : word.toString('latin1').toUpperCase(),
      )
      const [name] = upper
      // An empty line, to which there is no reply.
      if (name === undefined) continue
      if (name === 'CLIENT' && upper[1] === 'REPLY') return this.#refuse('CLIENT REPLY is not supported under a race')
      if (listens(name)) return this.#listen(command.bytes)
      this.#calls.take(command, upper)
    }
    this.#endPiece()
  }

  fromStore(chunk: Buffer): void {
    if (this.#listening === 'yes') return this.#ends.toServer(chunk)
    this.#fromStore.push(chunk)
    for (let reply = this.#fromStore.next(); reply !== null; reply = this.#fromStore.next()) {
      if (reply instanceof FrameFault) {
        const why = `the store sent what can't be read: ${reply.sentence}`
        return this.#ends.giveUp(errorReply(why), why)
      }
      if (reply.value.kind === 'push' || !this.#ends.line.take(reply)) this.#ends.toServer(reply.bytes)
    }
  }

  #endPiece(): void {
    for (const { traits, bytes, roles } of this.#calls.endPiece()) {
      const startAnswer = (): RedisAnswer => new RedisAnswer(roles)
      if (traits === null) this.#ends.line.stand({ call: null, bytes, startAnswer })
      else this.#ends.hold(traits, bytes, startAnswer)
    }
  }

  /** Behind all that was sent before it. */
  #listen(command: Buffer): void {
    this.#listening = 'soon'
    this.#behind = [command, this.#fromServer.takeRest()]
    this.#endPiece()
    this.#ends.line.whenEmpty(() => {
      this.#listening = 'yes'
      this.#ends.toServer(this.#fromStore.takeRest())
      this.#ends.toStore(Buffer.concat(this.#behind))
      this.#behind = []
    })
  }

  #refuse(why: string): void {
    this.#ends.refuse(errorReply(why))
  }
}

function errorReply(why: string): Buffer {
  return Buffer.from(`-ERR ${why}\r\n`)
}
