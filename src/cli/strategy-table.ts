/** `list strategies`: what each promises, in columns, and its idea below. The right ones first, then the controls. */
import type { StrategyDescription } from '../core/catalogue.ts'
import { formatReadsPromise } from '../core/promise.ts'
import { renderTable } from '../report/text-table.ts'

const COLUMNS = [
  { title: 'strategy', align: 'left' },
  { title: 'right with', align: 'left' },
  { title: 'reads', align: 'left' },
  { title: 'sells through', align: 'left' },
  { title: 'needs', align: 'left' },
  { title: 'durable', align: 'left' },
] as const

const RIGHT_WITH: Readonly<Record<StrategyDescription['rightWith'], string>> = {
  'any-instances': 'any instances',
  'one-process': 'one process',
  never: 'never',
}

export function strategyTable(strategies: readonly StrategyDescription[]): string[] {
  const right = strategies.filter(({ control }) => !control)
  const controls = strategies.filter(({ control }) => control)
  const sorted = [...right, ...controls]
  const [head, ...rows] = renderTable(COLUMNS, sorted.map(cellsOf))
  const linesOf = (strategy: StrategyDescription): string[] => [
    rows[sorted.indexOf(strategy)]!,
    `    ${strategy.summary}`,
  ]
  return [
    head!,
    ...right.flatMap(linesOf),
    '',
    'Controls, each built wrong for a check to convict it (docs/controls.md):',
    ...controls.flatMap(linesOf),
  ]
}

function cellsOf({ name, rightWith, promise, needs, durableWhen }: StrategyDescription): string[] {
  const { reads, sellsThrough } = promise
  return [
    name,
    RIGHT_WITH[rightWith],
    formatReadsPromise(reads),
    sellsThrough ? 'yes' : 'no',
    needs.join(', '),
    durableWhen,
  ]
}
