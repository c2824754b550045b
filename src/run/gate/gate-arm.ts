/** What stands on either side of a gate, and one visit to it: a run of its own, in a folder of its own. */
import { join } from 'node:path'
import type { GateVisit, PlannedVisit } from '../../core/gate-record.ts'
import type { RunRecord } from '../../core/run-record.ts'
import type { Scenario } from '../../core/scenario.ts'
import { gateVisitOf } from '../../gate/index.ts'
import type { ServiceSettings, ServicesMode } from '../../services/service.ts'
import { type RunObserver, runScenario, type TargetChoice } from '../run-scenario.ts'
import type { StoredVisits } from './stored-visits.ts'
import { workOf } from './visit-work.ts'

export type GateSide =
  /** Visited now. */
  | { readonly kind: 'target'; readonly name: string; readonly target: TargetChoice }
  /** Visited earlier. */
  | { readonly kind: 'stored'; readonly name: string; readonly stored: StoredVisits }

export interface VisitSurroundings {
  readonly scenario: Scenario
  readonly servicesMode: ServicesMode
  readonly settings: ServiceSettings
  readonly signal: AbortSignal
  readonly env: Readonly<Record<string, string | undefined>>
  /** Of each of the runs. */
  readonly runObserver?: RunObserver
}

export interface FinishedVisit {
  readonly visit: GateVisit
  readonly record: RunRecord
  readonly warnings: readonly string[]
}

const VISITS_FOLDER = 'visits'

/** `folder`: of the gate. `number`: from 1, of all its visits. Throws HarnessError where the run could not begin. */
export async function makeVisit(
  planned: PlannedVisit,
  target: TargetChoice,
  { folder, number }: { readonly folder: string; readonly number: number },
  surroundings: VisitSurroundings,
): Promise<FinishedVisit> {
  const { scenario, servicesMode, settings, signal, env, runObserver } = surroundings
  const directory = join(VISITS_FOLDER, `${String(number).padStart(3, '0')}-${planned.arm}`)
  const { record, warnings } = await runScenario({
    scenario,
    target,
    servicesMode,
    settings,
    signal,
    env,
    probeWork: true,
    directory: { out: join(folder, directory) },
    ...(runObserver !== undefined && { observer: runObserver }),
  })
  return { visit: gateVisitOf(planned, { record, directory, work: workOf(record) }), record, warnings }
}
