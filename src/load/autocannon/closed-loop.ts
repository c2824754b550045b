/**
 * One step of the closed model: so many connections, each of which takes the next row of the plan when its answer came.
 * It ends when all rows were answered or the step's time is over, whichever is first; rows that it doesn't reach were
 * offered by nobody.
 */
import type { ClientRequest } from 'autocannon/lib/httpClient.js'
import type { ConnectionFigures } from '../../core/run-record.ts'
import { NS_PER_MS } from '../../core/units.ts'
import type { StepMemory } from '../open-loop/step-memory.ts'
import { OpenRequests } from '../transport/open-requests.ts'
import { type Failure, neverWritten } from '../transport/transport.ts'
import { BuyerConnection, type ConnectionOwner, NO_ROW } from './buyer-connection.ts'
import type { BuyerAnswer, BuyerDialogue } from './buyer-dialogue.ts'
import type { RowRecorder } from './row-recorder.ts'

export interface ClosedLoopOptions {
  readonly origin: URL
  readonly memory: StepMemory
  readonly connections: number
  readonly timeoutMs: number
  readonly dialogue: BuyerDialogue
  readonly recorder: RowRecorder
  /** ns since the run's origin. */
  readonly now: () => number
  /** Called once, when nothing is in flight and nothing more is sent. */
  readonly onDone: () => void
}

/** Below the usual listen backlog of 511, whose overflow costs a second each. */
const CONNECTS_AT_ONCE = 128
/** A connection that was refused is tried again after so long: a target that is down doesn't use up the plan at once. */
const RETRY_CONNECT_MS = 100
/** Nothing but refused connects for so long: the target isn't there. */
const UNREACHABLE_AFTER_NS = 1e9

export class ClosedLoop implements ConnectionOwner {
  readonly #options: ClosedLoopOptions
  readonly #memory: StepMemory
  readonly #open = new OpenRequests<BuyerConnection>()
  readonly #pauses = new Set<NodeJS.Timeout>()
  #timer: NodeJS.Timeout | null = null
  #next = 0
  #endNs = Number.POSITIVE_INFINITY
  /** Connections that are there, on their way or waiting to be tried again. */
  #held = 0
  #connecting = 0
  #opened = 0
  #reused = 0
  #reset = 0
  #stopped = false
  #done = false
  /** When connects began to be refused with nothing else between; NaN: they aren't. */
  #refusedSinceNs = Number.NaN
  #unreachable: string | null = null

  constructor(options: ClosedLoopOptions) {
    this.#options = options
    this.#memory = options.memory
  }

  /** Rows that were sent. */
  get reached(): number {
    return this.#next
  }

  /** It was stopped before its time was over, with rows left. */
  get cutShort(): boolean {
    return this.#stopped && this.#next < this.#memory.length
  }

  /** Why the target counts as unreachable; null: it doesn't. */
  get unreachable(): string | null {
    return this.#unreachable
  }

  get connections(): ConnectionFigures {
    return { opened: this.#opened, reused: this.#reused, reset: this.#reset }
  }

  /** Sends nothing from `endNs` on. */
  start(endNs: number): void {
    this.#endNs = endNs
    this.#sweep()
    this.#openMore()
    this.#finishIfDone()
  }

  /** Sends nothing more. */
  stop(): void {
    if (this.#done || this.#options.now() >= this.#endNs) return
    this.#stopped = true
    this.#endPauses()
    this.#finishIfDone()
  }

  requestOf(connection: BuyerConnection): ClientRequest {
    const { row } = connection
    const { dialogue, recorder, origin } = this.#options
    const { method, path, headers, body } = dialogue.request(row)
    connection.sentAtNs = this.#options.now()
    this.#open.append(connection)
    recorder.sent(row, connection.sentAtNs)
    return {
      method,
      path,
      host: origin.host,
      headers: { ...headers, ...lengthOfNothing(method, body) },
      body: body ?? '',
    }
  }

  answered(connection: BuyerConnection, answer: BuyerAnswer, isUsable: boolean): number {
    const { row } = connection
    const outcome = this.#options.dialogue.understand(row, answer)
    const nowNs = this.#options.now()
    this.#open.remove(connection)
    this.#options.recorder.answered(row, nowNs, answer.status, outcome)
    this.#refusedSinceNs = Number.NaN
    if (!isUsable) return NO_ROW
    const next = this.#take(nowNs)
    if (next !== NO_ROW) this.#reused++
    return next
  }

  failed(connection: BuyerConnection, failure: Failure, detail: string): void {
    const nowNs = this.#options.now()
    this.#open.remove(connection)
    this.#options.recorder.failed(connection.row, nowNs, failure, detail)
    if (failure === 'RESET') this.#reset++
    this.#watchRefusals(neverWritten(failure), detail, nowNs)
  }

  connected(): void {
    this.#connecting--
    this.#openMore()
  }

  gone(_connection: BuyerConnection, connectError: string | null): void {
    this.#held--
    if (connectError === null) {
      this.#openMore()
    } else {
      this.#connecting--
      this.#pause()
    }
    this.#finishIfDone()
  }

  /** The next row of the plan; NO_ROW when none is to be sent. */
  #take(nowNs: number): number {
    if (this.#stopped || this.#next === this.#memory.length || nowNs >= this.#endNs) return NO_ROW
    return this.#next++
  }

  #openMore(): void {
    while (this.#held < this.#options.connections && this.#connecting < CONNECTS_AT_ONCE) {
      const row = this.#take(this.#options.now())
      if (row === NO_ROW) return
      this.#held++
      this.#connecting++
      this.#opened++
      // Held by its socket.
      void new BuyerConnection(this, this.#options.origin, row)
    }
  }

  /** Keeps the place of a connection for a while. */
  #pause(): void {
    if (this.#stopped) return
    this.#held++
    const timer = setTimeout(() => {
      this.#pauses.delete(timer)
      this.#held--
      this.#openMore()
      this.#finishIfDone()
    }, RETRY_CONNECT_MS)
    this.#pauses.add(timer)
  }

  #endPauses(): void {
    for (const timer of this.#pauses) clearTimeout(timer)
    this.#held -= this.#pauses.size
    this.#pauses.clear()
  }

  /** Gives up what has waited for too long, and comes again when the oldest request will have. */
  #sweep(): void {
    const timeoutNs = this.#options.timeoutMs * NS_PER_MS
    const nowNs = this.#options.now()
    let oldest = this.#open.oldest
    while (oldest !== null && oldest.sentAtNs + timeoutNs <= nowNs) {
      oldest.giveUp()
      oldest = this.#open.oldest
    }
    if (this.#done) return
    const waitNs = oldest === null ? timeoutNs : oldest.sentAtNs + timeoutNs - nowNs
    this.#timer = setTimeout(() => this.#sweep(), Math.max(1, Math.ceil(waitNs / NS_PER_MS)))
  }

  #watchRefusals(refused: boolean, detail: string, nowNs: number): void {
    if (!refused) this.#refusedSinceNs = Number.NaN
    else if (Number.isNaN(this.#refusedSinceNs)) this.#refusedSinceNs = nowNs
    else if (nowNs - this.#refusedSinceNs >= UNREACHABLE_AFTER_NS && this.#unreachable === null) {
      this.#unreachable = detail
      this.stop()
    }
  }

  #finishIfDone(): void {
    if (this.#done || this.#held > 0) return
    this.#done = true
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#options.onDone()
  }
}

/** autocannon leaves the length of an empty body out, which some servers don't take for none. */
function lengthOfNothing(method: string, body: string | null): Record<string, string> {
  return (body ?? '') === '' && method !== 'GET' && method !== 'HEAD' ? { 'content-length': '0' } : {}
}
