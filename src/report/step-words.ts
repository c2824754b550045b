/** Figures of one step in words that every format shares. */
import type { StepRecord } from '../core/run-record.ts'
import { formatCount } from '../core/units.ts'

/** Units in the ledger; "?" when it could not be read. */
export function soldWords({ sales }: Pick<StepRecord, 'sales'>): string {
  let units = 0
  for (const { sold } of sales) {
    if (sold === null) return '?'
    units += sold
  }
  return formatCount(units)
}

/** A verdict, and whether the step went to its end. */
export function verdictWords({ verdict, saturated, interrupted }: StepRecord): string {
  const word = verdict === 'missed' && saturated ? 'saturated' : verdict
  return interrupted && verdict !== 'interrupted' ? `${word}, cut short` : word
}
