/**
 * Lets so many requests in and no more, and answers those whose time is over. A request counts as inside until its
 * strategy has let go of it, answered or not: a store that hangs so fills the house, and whoever comes then is told at
 * once that nothing was sold, instead of making it worse.
 */
import type { FastifyReply } from 'fastify'
import { isStoreFailure } from '../storage/store-failure.ts'
import type { Attempt } from '../strategies/strategy.ts'
import { type Effect, sendProblem } from './problems.ts'

export interface AdmissionLimits {
  readonly maxInFlight: number
  readonly requestTimeoutMs: number
}

class TimedAttempt implements Attempt {
  begun = false
  abandoned = false

  begin(): boolean {
    if (this.abandoned) return false
    this.begun = true
    return true
  }
}

export class Admission {
  readonly #limits: AdmissionLimits
  readonly #report: (error: unknown) => void
  #inFlight = 0
  #closing = false
  #whenEmpty: (() => void)[] = []

  /** `report` is told of failures that are no store's. */
  constructor(limits: AdmissionLimits, report: (error: unknown) => void = () => {}) {
    this.#limits = limits
    this.#report = report
  }

  get inFlight(): number {
    return this.#inFlight
  }

  /** From now on everyone is told that the server is busy. */
  close(): void {
    this.#closing = true
  }

  /** Resolves when nothing is inside. */
  empty(): Promise<void> {
    return this.#inFlight === 0 ? Promise.resolve() : new Promise((resolve) => this.#whenEmpty.push(resolve))
  }

  /**
   * Runs `work` and hands what comes of it to `answer`, unless its time was over before. Failures of a store are
   * answered with DEPENDENCY_DOWN, others with INTERNAL, each with what is known of the effect. `ended` is told what came
   * of it also where nobody is answered any more.
   */
  run<Value>(
    reply: FastifyReply,
    work: (attempt: Attempt) => Promise<Value>,
    answer: (reply: FastifyReply, value: Value) => void,
    ended?: (value: Value) => void,
  ): void {
    if (this.#closing || this.#inFlight >= this.#limits.maxInFlight) {
      sendProblem(reply, 'BUSY')
      return
    }
    this.#inFlight += 1
    const attempt = new TimedAttempt()
    const timer = setTimeout(() => {
      attempt.abandoned = true
      sendProblem(reply, 'TIMEOUT', effectOf(attempt))
    }, this.#limits.requestTimeoutMs)
    work(attempt).then(
      (value) => {
        this.#leave(timer)
        ended?.(value)
        if (!attempt.abandoned) answer(reply, value)
      },
      (error: unknown) => {
        this.#leave(timer)
        if (!isStoreFailure(error)) this.#report(error)
        if (!attempt.abandoned) sendFailure(reply, error, attempt)
      },
    )
  }

  #leave(timer: NodeJS.Timeout): void {
    clearTimeout(timer)
    this.#inFlight -= 1
    if (this.#inFlight === 0 && this.#whenEmpty.length > 0) {
      for (const resolve of this.#whenEmpty.splice(0)) resolve()
    }
  }
}

function effectOf(attempt: TimedAttempt): Effect {
  return attempt.begun ? 'unknown' : 'none'
}

function sendFailure(reply: FastifyReply, error: unknown, attempt: TimedAttempt): void {
  if (isStoreFailure(error)) {
    sendProblem(reply, 'DEPENDENCY_DOWN', attempt.begun ? error.effect : 'none')
  } else {
    sendProblem(reply, 'INTERNAL', effectOf(attempt))
  }
}
