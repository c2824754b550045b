/**
 * Visits that were made earlier, of one arm: what can be used of the runs that are stored, and what has to be known of
 * them. Pure: the runs have been read.
 */
import { HarnessError } from '../../core/errors.ts'
import type { GateArm, GateVisit } from '../../core/gate-record.ts'
import { type RunRecord, targetName } from '../../core/run-record.ts'
import { formatQuantity } from '../../core/units.ts'
import { environmentDifferences, gateVisitOf } from '../../gate/index.ts'
import type { StoredRun } from './stored-runs.ts'
import { workOf } from './visit-work.ts'

export interface StoredVisits {
  /** At least one. */
  readonly visits: readonly GateVisit[]
  /** Of a gate: its own calibration; else none. */
  readonly calibration: readonly GateVisit[]
  /** The first of the runs: what was run, on which machine. */
  readonly record: RunRecord
  /** What another of the runs had where the first had something else, a sentence each: their times are no one sample. */
  readonly differences: readonly string[]
  /** What was left out, a sentence each. */
  readonly notes: readonly string[]
}

interface StoredSide {
  readonly folders: readonly string[]
  readonly arm: GateArm
  /** Both sides are of one gate: its blocks hold. What was visited in two places was never interleaved. */
  readonly isOfOneGate: boolean
}

/** Throws HarnessError RUN_DIRECTORY_INVALID where none of the runs can be used. */
export function storedVisitsOf(runs: readonly StoredRun[], { folders, arm, isOfOneGate }: StoredSide): StoredVisits {
  // One that was wrong before its target died is wrong.
  const lasting = runs.filter(({ record }) => record.verdict !== 'environment')
  const [first] = lasting
  if (first === undefined) {
    throw new HarnessError('RUN_DIRECTORY_INVALID', {
      message: `${folders.join(', ')}: every run of the ${arm} ended early, the first because ${runs[0]!.record.endedEarly}`,
      hint: 'Run it again: nothing can be held against a target that died.',
    })
  }
  const visitOf = ({ planned, record, directory }: StoredRun): GateVisit =>
    gateVisitOf(isOfOneGate ? planned : { ...planned, round: 1, block: null }, {
      record,
      directory,
      work: workOf(record),
    })
  const calibration = lasting.filter(({ isCalibration }) => isCalibration)
  const visits = lasting.filter(({ isCalibration }) => !isCalibration)
  const hasVisits = visits.length > 0
  return {
    visits: (hasVisits ? visits : calibration).map(visitOf),
    calibration: hasVisits ? calibration.map(visitOf) : [],
    record: first.record,
    differences: differencesAmong(
      arm,
      lasting.map(({ record }) => record),
    ),
    notes: noteOfDead(arm, runs.length - lasting.length),
  }
}

/** Of all to the first, each once. */
function differencesAmong(arm: GateArm, [first, ...others]: readonly RunRecord[]): string[] {
  const than = `another run of the ${arm}`
  const targets = others
    .filter(({ target }) => targetName(target) !== targetName(first!.target))
    .map(({ target }) => `target: ${targetName(target)} where ${than} had ${targetName(first!.target)}`)
  return [...new Set([...targets, ...others.flatMap((other) => environmentDifferences(first!, other, than))])]
}

function noteOfDead(arm: GateArm, dead: number): string[] {
  return dead === 0 ? [] : [`left out: ${formatQuantity(dead, 'stored run')} of the ${arm} that ended early`]
}
