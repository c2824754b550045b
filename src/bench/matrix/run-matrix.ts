/** Every strategy with several numbers of processes in several scenarios, each a whole run with a verdict. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { StrategyDescription } from '../../core/catalogue.ts'
import type { Scenario } from '../../core/scenario.ts'
import { runScenario } from '../../run/run-scenario.ts'
import type { Cell } from './matrix-table.ts'

export interface MatrixRequest {
  readonly strategies: readonly StrategyDescription[]
  readonly instances: readonly number[]
  readonly scenarios: readonly Scenario[]
  readonly env: Readonly<Record<string, string | undefined>>
  readonly signal: AbortSignal
  /** Before each cell. */
  readonly onCell?: (cell: Omit<Cell, 'checks'>, position: number, of: number) => void
}

/** In order of strategy, instances, scenario. Ends early, with the cells so far, when the signal says so. */
export async function runMatrix(request: MatrixRequest): Promise<Cell[]> {
  const planned = request.strategies.flatMap((strategy) =>
    request.instances.flatMap((instances) => request.scenarios.map((scenario) => ({ strategy, instances, scenario }))),
  )
  const cells: Cell[] = []
  for (const [position, { strategy, instances, scenario }] of planned.entries()) {
    if (request.signal.aborted) break
    const cell = { strategy: strategy.name, instances, scenario: scenario.name }
    request.onCell?.(cell, position, planned.length)
    cells.push({ ...cell, checks: await checksOf(request, strategy, instances, scenario) })
  }
  return cells
}

async function checksOf(
  { env, signal }: MatrixRequest,
  strategy: StrategyDescription,
  instances: number,
  scenario: Scenario,
): Promise<Cell['checks']> {
  const resultsRoot = await mkdtemp(join(tmpdir(), 'doorbuster-matrix-'))
  try {
    const { record } = await runScenario({
      scenario,
      strategy,
      instances,
      servicesMode: 'auto',
      settings: { synchronousCommit: 'on', appendfsync: 'everysec' },
      directory: { resultsRoot },
      signal,
      env,
    })
    return record.checks
  } finally {
    await rm(resultsRoot, { recursive: true, force: true })
  }
}
