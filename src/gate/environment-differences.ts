/** What differs between two machines, or between what they were asked to do: times can't be compared across it. */
import type { RunRecord } from '../core/run-record.ts'

type Measured = Pick<RunRecord, 'environment' | 'scenario'>

/** A sentence each, "cpuModel: Xeon E5 where the baseline had EPYC"; none: they can be compared. */
export function environmentDifferences(baseline: Measured, candidate: Measured): string[] {
  return [baseline.environment.cpuModel, candidate.environment.cpuModel]
}
