/** Figures of one step in words that every format shares. */
import { connectionsOf } from '../core/closed-model.ts'
import type { LoadModel, RunRecord, StepRecord } from '../core/run-record.ts'
import type { Step } from '../core/scenario.ts'
import { peakRatePerSec } from '../core/step-rate.ts'
import { formatCount, formatQuantity } from '../core/units.ts'

/** What is said in place of an offered rate where there is none. */
export const AS_FAST_AS_ANSWERED = 'as fast as answered'

/** What a step asks for: "200/s", "100/s to 2,000/s", "closed, 64 connections". */
export function loadWords(step: Step, { model, maxInFlight }: LoadTerms): string {
  if (model === 'closed') return `closed, ${formatQuantity(connectionsOf(step, maxInFlight), 'connection')}`
  const { shape, arrivalRatePerSec } = step
  switch (shape?.kind) {
    case 'ramp':
      return `${formatCount(shape.fromRatePerSec)}/s to ${formatCount(shape.toRatePerSec)}/s`
    case 'spike':
      return `spike to ${formatCount(peakRatePerSec(step))}/s`
    case 'replay':
      return `replay of ${shape.file}`
    case undefined:
      return `${formatCount(arrivalRatePerSec)}/s`
  }
}

interface LoadTerms {
  readonly model: LoadModel
  readonly maxInFlight: number
}

/** Of a step of this run: "12,800/s", or "closed, 64 connections". */
export function offeredWords({ index, offeredRatePerSec }: StepRecord, { scenario }: RunRecord): string {
  if (offeredRatePerSec !== null) return `${formatCount(offeredRatePerSec)}/s`
  return loadWords(scenario.steps[index]!, { model: 'closed', maxInFlight: scenario.maxInFlight })
}

/** "model: closed (autocannon 8.0.0)"; null for the engine that is meant where none is named. */
export function engineWords({ name, version, model }: RunRecord['engine']): string | null {
  return name === 'open-loop' ? null : `model: ${model} (${name} ${version})`
}

/** Units in the ledger; "?" when it could not be read. */
export function soldWords({ sales }: Pick<StepRecord, 'sales'>): string {
  let units = 0
  for (const { sold } of sales) {
    if (sold === null) return '?'
    units += sold
  }
  return formatCount(units)
}

/** Units that the stores still hold, of all SKUs; "?" when one of them could not be read. */
export function leftWords({ sales }: Pick<StepRecord, 'sales'>): string {
  let units = 0
  for (const { remaining } of sales) {
    if (remaining === null) return '?'
    units += remaining
  }
  return formatCount(units)
}

/** What has no column of its own, over all steps; null: nothing of it happened. */
export function besidesWords(steps: readonly StepRecord[]): string | null {
  const sum = (of: (step: StepRecord) => number): number => steps.reduce((total, step) => total + of(step), 0)
  const parts = [
    [sum(({ outcomes }) => outcomes.shown), 'read', 'reads'],
    [sum(({ outcomes }) => outcomes.limitReached), 'told that they have their share', null],
    [sum(({ errorCodes }) => errorCodes['NOT_OPEN'] ?? 0), 'told "not open"', null],
    [sum(({ retries }) => retries.made), 'retry', 'retries'],
  ] as const
  const words = parts.flatMap(([count, one, many]) =>
    count === 0 ? [] : [many === null ? `${formatCount(count)} ${one}` : formatQuantity(count, one, many)],
  )
  return words.length === 0 ? null : `besides: ${words.join(', ')}`
}

/** A verdict, and whether the step went to its end. */
export function verdictWords({ verdict, saturated, interrupted }: StepRecord): string {
  const word = verdict === 'missed' && saturated ? 'saturated' : verdict
  return interrupted && verdict !== 'interrupted' ? `${word}, cut short` : word
}
