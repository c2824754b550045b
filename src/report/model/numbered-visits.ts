/** The visits of a gate in the order of its record, those that calibrated it first. */
import type { GateRecord, GateVisit } from '../../core/gate-record.ts'

/** All of them stand in gate.json. */
export const ROWS_SHOWN = 400

/** One of the gate, with its number: that of its folder, too, where none was stored earlier. */
export interface NumberedVisit extends GateVisit {
  readonly number: number
  readonly isCalibration: boolean
}

export function numberedVisits({ calibration, visits }: GateRecord): NumberedVisit[] {
  return [...calibration, ...visits].map((visit, index) => ({
    ...visit,
    number: index + 1,
    isCalibration: index < calibration.length,
  }))
}

/** Of a table that is cut short; '' where it is not. */
export function moreWords(count: number): string {
  return count > ROWS_SHOWN ? `and ${count - ROWS_SHOWN} more, in gate.json` : ''
}
