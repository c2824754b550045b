/** Trials of a target whose demands are known, for the tests that find them again. */
import type { Random } from '../../core/random.ts'
import type { RequestKind } from '../../core/work-record.ts'
import type { DemandTrial } from '../demand.ts'

export type Requests = Readonly<Record<RequestKind, number>>

export interface TrueDemand {
  /** CPU seconds. */
  readonly perRequest: Requests
  readonly idleCores: number
}

const NO_REQUESTS: Requests = { sold: 0, soldOut: 0, replayed: 0, read: 0 }

export const SERVER: TrueDemand = {
  perRequest: { sold: 200e-6, soldOut: 100e-6, replayed: 150e-6, read: 50e-6 },
  idleCores: 0.02,
}

export const POSTGRES: TrueDemand = {
  perRequest: { sold: 300e-6, soldOut: 60e-6, replayed: 30e-6, read: 0 },
  idleCores: 0.01,
}

const SECONDS = 4

/** `noise`: largest share by which what was used is off. */
export function trialOf(
  perSec: Partial<Requests>,
  resources: Readonly<Record<string, TrueDemand>>,
  { random, noise }: { readonly random?: Random; readonly noise?: number } = {},
): DemandTrial {
  const requests = Object.fromEntries(
    Object.entries({ ...NO_REQUESTS, ...perSec }).map(([kind, rate]) => [kind, rate * SECONDS]),
  ) as Requests
  const cpuSeconds = Object.fromEntries(
    Object.entries(resources).map(([name, { perRequest, idleCores }]) => {
      const exact =
        idleCores * SECONDS +
        (Object.keys(requests) as RequestKind[]).reduce((sum, kind) => sum + requests[kind] * perRequest[kind], 0)
      const off = random === undefined ? 0 : (2 * random.next() - 1) * (noise ?? 0)
      return [name, exact * (1 + off)]
    }),
  )
  return { seconds: SECONDS, requests, cpuSeconds }
}

/** Mixes as the trials for demands have them. */
export const MIXES: readonly Partial<Requests>[] = [
  { sold: 1_000, replayed: 50, read: 100 },
  { sold: 10, soldOut: 990, replayed: 1, read: 100 },
  { sold: 200, soldOut: 200, replayed: 10, read: 40 },
  { sold: 150, soldOut: 150, replayed: 8, read: 700 },
  { sold: 350, soldOut: 300, replayed: 300, read: 100 },
  { sold: 500, soldOut: 500, replayed: 25, read: 100 },
  { sold: 100, soldOut: 900, replayed: 5, read: 100 },
  { sold: 50, soldOut: 50, replayed: 2, read: 10 },
]
