/** Counts buyers who were turned away although they came before one who got a unit. A figure: nobody promised an order. */
import { formatCount, formatQuantity } from '../core/units.ts'
import type { Check } from './sale-case.ts'

export const checkFairness: Check = ({ history }) => {
  const { inversions, turnedAway } = history
  return {
    verdict: 'pass',
    measured: inversions,
    allowed: null,
    unit: 'buyers',
    sentence: `${formatQuantity(inversions, 'buyer')} of ${formatCount(turnedAway)} turned away came before one who got a unit (a figure, never a fault)`,
    details: { inversions, turnedAway },
  }
}
