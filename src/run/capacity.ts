/**
 * A search for capacity from the first trial to the record: each trial is a run of its own, with a fresh sale, judged like any
 * other. The budget is kept, what was measured stands in `capacity.json` after each trial, and the first sale that
 * was wrong ends it all: how fast a wrong one is, nobody has to know.
 */
import { createCapacityDirectory } from '../results/index.ts'
import { CapacityMeasurement } from './capacity-measurement.ts'
import type { CapacityOptions, FinishedCapacity } from './capacity-options.ts'
import { chooseSlo } from './capacity-slo.ts'
import { searchTerms } from './capacity-terms.ts'
import { highestRate } from './rate-cap.ts'
import type { TargetChoice } from './run-scenario.ts'

/** Throws HarnessError where not even the first trial could begin. */
export async function measureCapacity(options: CapacityOptions): Promise<FinishedCapacity> {
  const { target, scenario, toRatePerSec, observer } = options
  const slo = chooseSlo(options.slo, scenario)
  const terms = searchTerms({ ...options, toRatePerSec: toRatePerSec ?? mostOf(target) }, slo.samples)
  const startedAt = new Date()
  const directory = await createCapacityDirectory({
    ...options.directory,
    startedAt,
    scenario: scenario.name,
    target: target.kind === 'strategy' ? target.strategy.name : target.descriptor.name,
  })
  observer?.started?.(
    directory.path,
    slo.thresholds.map(({ expression }) => expression),
  )
  return await new CapacityMeasurement({ options, slo, terms, directory, startedAt }).toTheEnd()
}

/** null: nobody has said that it is to get no more. */
function mostOf(target: TargetChoice): number | null {
  if (target.kind === 'strategy') return null
  return highestRate(target.descriptor, target.permittedHosts.length > 0 ? 'permitted' : 'private')
}
