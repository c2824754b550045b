/** Writes what became of each request into the step's columns, and what the live line counts. */
import { OUTCOME_CODES } from '../../core/history.ts'
import type { OutcomeKind } from '../../core/operation.ts'
import type { AnswerSamples } from '../answer-samples.ts'
import type { AnsweredOutcome } from '../classify-response.ts'
import type { CodeTable } from '../open-loop/code-table.ts'
import { latencyBucket } from '../open-loop/latency-histogram.ts'
import type { OrderIdWriter } from '../open-loop/order-id-arena.ts'
import { type CounterName, COUNTERS, type SharedState } from '../open-loop/shared-state.ts'
import type { StepMemory } from '../open-loop/step-memory.ts'
import { type Failure, neverWritten } from '../transport/transport.ts'

export interface RecorderParts {
  readonly memory: StepMemory
  /** Of one worker. */
  readonly state: SharedState
  readonly codes: CodeTable
  readonly orderIds: OrderIdWriter
  readonly samples: AnswerSamples
}

const OUTCOME_NUMBER = Object.fromEntries(OUTCOME_CODES.map((kind, number) => [kind, number])) as Record<
  OutcomeKind,
  number
>

export class RowRecorder {
  readonly #memory: StepMemory
  readonly #state: SharedState
  readonly #codes: CodeTable
  readonly #orderIds: OrderIdWriter
  readonly #counters: Int32Array
  readonly #latencies: Int32Array
  readonly #samples: AnswerSamples

  constructor({ memory, state, codes, orderIds, samples }: RecorderParts) {
    this.#samples = samples
    this.#memory = memory
    this.#state = state
    this.#codes = codes
    this.#orderIds = orderIds
    this.#counters = state.countersOf(0)
    this.#latencies = state.latenciesOf(0)
  }

  /** The request leaves now: there was no other moment for it. */
  sent(row: number, nowNs: number): void {
    this.#memory.sentAtNs[row] = nowNs
    this.#memory.scheduledAtNs[row] = nowNs
    this.#state.tryEnter(Number.POSITIVE_INFINITY)
    this.#count('sent')
  }

  answered(row: number, nowNs: number, status: number, outcome: AnsweredOutcome): void {
    this.#memory.httpStatus[row] = status
    this.#memory.completedAtNs[row] = nowNs
    this.#record(row, outcome)
    this.#latencies[latencyBucket((nowNs - this.#memory.sentAtNs[row]!) / 1_000)]!++
    this.#leave()
  }

  failed(row: number, nowNs: number, failure: Failure, detail: string): void {
    this.#memory.code[row] = this.#codes.numberOf(failure)
    // No answer came, so that there is no moment of it; at any other failure something was known from then on.
    if (failure !== 'RESET' && failure !== 'CUT_SHORT') this.#memory.completedAtNs[row] = nowNs
    this.#settle(row, neverWritten(failure) ? 'refused' : 'unknown')
    if (failure === 'NOT_UNDERSTOOD' || failure === 'CONNECT_FAILED') this.#samples.keep(detail)
    this.#leave()
  }

  #record(row: number, outcome: AnsweredOutcome): void {
    switch (outcome.kind) {
      case 'sold':
        if (outcome.orderId !== null) this.#memory.orderIdRef[row] = this.#orderIds.write(outcome.orderId)
        this.#count('sold')
        this.#count('definite')
        break
      case 'soldOut':
      case 'limitReached':
        this.#count('definite')
        break
      case 'shown':
        this.#memory.shownStock[row] = outcome.stock
        this.#count('definite')
        break
      case 'refused':
        if (outcome.code === 'NOT_OPEN') this.#count('definite')
        this.#memory.code[row] = this.#codes.numberOf(outcome.code)
        break
      case 'unknown':
        this.#memory.code[row] = this.#codes.numberOf(outcome.code)
        break
    }
    this.#settle(row, outcome.kind)
  }

  /** Comes last of all that is written of a row, and visibly so: whoever sees it settled may read the rest. */
  #settle(row: number, outcome: OutcomeKind): void {
    Atomics.store(this.#memory.outcome, row, OUTCOME_NUMBER[outcome])
  }

  #leave(): void {
    this.#count('completed')
    this.#state.leave()
  }

  #count(counter: CounterName): void {
    this.#counters[COUNTERS[counter]]!++
  }
}
