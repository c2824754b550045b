/**
 * One worker's part of one step: sends each of its requests when it is due, whether or not earlier ones were answered,
 * and writes what became of each into the step's columns. Everything it needs is handed in, the clock too, so that a
 * test can let time pass. It must not wait for anything.
 */
import { STILL_QUEUED } from '../../core/buyer-protocol.ts'
import { OUTCOME_CODES } from '../../core/history.ts'
import type { OutcomeKind } from '../../core/operation.ts'
import { NS_PER_MS } from '../../core/units.ts'
import type { AnswerSamples } from '../answer-samples.ts'
import type { AnsweredOutcome } from '../classify-response.ts'
import type { AnswerHeaders } from '../protocol/index.ts'
import { type AnswerSink, type Failure, neverWritten, type Transport } from '../transport/transport.ts'
import type { CodeTable } from './code-table.ts'
import type { Conversation } from './conversation.ts'
import { latencyBucket } from './latency-histogram.ts'
import type { OrderIdWriter } from './order-id-arena.ts'
import type { PollQueue } from './poll-queue.ts'
import type { RetryQueue } from './retry-queue.ts'
import { type CounterName, COUNTERS, type SharedState } from './shared-state.ts'
import type { StepMemory } from './step-memory.ts'

export interface StepRunnerOptions {
  readonly memory: StepMemory
  /** Rows to send, in order of time; null: all of the plan. */
  readonly rows: Uint32Array | null
  /** Rows of the plan: what stands behind them in the memory are retries. */
  readonly planned: number
  /** null: nobody asks again. */
  readonly retries: RetryQueue | null
  /** null: every answer is final. */
  readonly polls: PollQueue | null
  readonly conversation: Conversation
  readonly transport: Pick<Transport, 'giveUp'>
  readonly samples: AnswerSamples
  readonly state: SharedState
  readonly workerIndex: number
  readonly codes: CodeTable
  readonly orderIds: OrderIdWriter
  readonly maxInFlight: number
  readonly timeoutMs: number
  /** ns since the run's origin. */
  readonly now: () => number
  /** Calls back after the answers that already came were read. */
  readonly afterReading: (then: () => void) => void
  /** Called once, when all is sent (or stopped), nothing is in flight and no buyer is queued. */
  readonly onDone: () => void
}

/**
 * Requests sent without looking at answers in between. A generator that was held up thus reads what came meanwhile
 * before it goes on, and doesn't take its own lateness for a full target.
 */
const BURST = 64
/** Nothing but refused connects for so long: the target isn't there. */
const UNREACHABLE_AFTER_NS = 1e9

const OUTCOME_NUMBER = Object.fromEntries(OUTCOME_CODES.map((kind, number) => [kind, number])) as Record<
  OutcomeKind,
  number
>

export class StepRunner implements AnswerSink {
  readonly #options: StepRunnerOptions
  readonly #memory: StepMemory
  readonly #retries: RetryQueue | null
  readonly #polls: PollQueue | null
  readonly #conversation: Conversation
  readonly #count: number
  readonly #counters: Int32Array
  readonly #latencies: Int32Array
  #next = 0
  #inFlight = 0
  #stopped = false
  #done = false
  #sending = false
  #continues = false
  /** When connects began to be refused with nothing else between; NaN: they aren't. */
  #refusedSinceNs = Number.NaN
  #unreachable: string | null = null

  constructor(options: StepRunnerOptions) {
    this.#options = options
    this.#memory = options.memory
    this.#retries = options.retries
    this.#polls = options.polls
    this.#conversation = options.conversation
    this.#count = options.rows?.length ?? options.planned
    this.#counters = options.state.countersOf(options.workerIndex)
    this.#latencies = options.state.latenciesOf(options.workerIndex)
  }

  /** Rows of this worker that were sent or dropped. */
  get reached(): number {
    return this.#next
  }

  /** Why the target counts as unreachable; null: it doesn't. */
  get unreachable(): string | null {
    return this.#unreachable
  }

  /** Retries that were due later than the moment at which it was stopped. */
  get retriesLeft(): number {
    return this.#retries?.waiting ?? 0
  }

  /** Begins: from here on, ticks count. No retry falls due at or after `retriesUntilNs`. */
  start(retriesUntilNs: number): void {
    this.#retries?.endAt(retriesUntilNs)
    this.#publishNextDue()
    this.#finishIfDone()
  }

  /** Sends what is due. */
  tick(): void {
    if (!this.#done && !this.#continues) this.#sendDue(this.#options.now())
  }

  /** Gives up what has waited for too long. Precise to how often it is called. */
  sweep(): void {
    if (this.#done) return
    const nowNs = this.#options.now()
    this.#options.transport.giveUp(nowNs - this.#options.timeoutMs * NS_PER_MS)
    if (this.#polls !== null) this.#giveUpQueued(this.#polls, nowNs)
    this.#finishIfDone()
  }

  /** Sends nothing more but polls of buyers who are queued, for as long as a request may take. */
  stop(): void {
    if (!this.#stopped) this.#polls?.endAt(this.#options.now() + this.#options.timeoutMs * NS_PER_MS)
    this.#stopped = true
    this.#publishNextDue()
    this.#finishIfDone()
  }

  #isAllSent(): boolean {
    return this.#stopped || (this.#next === this.#count && this.retriesLeft === 0)
  }

  #rowAt(position: number): number {
    return this.#options.rows === null ? position : this.#options.rows[position]!
  }

  #nextDueNs(): number {
    const arrivalNs = this.#nextArrivalNs()
    return this.#polls === null ? arrivalNs : Math.min(arrivalNs, this.#polls.nextDueNs)
  }

  #nextArrivalNs(): number {
    if (this.#stopped) return Infinity
    const planNs = this.#planDueNs()
    return this.#retries === null ? planNs : Math.min(planNs, this.#retries.nextDueNs)
  }

  #planDueNs(): number {
    return this.#next === this.#count ? Infinity : this.#memory.scheduledAtNs[this.#rowAt(this.#next)]!
  }

  #publishNextDue(): void {
    this.#options.state.nextDueNs[this.#options.workerIndex] = this.#nextDueNs()
  }

  #sendDue(nowNs: number): void {
    // An answer that comes in while sending must not begin a second round inside this one.
    if (this.#sending) return
    this.#sending = true
    const polled = this.#polls === null ? 0 : this.#sendPolls(this.#polls, nowNs)
    let sent = 0
    let now = nowNs
    while (this.#nextArrivalNs() <= now && sent < BURST) {
      if (this.#sendOrDrop(this.#takeNext(), now)) {
        sent++
        now = this.#options.now()
      }
    }
    this.#sending = false
    if (sent === BURST || polled === BURST) this.#continueAfterReading()
    this.#publishNextDue()
    this.#finishIfDone()
  }

  /**
   * A poll is no arrival: one that finds no place in flight waits for it. Those who are queued go before those who come,
   * and never keep them waiting for more than one burst.
   * @returns how many were sent
   */
  #sendPolls(polls: PollQueue, nowNs: number): number {
    let sent = 0
    while (sent < BURST && polls.nextDueNs <= nowNs && this.#options.state.tryEnter(this.#options.maxInFlight)) {
      this.#inFlight++
      sent++
      const row = polls.takeDue()
      this.#conversation.sendPoll(row, nowNs, polls.ticketOf(row)!)
    }
    return sent
  }

  #takeNext(): number {
    const retries = this.#retries
    if (retries !== null && retries.nextDueNs < this.#planDueNs()) return retries.take()
    return this.#rowAt(this.#next++)
  }

  #continueAfterReading(): void {
    if (this.#continues) return
    this.#continues = true
    this.#options.afterReading(() => {
      this.#continues = false
      this.tick()
    })
  }

  /** False if it was dropped. */
  #sendOrDrop(row: number, nowNs: number): boolean {
    const memory = this.#memory
    if (!this.#options.state.tryEnter(this.#options.maxInFlight)) {
      memory.code[row] = this.#options.codes.numberOf('IN_FLIGHT_BOUND')
      this.#settle(row, OUTCOME_NUMBER.dropped)
      this.#count1('dropped')
      return false
    }
    this.#inFlight++
    this.#count1('sent')
    memory.sentAtNs[row] = nowNs
    this.#conversation.send(row, nowNs)
    return true
  }

  answered(
    row: number,
    status: number,
    bytes: Buffer,
    start: number,
    end: number,
    headers: AnswerHeaders | null,
  ): void {
    const ticket = this.#polls === null ? null : this.#polls.ticketOf(row)
    const outcome = this.#conversation.understand(row, ticket, status, bytes, start, end, headers)
    const completedAtNs = this.#options.now()
    this.#memory.httpStatus[row] = status
    this.#refusedSinceNs = Number.NaN
    if (outcome.kind === 'queued') this.#queue(row, outcome.ticket, completedAtNs)
    else this.#conclude(row, outcome, completedAtNs)
    this.#leave(completedAtNs)
  }

  #conclude(row: number, outcome: AnsweredOutcome, completedAtNs: number): void {
    if (this.#polls !== null && this.#polls.ticketOf(row) !== null) this.#polls.leave(row)
    this.#memory.completedAtNs[row] = completedAtNs
    this.#record(row, outcome)
    this.#followUp(row, completedAtNs)
    this.#count1('completed')
    const responseUs = (completedAtNs - this.#memory.scheduledAtNs[row]!) / 1000
    if (row < this.#options.planned) this.#latencies[latencyBucket(responseUs)]!++
  }

  /** The buyer asks again later, unless it is too late for that. */
  #queue(row: number, ticket: string, nowNs: number): void {
    const polls = this.#polls!
    if (polls.ticketOf(row) !== null && polls.isPastDeadline(row, nowNs)) {
      this.#giveUpQueuedRow(polls, row, nowNs)
      return
    }
    polls.wait(row, ticket, nowNs)
    this.#publishNextDue()
  }

  #giveUpQueued(polls: PollQueue, nowNs: number): void {
    for (let row = polls.nextExpired(nowNs); row !== null; row = polls.nextExpired(nowNs)) {
      this.#giveUpQueuedRow(polls, row, nowNs)
    }
  }

  #giveUpQueuedRow(polls: PollQueue, row: number, nowNs: number): void {
    polls.leave(row)
    this.#memory.completedAtNs[row] = nowNs
    this.#memory.code[row] = this.#options.codes.numberOf(STILL_QUEUED)
    this.#settle(row, OUTCOME_NUMBER.unknown)
    this.#followUp(row, nowNs)
    this.#count1('completed')
  }

  failed(row: number, failure: Failure, detail: string): void {
    const nowNs = this.#options.now()
    const refused = neverWritten(failure)
    const ticket = this.#polls === null ? null : this.#polls.ticketOf(row)
    // A poll only asks: without an answer to it nothing is known that wasn't before.
    if (ticket !== null) this.#queue(row, ticket, nowNs)
    else this.#concludeFailed(row, failure, nowNs)
    if (failure === 'NOT_UNDERSTOOD' || failure === 'CONNECT_FAILED') this.#options.samples.keep(detail)
    this.#watchRefusals(refused, detail, nowNs)
    this.#leave(nowNs)
  }

  #concludeFailed(row: number, failure: Failure, nowNs: number): void {
    this.#memory.code[row] = this.#options.codes.numberOf(failure)
    // No answer came, so that there is no moment of it; at any other failure something was known from then on.
    if (failure !== 'RESET' && failure !== 'CUT_SHORT') this.#memory.completedAtNs[row] = nowNs
    this.#settle(row, neverWritten(failure) ? OUTCOME_NUMBER.refused : OUTCOME_NUMBER.unknown)
    this.#followUp(row, nowNs)
    this.#count1('completed')
  }

  #record(row: number, outcome: AnsweredOutcome): void {
    switch (outcome.kind) {
      case 'sold':
        if (outcome.orderId !== null) this.#memory.orderIdRef[row] = this.#options.orderIds.write(outcome.orderId)
        this.#count1('sold')
        this.#countAchieved(row)
        break
      case 'soldOut':
      case 'limitReached':
        this.#countAchieved(row)
        break
      case 'shown':
        this.#memory.shownStock[row] = outcome.stock
        this.#countAchieved(row)
        break
      case 'refused':
        if (outcome.code === 'NOT_OPEN') this.#countAchieved(row)
        this.#memory.code[row] = this.#options.codes.numberOf(outcome.code)
        break
      case 'unknown':
        this.#memory.code[row] = this.#options.codes.numberOf(outcome.code)
        break
    }
    this.#settle(row, OUTCOME_NUMBER[outcome.kind])
  }

  /** Comes last of all that is written of a row, and visibly so: whoever sees it settled may read the rest. */
  #settle(row: number, outcome: number): void {
    Atomics.store(this.#memory.outcome, row, outcome)
  }

  /** A retry is outside what was offered and achieved. */
  #countAchieved(row: number): void {
    if (row < this.#options.planned) this.#count1('definite')
  }

  #followUp(row: number, nowNs: number): void {
    if (this.#retries === null || this.#stopped || !this.#retries.follow(row, nowNs)) return
    this.#count1('retries')
    this.#publishNextDue()
  }

  /** The request is no longer in flight; and since the clock was read anyway, what fell due meanwhile goes now. */
  #leave(nowNs: number): void {
    this.#inFlight--
    this.#options.state.leave()
    if (this.#continues) return
    if (this.#nextDueNs() <= nowNs) this.#sendDue(nowNs)
    else this.#finishIfDone()
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
    if (this.#done || this.#inFlight > 0 || !this.#isAllSent() || (this.#polls !== null && this.#polls.size > 0)) return
    this.#done = true
    this.#options.onDone()
  }

  #count1(counter: CounterName): void {
    this.#counters[COUNTERS[counter]]!++
  }
}
