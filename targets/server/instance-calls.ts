/**
 * What the coordinator asks of instances, and what they answer. All of it is plain data, since it goes between
 * processes.
 */
import type { ProblemCode } from '../../src/core/wire.ts'
import type { SaleTerms } from '../strategies/strategy.ts'
import type { MetricFamily } from './metric-family.ts'
import type { SaleHours } from './opening-hours.ts'
import type { Effect } from './problems.ts'

export interface InstanceUsage {
  readonly pid: number
  readonly cpuSeconds: number
  readonly maxRssBytes: number
  readonly eventLoopDelayMs: { readonly p50: number; readonly p99: number; readonly max: number } | null
  readonly work: Readonly<Record<string, number>>
}

export interface SaleOpening {
  readonly terms: SaleTerms
  readonly hours: SaleHours
}

/** Each call, with its arguments and its answer. */
export interface InstanceCalls {
  open: { call: SaleOpening; answer: 'opened' | 'exists' }
  learn: { call: { readonly sku: string; readonly hours: SaleHours }; answer: null }
  close: { call: { readonly sku: string }; answer: boolean }
  /** Waits until no request is in flight in the instance. */
  quiesce: { call: { readonly deadlineMs: number }; answer: null }
  settle: { call: { readonly deadlineMs: number }; answer: null }
  usage: { call: object; answer: InstanceUsage }
  /** `asksStores`: also what every instance would answer alike, since it stands in a store. */
  metrics: { call: { readonly asksStores: boolean }; answer: readonly MetricFamily[] }
}

export type InstanceCallName = keyof InstanceCalls
export type InstanceCall = {
  [Name in InstanceCallName]: { readonly name: Name } & InstanceCalls[Name]['call']
}[InstanceCallName]

/** A call that could not be answered: what the HTTP answer is to say. */
export interface CallProblem {
  readonly code: Extract<ProblemCode, 'TIMEOUT' | 'DEPENDENCY_DOWN' | 'INTERNAL'>
  readonly effect: Effect
  readonly detail: string
}

export class CallFailure extends Error {
  readonly problem: CallProblem

  constructor(problem: CallProblem) {
    super(problem.detail)
    this.name = 'CallFailure'
    this.problem = problem
  }
}

/** One instance, in this process or in another. Rejects with {@link CallFailure}. */
export interface InstanceHandle {
  ask<Name extends InstanceCallName>(
    name: Name,
    call: InstanceCalls[Name]['call'],
  ): Promise<InstanceCalls[Name]['answer']>
}
