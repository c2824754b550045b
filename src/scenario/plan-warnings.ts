/** What a planned step can't show although it is valid: told before the run, since it looks like a pass after it. */
import type { Scenario, StepPlan } from '../core/scenario.ts'
import { formatCount, formatMs, formatQuantity } from '../core/units.ts'

/**
 * A sentence for each; empty for a step that can cross its sell-out.
 * `setsStock`: the sale opens with the units that the scenario says.
 */
export function planWarnings(
  scenario: Scenario,
  plan: StepPlan,
  { setsStock = true }: { readonly setsStock?: boolean } = {},
): string[] {
  const warnings: string[] = []
  const step = `step ${plan.stepIndex + 1}`
  const limit = scenario.sale.perUserLimit
  if (plan.distinctBuys === 0) {
    warnings.push(`${step} plans no buy: nothing can be sold, and the sale is not judged`)
  } else if (setsStock) warnings.push(...neverSellingOut(scenario, plan))
  const { opensAfterMs } = scenario.sale
  if (opensAfterMs !== null && opensAfterMs >= plan.step.durationMs) {
    warnings.push(
      `${step} never opens: its buyers have all come by ${formatMs(plan.step.durationMs)}, and its sale opens after ${formatMs(opensAfterMs)}`,
    )
  }
  if (limit !== null && scenario.buyers.quantities.every(({ quantity }) => quantity > limit)) {
    warnings.push(
      `${step} can sell nothing: every order is for more than the ${formatQuantity(limit, 'unit')} that a user may have`,
    )
  }
  return warnings
}

function neverSellingOut({ sale: { perUserLimit } }: Scenario, plan: StepPlan): string[] {
  const step = `step ${plan.stepIndex + 1}`
  const withinLimit = perUserLimit === null ? Number.POSITIVE_INFINITY : plan.distinctUsers * perUserLimit
  if (plan.sales.length > 1) {
    const few = plan.sales.filter((sale) => sale.unitsAskedFor < sale.initialStock)
    if (few.length === 0) return []
    return [
      `${step} does not sell out ${formatCount(few.length)} of its ${formatCount(plan.sales.length)} SKUs: its buyers ask for ${formatQuantity(few[0]!.unitsAskedFor, 'unit')} of the ${formatCount(few[0]!.initialStock)} of ${few[0]!.sku}`,
    ]
  }
  if (plan.unitsAskedFor < plan.initialStock) {
    return [
      `${step} never sells out: its buyers ask for ${formatQuantity(plan.unitsAskedFor, 'unit')} of ${formatCount(plan.initialStock)}`,
    ]
  }
  if (withinLimit < plan.initialStock) {
    return [
      `${step} never sells out: its ${formatQuantity(plan.distinctUsers, 'user')} may have ${formatQuantity(withinLimit, 'unit')} of ${formatCount(plan.initialStock)} together`,
    ]
  }
  return []
}
