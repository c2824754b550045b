/** What a k6 script is put together from, and the names that its parts agree on. */
import {
  type BuyerIdentities,
  type BuyerProtocol,
  DEFAULT_IDENTITIES,
  type RequestTemplate,
} from '../../../core/buyer-protocol.ts'
import { REFERENCE_PROTOCOL } from '../../../core/reference-protocol.ts'
import type { Buyers, PlannedSale, SaleTerms } from '../../../core/scenario.ts'
import type { ConstantArrivalRate, RampingArrivalRate } from './executor.ts'

export interface ScriptStep {
  /** Of the scenario, from 0. */
  readonly index: number
  /** Requests of its plan. */
  readonly rows: number
  readonly executor: ConstantArrivalRate | RampingArrivalRate
  /** Before which k6 doesn't begin it; null: at once. */
  readonly startTime: string | null
  readonly sales: readonly Pick<PlannedSale, 'sku' | 'initialStock'>[]
}

export interface ScriptProtocol {
  readonly buyers: BuyerProtocol
  /** It is the reference contract, which is stricter with what it doesn't foresee. */
  readonly isReference: boolean
  /** Sent with every request; one of the request's own wins. */
  readonly headers: RequestTemplate['headers']
  readonly identities: Pick<BuyerIdentities, 'userIdPrefix'>
  /** Buyers have columns of their own, in a file that `DOORBUSTER_BUYERS` names. */
  readonly hasPool: boolean
  /** Of the client's certificate: in files that `DOORBUSTER_TLS_CERT` and `DOORBUSTER_TLS_KEY` name. */
  readonly hasClientCertificate: boolean
  readonly takesAnyCertificate: boolean
}

interface DescribedBuyers {
  readonly protocol: BuyerProtocol
  readonly headers: RequestTemplate['headers']
  readonly identities: Pick<BuyerIdentities, 'userIdPrefix' | 'pool'>
}

/** `described` absent: the reference contract. */
export function scriptProtocol(
  described: DescribedBuyers | undefined,
  tls: Pick<ScriptProtocol, 'hasClientCertificate' | 'takesAnyCertificate'>,
): ScriptProtocol {
  return {
    buyers: described?.protocol ?? REFERENCE_PROTOCOL,
    isReference: described === undefined,
    headers: described?.headers ?? [],
    identities: described?.identities ?? DEFAULT_IDENTITIES,
    hasPool: described?.identities.pool != null,
    ...tls,
  }
}

export interface ScriptParts {
  /** Comment at its head, a line each. */
  readonly heading: readonly string[]
  readonly targetUrl: string
  readonly steps: readonly ScriptStep[]
  readonly protocol: ScriptProtocol
  readonly maxInFlight: number
  readonly timeoutMs: number
  /** Where the rows of the plan come from. */
  readonly rows: /** Planned in the script. */
    | { readonly from: 'planner'; readonly seed: number; readonly buyers: Buyers; readonly skus: SaleTerms['skus'] }
    /** Written down by the harness: JSON in a file that `DOORBUSTER_ROWS` names. */
    | { readonly from: 'file' }
  /** What becomes of an outcome. */
  readonly outcomes: /** One line a request on standard error, for the harness. The request ids begin with this. */
    | { readonly to: 'history'; readonly requestIdPrefix: string; readonly warmUp: WarmUp | null }
    /** Metrics that k6 sums up. `thresholds`: lines of the object of that name. */
    | { readonly to: 'metrics'; readonly thresholds: readonly string[]; readonly setup: string }
}

/**
 * Before a step each VU runs once: it opens its connection by one request, and meets the code of an iteration. Without it
 * the first second of a step is spent on that, and shows times of the generator's own.
 */
export interface WarmUp {
  readonly lengthMs: number
  /** What is asked: the reference server's health, or the stock. */
  readonly by: 'health' | 'read'
}

/** Beyond the time-out of the last request, and its polls. */
const GRACE_MS = 5_000

/** How long k6 waits for iterations that are open at the end of a step, ms. */
export function gracefulStopMs(timeoutMs: number, { poll }: Pick<BuyerProtocol, 'poll'>): number {
  const pollMs = poll === null ? 0 : poll.deadlineMs + timeoutMs
  return timeoutMs + pollMs + GRACE_MS
}

export function scenarioName(index: number): string {
  return `step_${index + 1}`
}

/** What k6 counts of each step apart. */
export const COUNTS = ['iterations', 'dropped_iterations'] as const

/** Its name among k6's metrics. */
export function countOf(name: (typeof COUNTS)[number], stepIndex: number): string {
  return `${name}{scenario:${scenarioName(stepIndex)}}`
}
