/**
 * No unit stays unsold while buyers who asked for it were turned away for no reason of their own. Fails only a target
 * that promised it; for all others it is a figure that a threshold may use.
 */
import { formatCount, formatQuantity } from '../core/units.ts'
import type { Evidence } from '../core/check.ts'
import { FACT } from './buys.ts'
import { EXAMPLES } from './refusal-watch.ts'
import { attemptsOf, buyerOf, type Check, NOT_SETTLED, notChecked, operationsOf, type SaleCase } from './sale-case.ts'

export const checkSoldThrough: Check = (saleCase) => {
  const { sale, settlement, saturated } = saleCase
  if (!settlement.given) return notChecked('units', 'no ledger was given')
  const unsold = Math.max(0, sale.initialStock - settlement.units)
  const away = turnedAway(saleCase)
  const details = { unsold, turnedAway: away.buyers, unitsTurnedAway: away.units }
  const figures = `${formatQuantity(unsold, 'unit')} unsold, ${formatQuantity(away.buyers, 'buyer')} turned away without good reason`
  if (saturated) return notChecked('units', `the target was saturated (${figures})`, details)
  if (!sale.promise.sellsThrough) {
    return notChecked('units', `this target does not promise to sell through (${figures})`, details)
  }
  const finding = { measured: unsold, allowed: 0, unit: 'units', details }
  if (!settlement.settled)
    return { ...finding, measured: null, verdict: 'unknown', sentence: `unknown: ${NOT_SETTLED}` }
  if (unsold > 0 && away.units >= unsold) {
    const stayed = `${formatQuantity(unsold, 'unit')} stayed unsold`
    const buyers = `${formatQuantity(away.buyers, 'buyer')} who asked for ${formatCount(away.units)} ${away.buyers === 1 ? 'was' : 'were'} turned away without good reason`
    return {
      ...finding,
      verdict: 'fail',
      sentence: `${stayed} although ${buyers}`,
      evidence: stories(saleCase, away.examples),
    }
  }
  // What is left is no fault: fewer were turned away than units are left.
  return { ...finding, allowed: unsold, verdict: 'pass', sentence: `sold through: ${figures}` }
}

interface TurnedAway {
  readonly buyers: number
  readonly units: number
  readonly examples: readonly number[]
}

/** Buyers without an order who were refused for no reason of theirs, or never answered. */
function turnedAway({ buys, settlement }: SaleCase): TurnedAway {
  const examples: number[] = []
  let buyers = 0
  let units = 0
  for (let buy = 0; buy < buys.count; buy++) {
    const facts = buys.facts[buy]!
    if ((facts & (FACT.refused | FACT.unanswered)) === 0) continue
    if ((facts & (FACT.acknowledged | FACT.found | FACT.deniedForAReason)) !== 0) continue
    if ((facts & FACT.unanswered) !== 0 && settlement.settled && settlement.mayHaveUnfoundOrder(buy)) continue
    buyers++
    units += buys.leastUnits(buy)
    if (examples.length < EXAMPLES) examples.push(buy)
  }
  return { buyers, units, examples }
}

function stories(saleCase: SaleCase, examples: readonly number[]): Evidence[] {
  return [...attemptsOf(saleCase, examples)].map(([buy, rows]) => {
    const isUnanswered = (saleCase.buys.facts[buy]! & FACT.unanswered) !== 0
    return {
      sentence: `${buyerOf(saleCase, rows[0]!)} was ${isUnanswered ? 'never answered, has no order' : 'refused'}, and units were left at the end`,
      operations: operationsOf(saleCase, rows),
    }
  })
}
