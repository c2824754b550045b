/** One run, told to several. */
import type { RunObserver } from '../run/run-scenario.ts'

export function severalObservers(observers: readonly RunObserver[]): RunObserver {
  return {
    exposed: (at) => observers.forEach((one) => one.exposed?.(at)),
    waiting: (what) => observers.forEach((one) => one.waiting?.(what)),
    started: (record, directory) => observers.forEach((one) => one.started?.(record, directory)),
    stepStarted: (plan, warnings) => observers.forEach((one) => one.stepStarted?.(plan, warnings)),
    progress: (plan, progress, word) => observers.forEach((one) => one.progress?.(plan, progress, word)),
    judging: (plan) => observers.forEach((one) => one.judging?.(plan)),
    stepFinished: (step, checks, thresholds) =>
      observers.forEach((one) => one.stepFinished?.(step, checks, thresholds)),
    targetSaid: (words) => observers.forEach((one) => one.targetSaid?.(words)),
  }
}
