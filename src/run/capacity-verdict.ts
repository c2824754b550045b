/** How a search for capacity begins and ends: its first record, what ends it, and its verdict. Pure. */
import { CAPACITY_SCHEMA, type CapacityRecord, type CapacityTrial, type SearchEnd } from '../core/capacity-record.ts'
import type { RunVerdict } from '../core/exit-codes.ts'
import type { Scenario } from '../core/scenario.ts'
import { formatCount, formatQuantity } from '../core/units.ts'
import type { Slo } from './capacity-slo.ts'
import { whatIsBusy } from './quiet-machine.ts'

/** What ends a search before it has an answer. */
export type Stop = Extract<SearchEnd, 'wrong' | 'interrupted' | 'environment'>

/** null: it goes on. `verdict`: of the run of a trial. */
export function stoppedBy(verdict: RunVerdict | null, signal: AbortSignal): Stop | null {
  if (verdict === 'wrong') return 'wrong'
  if (verdict === 'interrupted' || signal.aborted) return 'interrupted'
  return verdict === 'environment' ? 'environment' : null
}

/** Of a trial that ended so. What the search found stands, where only a trial that came after it failed; null: it goes on. */
export function endOf(purpose: CapacityTrial['purpose'], stop: Stop | null): Stop | null {
  return purpose !== 'search' && stop === 'environment' ? null : stop
}

/** Why a trial failed, and what of it the answer goes without. */
export function failureNote(
  { purpose, ratePerSec }: Pick<CapacityTrial, 'purpose' | 'ratePerSec'>,
  because: string | null,
): string {
  const why = because ?? 'nobody knows why'
  if (purpose === 'search') return why
  return `after the search a trial at ${formatCount(ratePerSec)}/s failed, and no further one was made (${purpose}): ${why}`
}

/** null: as far as anybody knows, the machine was quiet. */
export function busyNote(trials: readonly CapacityTrial[]): string | null {
  const busy = trials.filter(({ machine }) => machine.quiet === false)
  const last = busy.at(-1)
  if (last === undefined) return null
  return `${busy.length} of ${formatQuantity(trials.length, 'trial')} began while others were at work on this machine, which is in the figures: ${whatIsBusy(last.machine)}`
}

/** Nothing counts as an answer but an interval, or a rate that was asked for and reached. */
export function verdictOf({ capacity, wrong }: CapacityRecord, ended: SearchEnd): RunVerdict {
  if (wrong !== null) return 'wrong'
  if (ended === 'wrong' || ended === 'interrupted' || ended === 'environment') return ended
  if (ended === 'floor') return 'missed'
  if (ended === 'cap') return 'passed'
  const isInterval = capacity?.lowerRatePerSec != null && capacity.upperRatePerSec !== null
  return isInterval && ended !== 'no-answer' ? 'passed' : 'inconclusive'
}

export interface Beginning {
  readonly capacityId: string
  readonly startedAt: Date
  readonly scenario: Scenario
  readonly command?: readonly string[] | undefined
  readonly budgetMs: number
  readonly slo: Slo
  readonly search: CapacityRecord['search']
  /** What of the search and of its sales a reader has to know, a sentence each. */
  readonly remarks: readonly string[]
}

export function firstRecord(beginning: Beginning): CapacityRecord {
  const { capacityId, startedAt, scenario, command, budgetMs, slo, search, remarks } = beginning
  const { fromRatePerSec, toRatePerSec, precision, phases } = search
  return {
    schema: CAPACITY_SCHEMA,
    capacityId,
    status: 'running',
    startedAt: startedAt.toISOString(),
    finishedAt: null,
    ...(command !== undefined && { command }),
    scenario,
    seed: scenario.seed,
    target: null,
    environment: null,
    slo: slo.thresholds.map(({ expression }) => expression),
    sloFrom: slo.from,
    budgetMs,
    search: { fromRatePerSec, toRatePerSec, precision, phases },
    trials: [],
    capacity: null,
    knee: null,
    demand: null,
    scalability: { fitted: false, because: 'no trial was made' },
    plan: null,
    prediction: null,
    wrong: null,
    notes: [...notesOf(scenario), ...remarks],
    verdict: null,
    exitCode: null,
  }
}

/** What of the scenario its trials don't have. */
function notesOf({ sale, steps }: Scenario): string[] {
  return [
    sale.stock.kind === 'units' &&
      'each trial has stock for the same share of its buyers as the scenario, not the same number of units',
    (sale.opensAfterMs !== null || sale.closesAfterMs !== null) &&
      'the sale of each trial is open all along: opening hours are left out',
    steps.some(({ shape }) => shape !== undefined) &&
      'each trial has one rate all along: ramps, spikes and replays are left out',
  ].filter((note) => note !== false)
}
