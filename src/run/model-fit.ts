/** Whether an engine can run a scenario at all, asked before anything is started. Pure. */
import { HarnessError } from '../core/errors.ts'
import type { Scenario } from '../core/scenario.ts'
import { formatQuantity } from '../core/units.ts'
import type { LoadEngine } from '../load/load-engine.ts'

/** Throws HarnessError USAGE for steps with connections and an engine that keeps a rate and has no such number. */
export function refuseOtherModel({ name, model }: Pick<LoadEngine, 'name' | 'model'>, scenario: Scenario): void {
  if (model === 'closed') return
  const index = scenario.steps.findIndex(({ connections }) => connections !== undefined)
  if (index === -1) return
  const asked = formatQuantity(scenario.steps[index]!.connections!, 'connection')
  throw new HarnessError('USAGE', {
    message: `step ${index + 1} of ${scenario.name} asks for ${asked}, and the engine ${name} keeps a rate (open model) and has no such number`,
    hint: 'Run it with --engine autocannon, or give its steps a rate and no connections.',
  })
}
