/** Every strategy with several numbers of processes in several scenarios, each a whole run with a verdict. */
import type { StrategyDescription } from '../../core/catalogue.ts'
import type { Scenario } from '../../core/scenario.ts'
import { runForBench } from '../run-for-bench.ts'
import type { Cell } from './matrix-table.ts'

export interface MatrixRequest {
  readonly strategies: readonly StrategyDescription[]
  readonly instances: readonly number[]
  readonly scenarios: readonly Scenario[]
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
    const { checks } = await runForBench({ scenario, strategy, instances, signal: request.signal })
    cells.push({ ...cell, checks })
  }
  return cells
}
