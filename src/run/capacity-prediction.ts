/** What trials at low load predict of high load, and the trial that is held against it. Pure. */
import { predictFrom } from '../capacity/index.ts'
import type { CapacityRecord, CapacityTrial, Prediction } from '../core/capacity-record.ts'
import { demandTrialOf } from './capacity-conclusion.ts'
import type { Mixture } from './capacity-demand-trials.ts'
import { coresOf, type DescribedResource } from './capacity-resources.ts'

type Base = Pick<Mixture, 'sellThrough' | 'readShare' | 'doubleClickShare'>

/** Of the lower end of the capacity; far enough apart to see whether a request gets cheaper as more come. */
const LOW_LOADS = [0.1, 0.2, 0.3]
const LOW_LOAD = 0.3
const LOW_TRIAL_MS = 4_000
const NEAR_SATURATION = 0.8
const NEAR_TRIAL_MS = 8_000
/** Lengths of the trials that a prediction and its check take. */
export const PREDICTION_TRIALS_MS: readonly number[] = [...LOW_LOADS.map(() => LOW_TRIAL_MS), NEAR_TRIAL_MS]

export function lowLoadTrials(capacityPerSec: number, { sellThrough, readShare, doubleClickShare }: Base): Mixture[] {
  return LOW_LOADS.map((share) => ({
    ratePerSec: Math.max(1, Math.floor(capacityPerSec * share)),
    durationMs: LOW_TRIAL_MS,
    sellThrough,
    readShare,
    doubleClickShare,
  }))
}

/** Near saturation, but at no rate that the target is not to get. null: nothing can be predicted. */
export function responseTrial(
  record: CapacityRecord,
  { sellThrough, readShare, doubleClickShare }: Base,
  described: readonly DescribedResource[],
): Mixture | null {
  const model = modelOf(record, described)
  if (model === null) return null
  const { lowest } = saturationIn(record)
  const near = Math.round((lowest ?? model.saturationPerSec.low) * NEAR_SATURATION)
  const ratePerSec = Math.max(1, Math.min(near, record.search.toRatePerSec))
  return { ratePerSec, durationMs: NEAR_TRIAL_MS, sellThrough, readShare, doubleClickShare }
}

/** `ratePerSec`: at which the response time was, or would have been, measured. */
export function predictionOf(
  record: CapacityRecord,
  ratePerSec: number,
  described: readonly DescribedResource[],
): Prediction | null {
  const model = modelOf(record, described)
  if (model === null) return null
  const measured = record.trials.find((trial) => trial.purpose === 'prediction' && trial.ratePerSec === ratePerSec)
  const { lowest, highestWithout } = saturationIn(record)
  return {
    lowLoadShare: LOW_LOAD,
    saturation: {
      predictedPerSec: model.saturationPerSec,
      resource: model.resource,
      measuredAtLeastPerSec: highestWithout,
      measuredBelowPerSec: lowest,
    },
    response: {
      ratePerSec,
      predictedMeanMs: model.meanResponseMsAt(ratePerSec),
      measuredMeanMs: measured?.responseMs.mean ?? null,
    },
  }
}

/** Rates of trials that were saturated, and below them of such that were not; null: there were none. */
function saturationIn({ trials }: CapacityRecord): { lowest: number | null; highestWithout: number | null } {
  const loaded = trials.filter(
    ({ purpose, answer, saturated }) => purpose !== 'demand' && (answer !== 'none' || saturated),
  )
  const saturated = loaded.filter((trial) => trial.saturated).map((trial) => trial.ratePerSec)
  const lowest = saturated.length === 0 ? null : Math.min(...saturated)
  const without = loaded
    .filter((trial) => !trial.saturated && (lowest === null || trial.ratePerSec < lowest))
    .map((trial) => trial.ratePerSec)
  return { lowest, highestWithout: without.length === 0 ? null : Math.max(...without) }
}

function modelOf(
  { trials, target, environment, capacity }: CapacityRecord,
  described: readonly DescribedResource[],
): ReturnType<typeof predictFrom> {
  if (target === null || environment === null) return null
  const highest = (capacity?.lowerRatePerSec ?? 0) * LOW_LOAD
  const low = trials.filter(({ purpose, ratePerSec }) => purpose === 'prediction' && ratePerSec <= highest)
  return predictFrom({
    trials: low.map((trial) => ({ ...demandTrialOf(trial), meanResponseMs: meanOf(trial) })),
    coresOf: (resource) => coresOf(resource, { target, environment, described }),
    machineCores: environment.cores,
  })
}

function meanOf({ responseMs }: CapacityTrial): number {
  return responseMs.mean ?? 0
}
