/**
 * One worker's part of one step: sends each of its requests when it is due, whether or not earlier ones were answered,
 * and writes what became of each into the step's columns. Everything it needs is handed in, the clock too, so that a
 * test can let time pass. It must not wait for anything.
 */
import { KIND_CODES, OUTCOME_CODES, userIdOf } from '../../core/history.ts'
import type { OutcomeKind } from '../../core/operation.ts'
import { NS_PER_MS } from '../../core/units.ts'
import { type AnsweredOutcome, classifyResponse, NOT_UNDERSTOOD } from '../classify-response.ts'
import { type AnswerSink, type Failure, neverWritten, type Transport } from '../transport/transport.ts'
import type { CodeTable } from './code-table.ts'
import { latencyBucket } from './latency-histogram.ts'
import type { OrderIdWriter } from './order-id-arena.ts'
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
  readonly requestIdPrefix: string
  readonly transport: Transport
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
  /** Called once, when all is sent (or stopped) and nothing is in flight. */
  readonly onDone: () => void
}

/**
 * Requests sent without looking at answers in between. A generator that was held up thus reads what came meanwhile
 * before it goes on, and doesn't take its own lateness for a full target.
 */
const BURST = 64
/** Nothing but refused connects for so long: the target isn't there. */
const UNREACHABLE_AFTER_NS = 1e9
const MAX_SAMPLES = 8
const SAMPLE_CHARACTERS = 200

const OUTCOME_NUMBER = Object.fromEntries(OUTCOME_CODES.map((kind, number) => [kind, number])) as Record<
  OutcomeKind,
  number
>
const BUY = KIND_CODES.indexOf('buy')

export class StepRunner implements AnswerSink {
  readonly #options: StepRunnerOptions
  readonly #memory: StepMemory
  readonly #retries: RetryQueue | null
  readonly #count: number
  readonly #counters: Int32Array
  readonly #latencies: Int32Array
  readonly #samples: string[] = []
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

  get samples(): readonly string[] {
    return this.#samples
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
    this.#options.transport.giveUp(this.#options.now() - this.#options.timeoutMs * NS_PER_MS)
    this.#finishIfDone()
  }

  /** Sends nothing more. */
  stop(): void {
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
    let sent = 0
    let now = nowNs
    while (this.#nextDueNs() <= now && sent < BURST) {
      if (this.#sendOrDrop(this.#takeNext(), now)) {
        sent++
        now = this.#options.now()
      }
    }
    this.#sending = false
    if (sent === BURST) this.#continueAfterReading()
    this.#publishNextDue()
    this.#finishIfDone()
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
    const sale = memory.saleIndex === null ? 0 : memory.saleIndex[row]!
    if (memory.kind[row] === BUY) {
      const body = `{"userId":"${userIdOf(memory.user[row]!)}","quantity":${memory.quantity[row]!}}`
      this.#options.transport.sendBuy(row, nowNs, sale, this.#options.requestIdPrefix + memory.buy[row]!, body)
    } else {
      this.#options.transport.sendRead(row, nowNs, sale)
    }
    return true
  }

  answered(row: number, status: number, bytes: Buffer, start: number, end: number): void {
    const kind = this.#memory.kind[row] === BUY ? 'buy' : 'read'
    const outcome = classifyResponse(kind, status, bytes, start, end)
    const completedAtNs = this.#options.now()
    this.#memory.httpStatus[row] = status
    this.#memory.completedAtNs[row] = completedAtNs
    this.#record(row, outcome)
    if (outcome.kind === 'unknown' && outcome.code === NOT_UNDERSTOOD) {
      this.#keepSample(`${status} ${bytes.toString('latin1', start, Math.min(end, start + SAMPLE_CHARACTERS))}`)
    }
    this.#followUp(row, completedAtNs)
    this.#count1('completed')
    const responseUs = (completedAtNs - this.#memory.scheduledAtNs[row]!) / 1000
    if (row < this.#options.planned) this.#latencies[latencyBucket(responseUs)]!++
    this.#refusedSinceNs = Number.NaN
    this.#leave(completedAtNs)
  }

  failed(row: number, failure: Failure, detail: string): void {
    const nowNs = this.#options.now()
    const refused = neverWritten(failure)
    this.#memory.code[row] = this.#options.codes.numberOf(failure)
    // No answer came, so that there is no moment of it; at any other failure something was known from then on.
    if (failure !== 'RESET' && failure !== 'CUT_SHORT') this.#memory.completedAtNs[row] = nowNs
    this.#settle(row, refused ? OUTCOME_NUMBER.refused : OUTCOME_NUMBER.unknown)
    this.#followUp(row, nowNs)
    if (failure === 'NOT_UNDERSTOOD' || failure === 'CONNECT_FAILED') this.#keepSample(detail)
    this.#count1('completed')
    this.#watchRefusals(refused, detail, nowNs)
    this.#leave(nowNs)
  }

  #record(row: number, outcome: AnsweredOutcome): void {
    switch (outcome.kind) {
      case 'sold':
        this.#memory.orderIdRef[row] = this.#options.orderIds.write(outcome.orderId!)
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
    if (this.#done || this.#inFlight > 0 || !this.#isAllSent()) return
    this.#done = true
    this.#options.onDone()
  }

  #keepSample(text: string): void {
    if (this.#samples.length === MAX_SAMPLES) return
    const printable = text.slice(0, SAMPLE_CHARACTERS).replaceAll(/[^\x20-\x7e]+/g, ' ')
    if (!this.#samples.includes(printable)) this.#samples.push(printable)
  }

  #count1(counter: CounterName): void {
    this.#counters[COUNTERS[counter]]!++
  }
}
