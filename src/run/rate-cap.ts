/**
 * How much load a described target is to get at most. Pure. What is above it is refused, not slowed down: a load that isn't
 * the scenario's shows nothing about the scenario.
 */
import type { PollProtocol } from '../core/buyer-protocol.ts'
import { HarnessError } from '../core/errors.ts'
import type { LoadModel } from '../core/run-record.ts'
import type { Scenario } from '../core/scenario.ts'
import { peakRatePerSec } from '../core/step-rate.ts'
import type { TargetDescriptor } from '../core/target-descriptor.ts'
import { formatCount } from '../core/units.ts'
import type { Standing } from '../target/index.ts'

/** For what is neither on this machine nor in a private network, until its descriptor says that it stands more. */
const FIRST_CONTACT_RATE_PER_SEC = 200

interface Capped extends Pick<TargetDescriptor, 'name' | 'maxRatePerSec'> {
  readonly protocol: { readonly poll: Pick<PollProtocol, 'everyMs' | 'deadlineMs'> | null }
}

/** null: there is none. */
export function rateCap({ maxRatePerSec }: Pick<Capped, 'maxRatePerSec'>, standing: Standing): number | null {
  return maxRatePerSec ?? (standing === 'permitted' ? FIRST_CONTACT_RATE_PER_SEC : null)
}

/**
 * Requests that one arrival may come to: a buyer who is queued asks until the deadline, and nobody knows beforehand how many
 * are.
 */
function mostRequestsPerArrival({ protocol: { poll } }: Capped): number {
  return poll === null ? 1 : 1 + Math.ceil(poll.deadlineMs / poll.everyMs)
}

/** Arrivals per second that it may get at most; null: nobody said how many. */
export function highestRate(target: Capped, standing: Standing): number | null {
  const cap = rateCap(target, standing)
  return cap === null ? null : Math.max(1, Math.floor(cap / mostRequestsPerArrival(target)))
}

/** Throws HarnessError USAGE. */
export function refuseAboveCap(
  target: Capped,
  standing: Standing,
  { steps }: Pick<Scenario, 'steps'>,
  model: LoadModel,
): void {
  const cap = rateCap(target, standing)
  const peak = Math.max(...steps.map(peakRatePerSec))
  const perArrival = mostRequestsPerArrival(target)
  if (cap === null || (model === 'open' && peak * perArrival <= cap)) return
  const what =
    model === 'closed'
      ? 'the closed model asks as fast as it is answered'
      : `the scenario asks for up to ${formatCount(peak)}/s${perArrival === 1 ? '' : `, ${formatCount(peak * perArrival)}/s with the polls of buyers who are queued`}`
  const isSaid = target.maxRatePerSec !== null
  const why = isSaid ? 'maxRate' : 'it is not in a private network, and its descriptor has no maxRate'
  const rate = Math.floor((cap / perArrival) * 100) / 100
  const begin =
    perArrival === 1 ? `Begin with --rate ${Math.floor(cap)}` : `Begin with --rate ${rate}, or poll less often`
  const wayOut = model === 'closed' ? 'Take the engine open' : begin
  throw new HarnessError('USAGE', {
    message: `${what}, and ${target.name} is to get ${formatCount(cap)}/s at most (${why})`,
    hint: `${wayOut}, or ${isSaid ? 'raise' : 'set'} maxRate in the descriptor when you know that it may stand more.`,
  })
}
