/**
 * A search for capacity from the first trial to the record: each trial is a run of its own, with a fresh sale, judged like any
 * other. The budget is kept, what was measured stands in `capacity.json` after each trial, and the first sale that
 * was wrong ends it all: how fast a wrong one is, nobody has to know.
 */
import { createCapacityDirectory } from '../results/index.ts'
import { refuseWithoutFreshSale, saleRemark } from './capacity-fit.ts'
import { CapacityMeasurement } from './capacity-measurement.ts'
import type { CapacityOptions, FinishedCapacity } from './capacity-options.ts'
import { chooseSlo } from './capacity-slo.ts'
import { capRemark, searchTerms, type TargetCap } from './capacity-terms.ts'
import { highestRate } from './rate-cap.ts'
import type { TargetChoice } from './run-scenario.ts'

/** Throws HarnessError where not even the first trial could begin. */
export async function measureCapacity(options: CapacityOptions): Promise<FinishedCapacity> {
  const { target, scenario, observer } = options
  if (target.kind === 'service') refuseWithoutFreshSale(target.descriptor)
  const slo = chooseSlo(options.slo, scenario)
  const asked = { ...options, cap: capOf(target) }
  const terms = searchTerms(asked, slo.samples)
  const remarks = [capRemark(asked), saleRemark(target)].filter((remark) => remark !== null)
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
  return await new CapacityMeasurement({ options, slo, terms, remarks, directory, startedAt }).toTheEnd()
}

/** null: nobody has said that it is to get no more. */
function capOf(target: TargetChoice): TargetCap | null {
  if (target.kind === 'strategy') return null
  const ratePerSec = highestRate(target.descriptor, target.permittedHosts.length > 0 ? 'permitted' : 'private')
  return ratePerSec === null ? null : { target: target.descriptor.name, ratePerSec }
}
