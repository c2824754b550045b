/**
 * How much load a described target is to get at most. Pure. What is above it is refused, not slowed down: a load that isn't
 * the scenario's shows nothing about the scenario.
 */
import { HarnessError } from '../core/errors.ts'
import type { LoadModel } from '../core/run-record.ts'
import type { Scenario } from '../core/scenario.ts'
import { peakRatePerSec } from '../core/step-rate.ts'
import type { TargetDescriptor } from '../core/target-descriptor.ts'
import { formatCount } from '../core/units.ts'
import type { Standing } from '../target/index.ts'

/** For what is neither on this machine nor in a private network, until its descriptor says that it stands more. */
const FIRST_CONTACT_RATE_PER_SEC = 200

type Capped = Pick<TargetDescriptor, 'name' | 'maxRatePerSec'>

/** null: there is none. */
export function rateCap({ maxRatePerSec }: Capped, standing: Standing): number | null {
  return maxRatePerSec ?? (standing === 'permitted' ? FIRST_CONTACT_RATE_PER_SEC : null)
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
  if (cap === null || (model === 'open' && peak <= cap)) return
  const what =
    model === 'closed'
      ? 'the closed model asks as fast as it is answered'
      : `the scenario asks for up to ${formatCount(peak)}/s`
  const isSaid = target.maxRatePerSec !== null
  const why = isSaid ? 'maxRate' : 'it is not in a private network, and its descriptor has no maxRate'
  const wayOut = model === 'closed' ? 'Take the engine open' : `Begin with --rate ${Math.floor(cap)}`
  throw new HarnessError('USAGE', {
    message: `${what}, and ${target.name} is to get ${formatCount(cap)}/s at most (${why})`,
    hint: `${wayOut}, or ${isSaid ? 'raise' : 'set'} maxRate in the descriptor when you know that it may stand more.`,
  })
}
